"""Runs Odoo: install, test, serve, shell, always with our configuration and log."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from suite import environment, odoo_home, paths, processes
from suite.postgres import Server
from suite.runs import Run, free_ports
from suite.say import SuiteError

# English first: Odoo makes the first one the default of every partner, and the others beside it.
LANGUAGES = ("en_US", "ro_RO", "pl_PL")
_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<db>\S+) (?P<logger>[^:]+): "
    r"(?P<text>.*)$"
)
_FAILURE = re.compile(r"(FAIL|ERROR): ")
# Warnings of Odoo itself that say nothing about the addons; everything else fails a run.
_EXPECTED = (
    re.compile(r"^unable to (find|load).*(geoip|GeoIP)", re.IGNORECASE),
    re.compile(r"wkhtmltopdf"),
    re.compile(r"^Missing `license` key"),
    re.compile(r"^option addons_path, invalid addons directory"),
    re.compile(r"docutils", re.IGNORECASE),
)


def _has_addons(folder: Path) -> bool:
    """Odoo warns of a folder in its addons path that holds none."""
    return any(folder.glob("*/__manifest__.py"))


@dataclass
class LogReport:
    """What an Odoo log says: problems as they stand, tests by the file they are written in."""

    problems: list[str] = field(default_factory=list)
    started: dict[str, set[str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    # a test a line, and the last line of what it said
    failures: list[str] = field(default_factory=list)
    total: int | None = None
    failed: int = 0

    @classmethod
    def read(cls, text: str) -> "LogReport":
        report = cls()
        failing = False
        for line in text.splitlines():
            found = _LINE.match(line)
            if found:
                report._take(found["level"], found["logger"], found["text"])
                failing = bool(_FAILURE.match(found["text"]))
            elif failing and line.strip():
                # A traceback ends with what went wrong.
                report.failures[-1] = f"{report.failures[-1].splitlines()[0]}\n{line.strip()}"
        return report

    def _take(self, level: str, logger: str, text: str) -> None:
        started = re.match(r"Starting (\S+) \.\.\.", text)
        skipped = re.match(r"skipped (\S+) : (.*)", text)
        closing = re.match(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", text)
        if closing:
            self.failed += int(closing[1]) + int(closing[2])
            self.total = (self.total or 0) + int(closing[3])
        elif started:
            self.started.setdefault(logger, set()).add(started[1])
        elif skipped:
            self.skipped[f"{logger}:{skipped[1]}"] = skipped[2]
        elif _FAILURE.match(text):
            self.failures.append(text.split(": ", 1)[1])
        elif level in ("WARNING", "ERROR", "CRITICAL") and not any(
            pattern.search(text) for pattern in _EXPECTED
        ):
            self.problems.append(f"{level} {logger}: {text}")


class Odoo:
    """An Odoo with the suite's addons on one server of databases."""

    def __init__(self, server: Server, run: Run, kind: str = "test") -> None:
        self.server = server
        self.run = run
        self.kind = kind
        self.home = odoo_home.get()

    @cached_property
    def configuration(self) -> Path:
        """The configuration file of this run: the template of its kind plus where things are."""
        addons = [*self.home.addons, paths.ADDONS, paths.TEST_ADDONS]
        lines = {
            "addons_path": ",".join(str(folder) for folder in addons if _has_addons(folder)),
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "data_dir": self.server.data_dir,
        }
        if self.server.password:
            lines["db_password"] = self.server.password
        self.server.data_dir.mkdir(parents=True, exist_ok=True)
        text = (paths.CONFIG / f"{self.kind}.conf").read_text()
        text += "\n; Added by ./suite\n" + "".join(f"{k} = {v}\n" for k, v in lines.items())
        path = self.run.folder / f"{self.kind}-{paths.digest(self.server.host)}.conf"
        path.write_text(text)
        path.chmod(0o600)
        return path

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line of one Odoo subcommand or option list, with the configuration."""
        words = [str(word) for word in arguments]
        subcommand = [words.pop(0)] if words and not words[0].startswith("-") else []
        script = paths.CONFIG / "odoo-bin"
        interpreter = str(environment.python())
        return [interpreter, str(script), *subcommand, "-c", str(self.configuration), *words]

    @cached_property
    def variables(self) -> dict[str, str]:
        return environment.variables(self.home.import_root)

    def install(self, database: str, modules: Sequence[str], *options: str) -> None:
        """Install modules; any ERROR in the log is a failure even when Odoo's exit code is 0."""
        flags = ["--stop-after-init", "--no-http", "--log-level=warn", *options]
        self._checked("-d", database, "-i", ",".join(modules), *flags)

    def upgrade(self, database: str, modules: Sequence[str]) -> None:
        flags = ["--stop-after-init", "--no-http", "--log-level=warn"]
        self._checked("-d", database, "-u", ",".join(modules), *flags)

    def script(self, database: str, code: str, **values: object) -> str:
        """Run Python with `env` in a shell without a prompt; *values* become its first lines."""
        given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        command = self.command("shell", "-d", database, "--no-http", "--log-level=warn")
        done = self.finish(command, given + code)
        if done.returncode or "Traceback (most recent call last)" in done.stderr:
            raise SuiteError(
                f"A script did not run in the database {database}:\n{done.stderr.strip()[-3000:]}"
            )
        return done.stdout

    def finish(self, command: list[str], given: str | None = None) -> subprocess.CompletedProcess:
        """Run to the end with separate output and errors."""
        with processes.running(
            command,
            stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=self.variables,
        ) as child:
            output, errors = child.communicate(given)
        return subprocess.CompletedProcess(command, child.returncode, output, errors)

    def test(self, database: str, tags: str, modules: Sequence[str], log: Path) -> LogReport:
        """Install *modules* if they are not, run the tagged tests, and read the log."""
        http, gevent = free_ports(2)
        arguments = ["-d", database, "--test-tags", tags, f"--http-port={http}"]
        arguments += [f"--gevent-port={gevent}", f"--screenshots={log.parent / 'screenshots'}"]
        if modules:
            arguments += ["-i", ",".join(modules)]
        done = self.finish(self.command(*arguments))
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr)
        report = LogReport.read(done.stdout + done.stderr)
        if done.returncode and not report.failed:
            report.problems.append(f"Odoo ended with code {done.returncode}; see {log}")
        return report

    def serve(self, database: str, http: int, gevent: int, workers: int, log) -> subprocess.Popen:
        """Start a server on loopback and return it at once; the caller ends it."""
        arguments = ["-d", database, "--db-filter", f"^{re.escape(database)}$"]
        arguments += [f"--http-port={http}", f"--gevent-port={gevent}", f"--workers={workers}"]
        return processes.start(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=self.variables,
        )

    def _checked(self, *arguments: str) -> None:
        log = paths.cache() / "logs/install.log"
        done = self.finish(self.command(*arguments))
        text = done.stdout + done.stderr
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text)
        problems = LogReport.read(text).problems
        if done.returncode or problems:
            first = "\n    ".join(problems[:5]) or text.strip()[-2000:]
            raise SuiteError(
                f"Odoo could not set up {arguments[3]}. The whole log is {log}.\n    {first}"
            )
