"""Calls the bridge's command `exchange`, the same engine as the wizard in the browser."""

from pathlib import Path

from suite import environment, paths, processes
from suite.databases import Workplace
from suite.odoo import Odoo


def command(odoo: Odoo, database: str, words: list[str]) -> list[str]:
    """The command line of `exchange WORDS` on the database."""
    # Odoo finds an addon's subcommand only when the addons' path comes first of all.
    return [
        str(environment.python()),
        str(paths.CONFIG / "odoo-bin"),
        f"--addons-path={','.join(str(folder) for folder in (*odoo.home.addons, paths.ADDONS))}",
        "exchange",
        *(_absolute(word) for word in words),
        *(("-c", str(odoo.configuration), "-d", database) if words else ("--help",)),
    ]


def call(odoo: Odoo, database: str, words: list[str]) -> int:
    """Run `exchange WORDS` on the database; output and exit code pass through."""
    with processes.running(command(odoo, database, words), env=odoo.variables) as child:
        return child.wait()


def load(place: Workplace, database: str, folders: list[Path]) -> int:
    first, *beside = [str(folder.absolute()) for folder in folders]
    words = ["load", first]
    for folder in beside:
        words += ["--with", folder]
    return call(place.odoo(), database, words)


def _absolute(word: str) -> str:
    """Paths are meant from where the person stands."""
    return str(Path(word).absolute()) if "/" in word and Path(word).exists() else word
