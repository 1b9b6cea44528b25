"""For tests in processes of their own: reach the run's database as a person or a server would."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from suite import databases, exchanging, people, postgres
from suite.odoo import Odoo
from suite.runs import Run


class Rig:
    """One committed database, its Odoo, and the bridge's command line."""

    def __init__(self, database: str | None = None) -> None:
        given = json.loads(os.environ["SUITE_RIG"])
        self.database = database or given["database"]
        self.server = postgres.for_tests()
        self.odoo = Odoo(self.server, _own_run())

    def beside(self, purpose: str) -> "Rig":
        """A second database, cloned from this one as it is now; the caller drops it."""
        other = Rig(f"{self.database}_{purpose}")
        self.server.drop(other.database)
        self.server.clone(self.database, other.database)
        return other

    def script(self, code: str, **values: object) -> list:
        """Run Python with `env`; what it gives to `tell(...)` comes back, in order."""
        lines = self.odoo.script(
            self.database,
            "import json as _json\n"
            "def tell(value):\n    print('@@' + _json.dumps(value, default=str))\n\n" + code,
            **values,
        )
        return [json.loads(line[2:]) for line in lines.splitlines() if line.startswith("@@")]

    def sql(self, statement: str) -> list[list[str]]:
        return self.server.sql(statement, self.database)

    def number(self, statement: str) -> str:
        """The single value of a query, as PostgreSQL prints it."""
        return self.sql(statement)[0][0]

    def set_up(self) -> None:
        """A company in US dollars with the generic chart, and one login per role and language."""
        self.script(databases.COMPANY + databases.PEOPLE, LOGINS=people.logins())

    def exchange(self, *words: str | Path) -> tuple[int, str]:
        """Run the bridge's command to the end: exit code and everything it printed."""
        command = exchanging.command(self.odoo, self.database, [str(word) for word in words])
        done = self.odoo.finish(command)
        return done.returncode, done.stdout + done.stderr

    def exchange_killed(self, words: Sequence[str | Path], when: str, patience: int = 300) -> bool:
        """Start the command and kill -9 it as soon as the query *when* says true."""
        command = exchanging.command(self.odoo, self.database, [str(word) for word in words])
        child = subprocess.Popen(
            command,
            env=self.odoo.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return _kill_when(child, lambda: self.number(when) == "t", patience)

    @cached_property
    def currency(self) -> str:
        return self.number(
            "SELECT c.name FROM res_company o JOIN res_currency c ON c.id = o.currency_id"
            " ORDER BY o.id LIMIT 1"
        )


def _kill_when(child: subprocess.Popen, is_time, patience: int) -> bool:
    deadline = time.monotonic() + patience
    while child.poll() is None and time.monotonic() < deadline:
        if is_time():
            child.kill()
            child.wait()
            return True
        time.sleep(0.05)
    child.kill()
    child.wait()
    return False


_RUN: list[Run] = []


def _own_run() -> Run:
    if not _RUN:
        _RUN.append(Run())
    return _RUN[0]
