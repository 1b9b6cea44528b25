"""What this machine has, what it lacks, and which versions were tested."""

import sys

from suite import environment, odoo_home, paths, postgres, system
from suite.runs import free_ports
from suite.say import SuiteError, say, table
from suite.serving import FIRST_PORT

TESTED = {
    "system": "debian bookworm",
    "Python": "3.11",
    "Odoo": "19.0 (19.0.0+dfsg",
    "PostgreSQL": "15",
    "Chromium": "156",
    "Node": "20",
    "npm": "11",
    "wkhtmltopdf": "0.12.6",
}


def doctor() -> int:
    """Print one table; returns 1 when something needed to run is missing and cannot be fetched."""
    rows = [
        _row("system", " ".join(system.debian()), "what ./suite was tried on"),
        _row("Python", ".".join(map(str, sys.version_info[:3])), sys.executable),
        _odoo_row(),
        _tool_row(system.POSTGRES, "--version", "/postgres"),
        _tool_row(system.WKHTMLTOPDF, "--version"),
        _tool_row(system.CHROMIUM, "--version"),
        _tool_row(system.NODE, "--version"),
        _tool_row(system.NPM, "--version"),
    ]
    table(rows, ("what", "found", "tested", "verdict", "where"))
    say()
    front = free_ports(1, first=FIRST_PORT)[0]
    external = postgres.is_external()
    table(
        [
            ("cache", str(paths.cache()), "can be thrown away: ./suite reset"),
            ("state", str(paths.state()), "databases people made: ./suite reset --state"),
            ("real data", str(paths.shared_data()), _present(paths.shared_data())),
            ("database server", "PG* variables" if external else "private, unix socket", ""),
            ("port", str(front), "free" if front == FIRST_PORT else f"{FIRST_PORT} is taken"),
        ],
        ("place", "is", "note"),
    )
    return 0


def _row(what: str, found: str, where: str) -> tuple[str, ...]:
    tested = TESTED.get(what, "")
    if not found:
        verdict = "missing: ./suite installs or fetches it"
    elif found.startswith(tested):
        verdict = "as tested"
    else:
        verdict = "untried"
    return what, found or "–", tested, verdict, where


def _odoo_row() -> tuple[str, ...]:
    try:
        home = odoo_home.find()
    except SuiteError as refusal:
        return "Odoo", "–", TESTED["Odoo"] + ")", str(refusal), ""
    return _row("Odoo", home.build if home else "", f"{home.origin}" if home else "")


def _tool_row(tool: system.Tool, flag: str, program: str = "") -> tuple[str, ...]:
    path = tool.path()
    found = system.version([path + program, flag]) if path else ""
    return _row(tool.name, found, path or "")


def _present(folder) -> str:
    return "there" if folder.is_dir() else "not there: tests that need it skip by name"


def warm() -> None:
    """Get everything that running needs."""
    system.need(*system.TO_RUN)
    odoo_home.get()
    environment.python()
