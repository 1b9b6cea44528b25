"""`./suite test`: every part runs, every test is counted once, and silence is a failure."""

import ast
import contextlib
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from suite import databases, environment, linting, paths, people, postgres, processes, system
from suite.odoo import LogReport, Odoo
from suite.runs import Run, artefacts, free_ports
from suite.say import SuiteError, say, table
from suite.serving import wait_until_up
from suite.templates import Templates

TOGETHER_ADDON = "test_crm_suite"
PLAIN_PAGES_ADDON = "test_crm_plain_pages"
PARTS = ("lint", "core", *paths.SUITE_ADDONS, "together", "story", "lifecycle", "faults", "browser")
# Started in this order, two at a time. The longest goes first; while it makes the templates, what
# needs little of them fills the other core; the short ones at the end keep both cores busy.
_ORDER = (
    "story",
    "lint",
    "core",
    *paths.SUITE_ADDONS[:-1],
    "faults",
    "browser",
    paths.SUITE_ADDONS[-1],
)
_AT_ONCE = 2
# Told at the end of a part whose tests run for minutes: where its time went.
_SLOWEST = ("--durations=20", "--durations-min=2")


@dataclass
class Result:
    """What one part counted.

    *failures* names the failed tests, *broken* what makes the part fail without being a test.
    """

    passed: int = 0
    failed: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __iadd__(self, other: "Result") -> "Result":
        self.passed += other.passed
        self.failed += other.failed
        self.skipped |= other.skipped
        self.broken += other.broken
        self.failures += other.failures
        return self

    @property
    def is_green(self) -> bool:
        return not self.failed and not self.broken


class Bench:
    """What the parts share: the servers, the templates, the databases of this run."""

    def __init__(self, stack: ExitStack, name_filter: str | None) -> None:
        self.stack = stack
        self.filter = name_filter
        self.run = Run()
        self.logs = artefacts() / "logs"
        self._odoo: Odoo | None = None

    @property
    def odoo(self) -> Odoo:
        """Odoo on the test server; both are got when the first part needs them."""
        if self._odoo is None:
            system.need(*system.TO_RUN)
            server = self.stack.enter_context(postgres.for_tests().use())
            Run.clear_dead(server)
            self._odoo = Odoo(server, self.run)
        return self._odoo

    @property
    def templates(self) -> Templates:
        return Templates(self.odoo)

    def clone(self, template: str, purpose: str) -> str:
        """A database of this run, dropped when the run ends."""
        name = self.run.database(purpose)
        self.odoo.server.clone(template, name)
        self.stack.callback(self.odoo.server.drop, name)
        return name


def main(wanted: list[str], name_filter: str | None = None, report: Path | None = None) -> int:
    """Run the wanted parts (all without a wish), print the closing line, return the exit code.

    *report* gets the counts as JSON: how a part that runs beside others hands them over.
    """
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        raise SuiteError(f"“{unknown[0]}” is no part of the tests: {', '.join(PARTS)}.")
    parts = [part for part in PARTS if part in wanted or not wanted]
    with ExitStack() as stack:
        bench = Bench(stack, name_filter)
        if len(parts) == 1:
            say(f"\n── {parts[0]}")
            results = {parts[0]: _timed(_RUNNERS[parts[0]], bench)}
            if not report:  # who asked for the counts tells them
                _tell(parts[0], results[parts[0]], bool(name_filter))
        else:
            results = _beside_each_other(bench, parts)
    if report:
        report.write_text(json.dumps({part: asdict(result) for part, result in results.items()}))
    return _close({part: results[part] for part in parts}, bool(name_filter))


def _timed(runner: "Callable[[Bench], Result]", bench: Bench) -> Result:
    start = time.monotonic()
    try:
        result = runner(bench)
    except SuiteError as refusal:
        result = Result(broken=[str(refusal)])
    result.seconds = time.monotonic() - start
    return result


def _beside_each_other(bench: Bench, parts: list[str]) -> dict[str, Result]:
    """Run each part in a process of its own, with own databases and ports, a few at a time."""
    _ = bench.odoo  # the server stays up between two parts
    waiting = sorted(parts, key=lambda part: _ORDER.index(part) if part in _ORDER else len(_ORDER))
    running: list[_Child] = []
    results = {}
    with ExitStack() as children:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                running.append(children.enter_context(_child(bench, waiting.pop(0))))
            time.sleep(0.2)
            for child in [one for one in running if one.process.poll() is not None]:
                running.remove(child)
                say(f"\n── {child.part}")
                results[child.part] = child.result()
                _tell(child.part, results[child.part], bool(bench.filter))
    return results


@dataclass
class _Child:
    """A part that runs in its own process: where it writes what it says and what it counted."""

    part: str
    process: subprocess.Popen
    output: Path
    report: Path

    def result(self) -> Result:
        said = self.output.read_text().split("── time per part")[0]
        say(said.replace(f"── {self.part}\n", "").strip("\n"))
        if not self.report.exists():
            code = self.process.returncode
            return Result(broken=[f"{self.part} ended with code {code}; see {self.output}"])
        return Result(**json.loads(self.report.read_text())[self.part])


@contextlib.contextmanager
def _child(bench: Bench, part: str) -> "Iterator[_Child]":
    report = bench.run.folder / f"{part}.json"
    output = bench.logs / f"{part}-output.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "suite", "test", part, "--report", report]
    command += ["-k", bench.filter] if bench.filter else []
    with (
        output.open("w") as log,
        processes.running(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=os.environ
        ) as process,
    ):
        yield _Child(part, process, output, report)


def _tell(part: str, result: Result, filtered: bool) -> None:
    if not filtered and not (result.passed or result.failed or result.skipped or result.broken):
        result.broken.append(f"{part} ran no test and gave no reason")
    for name, reason in result.skipped.items():
        say(f"  skipped {name}: {reason}")
    for line in (*result.failures, *result.broken):
        say(f"  ✗ {line}")
    say(f"  {result.passed} passed, {result.failed} failed, {result.seconds:.0f} s")


def _close(results: dict[str, Result], filtered: bool) -> int:
    total = Result()
    say("\n── time per part")
    table(
        [
            (part, f"{r.seconds:.0f} s", r.passed, r.failed + len(r.broken), len(r.skipped))
            for part, r in results.items()
        ],
        ("part", "time", "passed", "failed", "skipped"),
    )
    for result in results.values():
        total += result
    # What broke without being a test (a warning in the log, a silent file) counts as one failure.
    failed = total.failed + len(total.broken)
    if filtered and not (total.passed or failed or total.skipped):
        say("No test has that name.")
        failed = 1
    if total.failures or total.broken:
        # Once more at the end: where only the end of the output is kept, it is what matters.
        say("\n── what failed")
        for part, result in results.items():
            for line in (*result.failures, *result.broken):
                say(f"  ✗ {part}: {line}")
    say()
    say(f"{total.passed} passed, {failed} failed, {len(total.skipped)} skipped")
    return 1 if failed else 0


# -- parts without a database ----------------------------------------------------------------


def _lint(bench: Bench) -> Result:
    """Each check of config/lint.py counts as one test, and so do the checks' own tests."""
    if bench.filter:  # its checks have no names to filter by
        return Result()
    passed, failures = linting.run(environment.python())
    return Result(passed, len(failures), failures=failures)


def _core(bench: Bench) -> Result:
    """The algorithms, without Odoo: one pytest per addon, since test files may share names."""
    result = Result()
    groups = [paths.ROOT / "tests/core", paths.ROOT / "tests/lint"]
    groups += [paths.ADDONS / addon / "tests/core" for addon in paths.SUITE_ADDONS]
    for folder in groups:
        if list(folder.glob("test_*.py")):
            result += _pytest(bench, [folder], {"PYTHONPATH": str(paths.CONFIG)})
    return result


def _pytest(
    bench: Bench, places: list[Path], extra: dict[str, str], options: tuple[str, ...] = ()
) -> Result:
    report = bench.run.folder / f"pytest-{time.monotonic_ns()}.xml"
    command = [environment.python(), "-m", "pytest", "-q", "--no-header", "-p", "suite.pytest_core"]
    command += ["-p", "no:cacheprovider", f"--junitxml={report}", *options, *places]
    if bench.filter:
        command += ["-k", bench.filter]
    variables = {**os.environ, **extra, "SUITE_ROOT": str(paths.ROOT)}
    with processes.running(command, env=variables, cwd=paths.ROOT) as child:
        code = child.wait()
    result, silent = _read_junit(report, places) if report.exists() else (Result(), set())
    if not bench.filter:
        result.broken += [f"{name}.py ran no test and gave no reason" for name in sorted(silent)]
    if code not in (0, 1, 5) or (code == 1 and not result.failed):
        result.broken.append(f"pytest ended with code {code} in {places[0]}")
    return result


def _read_junit(report: Path, places: list[Path]) -> tuple[Result, set[str]]:
    """The counts of a pytest report, and the test files in *places* that are not in it."""
    result = Result()
    silent = {path.stem for place in places for path in place.glob("test_*.py")}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 (pytest wrote it)
        name = f"{case.get('classname')}.{case.get('name')}"
        silent -= set((case.get("classname") or "").split("."))
        skipped = case.find("skipped")
        trouble = [case.find(kind) for kind in ("failure", "error")]
        said = [node.get("message", "") for node in trouble if node is not None]
        if said:
            result.failed += 1
            result.failures.append("\n".join([name, *said[0].strip().splitlines()[:1]]))
        elif skipped is not None:
            result.skipped[name] = skipped.get("message", "")
        else:
            result.passed += 1
    return result, silent


# -- parts with a database -------------------------------------------------------------------


def _addon(addon: str) -> Callable[[Bench], Result]:
    """An addon's own tests on a database with what it needs and nothing above it."""

    def run(bench: Bench) -> Result:
        tags = _tags(addon, paths.ADDONS / addon, bench.filter)
        if not tags:
            return Result()
        database = bench.clone(bench.templates.level(addon), addon)
        installed = [addon, PLAIN_PAGES_ADDON]
        report = bench.odoo.test(database, tags, installed, bench.logs / f"{addon}.log")
        return _from_log(report, addon, paths.ADDONS / addon, bench.filter)

    return run


def _together(bench: Bench) -> Result:
    """What only shows when all four addons are there: an addon for tests alone."""
    folder = paths.TEST_ADDONS / TOGETHER_ADDON
    tags = _tags(TOGETHER_ADDON, folder, bench.filter)
    if not tags:
        return Result()
    database = bench.clone(bench.templates.finished(), "together")
    log = bench.logs / "together.log"
    report = bench.odoo.test(database, tags, [TOGETHER_ADDON], log)
    return _from_log(report, TOGETHER_ADDON, folder, bench.filter)


def _story(bench: Bench) -> Result:
    """From real files to finance's report, through the command line, in one database a world."""
    with _own_database(bench, "thread") as variables:
        return _pytest(bench, [paths.ROOT / "tests/story"], variables, ("-s", *_SLOWEST))


def _lifecycle(bench: Bench) -> Result:
    with _own_database(bench, "life") as variables:
        return _pytest(bench, [paths.ROOT / "tests/lifecycle"], variables, _SLOWEST)


def _faults(bench: Bench) -> Result:
    """One short round of each test; more with `./suite faults --rounds N`, which tells them."""
    options = ("-s",) if os.environ.get("SUITE_FAULTS") else _SLOWEST
    with _own_database(bench, "faults") as variables:
        return _pytest(bench, [paths.ROOT / "tests/faults"], variables, options)


@contextlib.contextmanager
def _own_database(bench: Bench, purpose: str) -> Iterator[dict[str, str]]:
    """The names by which tests in processes of their own reach a fresh database (suite.rig)."""
    name = bench.run.database(purpose)
    if not bench.odoo.server.exists(name):
        bench.clone(bench.templates.finished(), purpose)
    yield {
        "PYTHONPATH": str(paths.CONFIG),
        "SUITE_RIG": json.dumps(
            {"database": name, "configuration": str(bench.odoo.configuration), "run": bench.run.key}
        ),
    }


def _browser(bench: Bench) -> Result:
    """A real Chromium walks through the screens of a served database."""
    runner = paths.ROOT / "tests/browser/run.mjs"
    if not runner.exists() or bench.filter:
        return Result()
    system.need(*system.TO_TEST)
    modules = environment.node_modules()
    database = bench.clone(bench.templates.finished(), "browser")
    bench.odoo.script(database, databases.COMPANY + databases.PEOPLE, LOGINS=people.logins())
    logins = bench.run.folder / "logins.json"
    logins.write_text(json.dumps(people.logins()))
    out = artefacts() / "screenshots"
    return _walk(bench, runner, modules, database, logins, out)


def _walk(bench, runner: Path, modules: Path, database: str, logins: Path, out: Path) -> Result:
    http, gevent = free_ports(2)
    log_path = bench.logs / "browser-server.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    variables = {**bench.odoo.variables, "SUITE_NODE_MODULES": str(modules)}
    variables["NODE_PATH"] = str(modules)
    command = ["node", runner, "--base-url", f"http://127.0.0.1:{http}", "--db", database]
    command += ["--out", out, "--logins", logins, "--results", bench.run.folder / "browser.json"]
    with log_path.open("w") as log:
        server = bench.odoo.serve(database, http, gevent, 0, log)
        try:
            wait_until_up(server, http, log_path)
            with processes.running(command, env=variables, cwd=paths.ROOT) as child:
                code = child.wait()
        finally:
            processes.stop(server)
    result = _from_browser(bench.run.folder / "browser.json", code)
    result.broken += LogReport.read(log_path.read_text()).problems
    return result


def _from_browser(file: Path, code: int) -> Result:
    """`{"passed": n, "failed": n, "skipped": {name: reason}}`, written by tests/browser/run.mjs."""
    if not file.exists():
        return Result(broken=[f"the browser tests ended with code {code} and told nothing"])
    told = json.loads(file.read_text())
    result = Result(told["passed"], told["failed"], told.get("skipped", {}))
    result.failures += told.get("failures", [])
    if code and not result.failed:
        result.broken.append(f"the browser tests ended with code {code}")
    return result


# -- reading Odoo's tests --------------------------------------------------------------------


def _test_files(folder: Path) -> list[Path]:
    return sorted((folder / "tests").glob("test_*.py"))


def _tags(addon: str, folder: Path, name_filter: str | None) -> str:
    """Odoo's --test-tags for the addon, or for the classes and methods whose name contains -k."""
    if not name_filter:
        return f"/{addon}"
    chosen = []
    for file in _test_files(folder):
        for node in ast.parse(file.read_text()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            if name_filter in node.name or name_filter in file.stem:
                chosen.append(f"/{addon}:{node.name}")
                continue
            chosen += [
                f"/{addon}:{node.name}.{item.name}"
                for item in node.body
                if isinstance(item, ast.FunctionDef)
                and item.name.startswith("test")
                and name_filter in item.name
            ]
    return ",".join(chosen)


def _from_log(report: LogReport, addon: str, folder: Path, name_filter: str | None) -> Result:
    """Count by the started tests; a test file that started none is a failure."""
    started = sum(len(names) for names in report.started.values())
    skipped = dict(report.skipped)
    failed = report.failed
    result = Result(max(started - failed - len(skipped), 0), failed, skipped)
    result.broken += report.problems
    result.failures += report.failures
    if report.total is None:
        result.broken.append(f"{addon}: Odoo said nothing about its tests")
    if not name_filter:
        for file in _test_files(folder):
            logger = f"odoo.addons.{addon}.tests.{file.stem}"
            if logger not in report.started:
                result.broken.append(f"{addon}/tests/{file.name} ran no test and gave no reason")
    return result


_RUNNERS: dict[str, Callable[[Bench], Result]] = {
    "lint": _lint,
    "core": _core,
    **{addon: _addon(addon) for addon in paths.SUITE_ADDONS},
    "together": _together,
    "story": _story,
    "lifecycle": _lifecycle,
    "faults": _faults,
    "browser": _browser,
}
