"""Where the tests keep house: one database that is made anew for each round, and the processes
that work on it."""

import json
import os
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from suite import databases, environment, people, processes
from suite.rig import Rig

HERE = Path(__file__).parent
PATIENCE = 300
# The short round, as part of all tests: every kind of fault once.
IS_SHORT = not os.environ.get("SUITE_FAULTS")
# Odoo's own scheduled actions (mail, currency rates) are not what is tried here.
ONLY_OURS = (
    "UPDATE ir_cron SET active = FALSE WHERE id NOT IN"
    " (SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND module LIKE 'crm\\_%')"
)
# Longer than any interval: every scheduled action is due once.
A_DAY_LATER = "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 second'"


BOSS = """
groups = ["base.group_user", "sales_team.group_sale_manager", "account.group_account_manager",
          "stock.group_stock_manager", "crm_strategy.crm_strategy_group_manager"]
env["res.users"].with_context(no_reset_password=True).create({
    "name": "Boss", "login": "boss", "odoobot_state": "disabled",
    "group_ids": [(6, 0, [env.ref(name).id for name in groups])]})
"""
MEASURE = """
from odoo.addons.crm_strategy.core.period import Period
periods = [Period.parse("all"), Period.parse("2024"), Period.parse("2024-Q2")]
env["crm.indicator"]._refresh(env["res.company"].search([]), periods)
"""

# What was compared was compared yesterday; what is half compared goes on.
ANOTHER_NIGHT = (
    "UPDATE crm_comparison SET create_date = create_date - interval '1 day'"
    " WHERE state NOT IN ('waiting', 'running')"
)


@dataclass
class Work:
    """A process that was started, and when it has ended what became of it."""

    pid: int
    out: Path
    code: int | None = None
    told: list = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.out.read_text(errors="replace")

    @property
    def log(self) -> str:
        return self.out.with_name(f"{self.out.name}.log").read_text(errors="replace")

    @property
    def was_struck(self) -> bool:
        return "@struck" in self.text

    @property
    def words(self) -> str:
        """What a person saw: without what the harness told itself."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith("@")).strip()

    @property
    def counted(self) -> dict:
        return next(value["counted"] for value in self.told if "counted" in value)


class Yard:
    """One database, its snapshots, and the nursery of processes."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig = rig
        self.folder = folder
        self.server = rig.server
        self.database = rig.database
        self.stack = ExitStack()
        self.snapshots: set[str] = set()
        self.started = 0
        self._nursery = None

    # -- life --------------------------------------------------------------------------------
    def open(self) -> None:
        command = [environment.python(), HERE / "nursery.py", self.rig.odoo.configuration]
        self._nursery = self.stack.enter_context(
            processes.running(
                [*command, self.database],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=self.rig.odoo.variables,
            )
        )
        assert self._hear()["ready"]
        self.script(databases.COMPANY + databases.PEOPLE, LOGINS=people.logins())
        self.script(BOSS)
        self.sql(ONLY_OURS)
        self.keep("empty")

    def close(self) -> None:
        self.stack.close()
        for name in self.snapshots:
            self.server.drop(self._name_of(name))

    def keep(self, name: str) -> None:
        """Remember the database as it is now."""
        self.server.drop(self._name_of(name))
        self.server.clone(self.database, self._name_of(name))
        self.snapshots.add(name)

    def back_to(self, name: str) -> None:
        """The database as it was; only the rows count, so Odoo's caches stay right."""
        self.server.drop(self.database)
        self.server.clone(self._name_of(name), self.database)

    def _name_of(self, snapshot: str) -> str:
        return f"{self.database}_{snapshot}"

    # -- work --------------------------------------------------------------------------------
    def start(self, job: str, fault: dict | None = None, **given) -> Work:
        self.started += 1
        out = self.folder / f"{self.started}-{job}.txt"
        order = {"do": "start", "job": job, "given": given, "fault": fault, "out": str(out)}
        return Work(self._ask(order)["pid"], out)

    def wait(self, *works: Work) -> None:
        """Wait until they have ended; who takes too long is killed, and that is a failure."""
        deadline = time.monotonic() + PATIENCE
        for work in works:
            while work.code is None:
                work.code = self._ask({"do": "poll", "pid": work.pid})["code"]
                if work.code is None and time.monotonic() > deadline:
                    self.kill(work)
                    raise AssertionError(f"after {PATIENCE} s still at work: {work.words[-3000:]}")
                if work.code is None:
                    time.sleep(0.02)
            lines = work.text.splitlines()
            work.told = [json.loads(line[2:]) for line in lines if line.startswith("@@")]

    def do(self, job: str, fault: dict | None = None, **given) -> Work:
        work = self.start(job, fault, **given)
        self.wait(work)
        return work

    def well(self, job: str, **given) -> Work:
        """Do it; it has to go well."""
        work = self.do(job, **given)
        assert work.code == 0, work.text
        return work

    @staticmethod
    def kill(work: Work) -> None:
        os.kill(work.pid, signal.SIGKILL)

    def script(self, code: str, **values) -> list:
        told = self.well("script", code=code, values=values).told
        return [value for value in told if not (isinstance(value, dict) and "counted" in value)]

    def exchange(self, *words: object, fault: dict | None = None, chunk: int = 0) -> Work:
        return self.do("exchange", fault, **self.exchange_words(*words, chunk=chunk))

    def exchange_words(self, *words: object, chunk: int = 0) -> dict:
        configuration = str(self.rig.odoo.configuration)
        return {"words": [str(word) for word in words], "configuration": configuration,
                "chunk": chunk}  # fmt: skip

    def measure(self, job: str, **given) -> dict:
        """How many statements and commits the job takes when nothing happens to it."""
        work = self.well("count", inner=job, given=given)
        return work.counted

    # -- servers -----------------------------------------------------------------------------
    def time_passes(self) -> None:
        """A night: every scheduled action, comparison and waiting retry of ours is due now."""
        self.sql(A_DAY_LATER)
        self.sql(ANOTHER_NIGHT)
        self.sql("UPDATE crm_change SET next_try = NULL WHERE next_try IS NOT NULL")

    def servers_finish(self, count: int = 2, chunk: int = 0) -> None:
        """Servers run what is due, twice: what one action leaves to another is done as well."""
        for _ in range(2):
            self.time_passes()
            works = [self.start("server", seconds=0, chunk=chunk) for _ in range(count)]
            self.wait(*works)
            for work in works:
                assert work.code == 0, work.text
                assert "Traceback" not in work.log, work.log

    def terminate_all(self) -> int:
        """What a restart of PostgreSQL does to its clients."""
        rows = self.server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{self.database}'"
        )
        return len(rows)

    # -- reading -----------------------------------------------------------------------------
    def sql(self, statement: str) -> list[list[str]]:
        return self.rig.sql(statement)

    def number(self, statement: str) -> int:
        return int(self.rig.number(statement))

    # -- the nursery -------------------------------------------------------------------------
    def _ask(self, order: dict) -> dict:
        self._nursery.stdin.write(json.dumps(order) + "\n")
        self._nursery.stdin.flush()
        return self._hear()

    def _hear(self) -> dict:
        line = self._nursery.stdout.readline()
        assert line, "the nursery has ended; its errors stand above"
        return json.loads(line)


def a_fault(chance: Random, counted: dict, hows=("kill", "kill", "terminate")) -> dict:
    """By chance: kill -9 or a lost back end, at a statement or at either side of a commit."""
    place = chance.choice(("statement", "statement", "before commit", "after commit"))
    most = counted["statement" if place == "statement" else "commit"]
    how = chance.choice(hows)
    if place != "statement":
        how = "kill"
    return {"how": how, "place": place, "at": chance.randrange(1, max(most, 1) + 1)}


def strikes(chance: Random) -> range:
    """How often a round strikes: once when it has to be short, else up to three times."""
    return range(1 if IS_SHORT else chance.randrange(1, 4))
