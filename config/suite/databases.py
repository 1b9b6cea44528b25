"""Databases a person makes by name, and the demo."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from suite import paths, people, postgres, processes
from suite.odoo import Odoo
from suite.postgres import Server
from suite.runs import Run
from suite.say import SuiteError, say, step, table
from suite.templates import Templates, bring

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,40}$")
PEOPLE = (paths.CONFIG / "scripts/people.py").read_text()
COMPANY = (paths.CONFIG / "scripts/company.py").read_text()
STORY = (paths.CONFIG / "scripts/story.py").read_text()


class Workplace:
    """The servers a command needs, held while the command runs."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.run = Run()
        self.server: Server = stack.enter_context(postgres.for_people().use())
        Run.clear_dead(self.server)

    def odoo(self, kind: str = "demo") -> Odoo:
        return Odoo(self.server, self.run, kind)

    def templates(self) -> Templates:
        tests = self.stack.enter_context(postgres.for_tests().use())
        Run.clear_dead(tests)
        return Templates(Odoo(tests, self.run))

    def need(self, name: str) -> str:
        if not self.server.exists(name):
            known = ", ".join(people_databases(self.server)) or "none yet"
            raise SuiteError(
                f"There is no database “{name}” (there is: {known}). Make it with"
                f" “./suite db new {name}”."
            )
        return name


def people_databases(server: Server) -> list[str]:
    return [name for name in server.databases() if not name.startswith(("tpl_", "run_"))]


def new(place: Workplace, name: str, demo: bool = False, addons: list[str] | None = None) -> None:
    """A database with the addons, in seconds once the templates exist."""
    if not _NAME.match(name) or name.startswith(("tpl_", "run_")):
        raise SuiteError(
            f"“{name}” cannot be a database's name: use lower-case letters, digits, - and _,"
            " starting with a letter."
        )
    if place.server.exists(name):
        raise SuiteError(f"The database “{name}” exists already: “./suite db drop {name}” first.")
    templates = place.templates()
    # Under the run's own name first: a killed run leaves nothing that looks ready.
    part = place.run.database("new")
    try:
        if addons is None:
            _bring_finished(place, templates, part, demo)
        else:
            _install_chosen(place, templates, part, demo, addons)
        place.server.rename(part, name)
    finally:
        place.server.drop(part)
    _remember(name)


def _bring_finished(place: Workplace, templates: Templates, name: str, demo: bool) -> None:
    """Clone the finished template; the durable server keeps a copy of it to be quick next time."""
    source = templates.finished(demo)
    if not place.server.exists(source):
        with step("bringing the template to the durable server"):
            bring(place.server, templates.server, source, source)
        kind = source.rsplit("_", 1)[1]
        for old in place.server.databases():
            if old.startswith("tpl_") and old.endswith(f"_{kind}") and old != source:
                place.server.drop(old)
    place.server.clone(source, name)
    _set_up(place, name)


def _install_chosen(place, templates, name: str, demo: bool, addons: list[str]) -> None:
    unknown = sorted(set(addons) - set(paths.SUITE_ADDONS))
    if unknown:
        raise SuiteError(f"“{unknown[0]}” is none of our addons: {', '.join(paths.SUITE_ADDONS)}.")
    if demo:
        raise SuiteError("A choice of addons comes without demo data: leave out --demo.")
    highest = max(addons, key=paths.SUITE_ADDONS.index)
    bring(place.server, templates.server, templates.level(highest), name)
    with step(f"installing {', '.join(addons)}"):
        place.odoo().install(name, addons)


def _set_up(place: Workplace, name: str) -> None:
    """Logins for every role; a new identity, since a clone shares its template's."""
    fresh = (
        "import uuid\n"
        "env['ir.config_parameter'].set_param('database.uuid', str(uuid.uuid4()))\n"
        "env['ir.config_parameter'].set_param('database.secret', str(uuid.uuid4()))\n"
    )
    place.odoo().script(name, fresh + COMPANY + PEOPLE + STORY, LOGINS=people.logins())


def refresh(place: Workplace, name: str) -> None:
    """Upgrade the addons whose files changed since the database last saw them."""
    known = _memory().get(name, {})
    statement = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    installed = {module for (module,) in place.server.sql(statement, name)}
    changed = [
        addon
        for addon in paths.SUITE_ADDONS
        if addon in installed and known.get(addon) != paths.addon_digest(addon)
    ]
    if known and changed:
        with step(f"upgrading {', '.join(changed)} in “{name}”"):
            place.odoo().upgrade(name, changed)
            # A story that came with the upgrade has people who cannot log in yet.
            place.odoo().script(name, STORY, LOGINS=people.logins())
        _remember(name)


def show(place: Workplace) -> None:
    names = people_databases(place.server)
    if not names:
        say("  No database yet: “./suite demo” or “./suite db new NAME” makes one.")
        return
    rows = place.server.sql(
        "SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database ORDER BY 1"
    )
    table([row for row in rows if row[0] in names], ("database", "size"))


def shell(place: Workplace, name: str) -> int:
    """A shell with `env`; a script on standard input runs, its exit code passes through."""
    odoo = place.odoo()
    arguments = ["-d", place.need(name), "--no-http", "--log-level=warn"]
    if sys.stdin.isatty():
        command = odoo.command("shell", *arguments)
        return subprocess.run(command, env=odoo.variables, check=False).returncode
    script = place.run.folder / "script.py"
    script.write_text(sys.stdin.read())
    # Odoo's shell reports a failing script and ends with 0: the wrapper gives the code back.
    wrapper = place.run.folder / "wrapper.py"
    wrapper.write_text(
        "import os, sys, traceback\n"
        "code = 0\n"
        "try:\n"
        f"    exec(compile(open({str(script)!r}).read(), '<script>', 'exec'))\n"
        "except SystemExit as stop:\n"
        "    code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)\n"
        "except BaseException:\n"
        "    traceback.print_exc()\n"
        "    code = 1\n"
        "sys.stdout.flush(); sys.stderr.flush()\n"
        "os._exit(code)\n"
    )
    with (
        wrapper.open() as given,
        processes.running(
            odoo.command("shell", *arguments), stdin=given, env=odoo.variables
        ) as child,
    ):
        return child.wait()


def _memory_file() -> Path:
    return paths.state() / "databases.json"


def _memory() -> dict:
    file = _memory_file()
    return json.loads(file.read_text()) if file.exists() else {}


def _remember(name: str) -> None:
    known = _memory()
    known[name] = {addon: paths.addon_digest(addon) for addon in paths.SUITE_ADDONS}
    part = _memory_file().with_suffix(".part")
    part.write_text(json.dumps(known, indent=1))
    part.replace(_memory_file())


def drop(place: Workplace, name: str) -> None:
    place.server.drop(place.need(name))
    known = _memory()
    if known.pop(name, None):
        _memory_file().write_text(json.dumps(known, indent=1))
    say(f"  The database “{name}” and its files are gone.")
