"""Calls the bridge's command `exchange`, the same engine as the wizard in the browser."""

from pathlib import Path

from suite import environment, paths, processes
from suite.databases import Workplace
from suite.odoo import Odoo
from suite.say import say

STAFF = (paths.CONFIG / "scripts/staff.py").read_text()


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
    odoo = place.odoo()
    code = call(odoo, database, words)
    if not code:
        odoo.script(database, STAFF)
        say("\n  Next, a person posts what was prepared (the drafts are in Invoicing), or:")
        say(f"    ./suite exchange {database} post --login accountant.en")
    return code


def _absolute(word: str) -> str:
    """Paths are meant from where the person stands."""
    return str(Path(word).absolute()) if "/" in word and Path(word).exists() else word
