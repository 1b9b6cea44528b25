"""`./suite bench`: the goals of performance, measured on a million invoice lines of our own."""

import json
from contextlib import ExitStack
from datetime import date

from suite import doctor, paths, postgres, processes
from suite.databases import COMPANY
from suite.odoo import Odoo
from suite.runs import Run, artefacts
from suite.say import SuiteError, say, step, table
from suite.templates import Templates

BENCH = paths.ROOT / "tests/bench"
LINES, PAIRS, FEWEST_PAIRS = 1_000_000, 5, 5
# What the data are made of; measuring alone may change without making them anew.
_MADE_BY = ("generate.sql", "prepare.py")


def main(goals: list[int], pairs: int, lines: int, keep: bool) -> int:
    """Measure the goals (all without a wish), print the table, return 1 when one is missed."""
    if lines < 10_000:
        raise SuiteError("Fewer than 10,000 lines say nothing: leave out --lines, or give more.")
    doctor.warm()
    with ExitStack() as stack:
        server = stack.enter_context(postgres.for_tests().use())
        Run.clear_dead(server)
        run = Run()
        odoo = Odoo(server, run)
        template = _template(Templates(odoo), lines)
        database = run.database("bench")
        with step(f"cloning {lines:,} invoice lines"):
            server.clone(template, database)
        try:
            result = _measure(odoo, database, goals, pairs, lines)
        finally:
            _leave(odoo, database, keep)
    return _close(result, pairs)


def _template(templates: Templates, lines: int) -> str:
    """The database with the documents, kept as a template until addons or generator change."""
    finished = templates.finished()
    # Documents end with last month, so that “this year” has some whenever the bench runs.
    today = date.today().replace(day=1)
    made_by = paths.files_digest(BENCH / name for name in _MADE_BY)
    key = paths.digest(finished, made_by, lines, today)

    def make(part: str) -> None:
        odoo = templates.odoo
        odoo.server.clone(finished, part)
        odoo.script(part, COMPANY)
        with step(f"making {lines:,} invoice lines"):
            odoo.server.run_file(BENCH / "generate.sql", part, lines=lines, today=today)
            # Without statistics the first refresh would plan for empty tables.
            odoo.server.sql("VACUUM (ANALYZE)", part)
        with step("placing customers in segments"):
            odoo.script(part, _python("prepare") + "prepare.main(env)\n")
            odoo.server.sql("VACUUM (ANALYZE)", part)

    return templates.kept("bench", key, make)


def _python(module: str) -> str:
    """First lines of a script that uses a module of the bench."""
    return f"import sys\nsys.path.insert(0, {str(BENCH)!r})\nimport {module}\n"


def _measure(odoo: Odoo, database: str, goals: list[int], pairs: int, lines: int) -> dict:
    output = artefacts() / "bench.json"
    output.unlink(missing_ok=True)
    script = odoo.run.folder / "bench.py"
    script.write_text(
        _python("run") + f"run.main(env, {goals!r}, {pairs}, {str(output)!r}, {lines})\n"
    )
    command = odoo.command("shell", "-d", database, "--no-http", "--log-level=error")
    # What is measured is printed as it is found: a whole run takes its time.
    with (
        script.open() as given,
        processes.running(command, stdin=given, env=odoo.variables) as child,
    ):
        child.wait()
    if not output.exists():
        raise SuiteError("The bench ended before it was through: see the lines above.")
    return json.loads(output.read_text())


def _leave(odoo: Odoo, database: str, keep: bool) -> None:
    if not keep:
        odoo.server.drop(database)
        return
    odoo.server.drop("bench")
    odoo.server.rename(database, "bench")
    address = " ".join(odoo.server.address())
    say(f"  The database “bench” stays on the test server: psql {address} bench")


def _close(result: dict, pairs: int) -> int:
    lines = result["lines"]
    missed = [line for line in lines if line["ok"] is False]
    say("\n── goals of performance, beside what was measured")
    words = {True: "ok", False: "MISSED", None: ""}
    table(
        [
            (
                line["goal"] or "",
                line["words"],
                line["wanted"],
                line["measured"],
                line["pairs"] or "",
                words[line["ok"]],
            )
            for line in lines
        ],
        ("goal", "what", "wanted", "measured (smallest to largest)", "n", ""),
    )
    about = result["about"]
    say(
        f"\n  {about['lines']:,} invoice lines, Python {about['python']}, PostgreSQL"
        f" {about['postgresql']}, work_mem {about['work_mem']}, {about['seconds']} s."
    )
    say(f"  Medians of {pairs} pairs measured in turn; one pair before them warms up, not counted.")
    if pairs < FEWEST_PAIRS:
        say(f"  Fewer than {FEWEST_PAIRS} pairs: good for a look, not for a verdict.")
    say(f"  All costs: {artefacts() / 'bench.json'}")
    if missed:
        say(f"\n  {len(missed)} of {sum(line['ok'] is not None for line in lines)} are missed.")
    return int(bool(missed))
