"""Runs the entries of the bench inside Odoo's shell: ``main(env, …)``; see README.md."""

from __future__ import annotations

import importlib
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from measure import Clock
from report import Report

# In order of work; each module has ``GOALS`` and ``run(bench)``.
ENTRIES = ("profile", "screens", "capture", "history", "boards", "imports", "segments")


@dataclass
class Bench:
    """What an entry works with."""

    env: object
    clock: Clock
    report: Report
    pairs: int
    goals: frozenset[int]

    def wants(self, goal: int) -> bool:
        return not self.goals or goal in self.goals

    @property
    def cr(self):
        return self.env.cr

    def vacuum(self, *tables: str) -> None:
        """Between two entries: dead rows of the last one must not cost the next one."""
        import odoo.sql_db
        from odoo.tools import SQL

        self.env.cr.rollback()
        with odoo.sql_db.db_connect(self.env.cr.dbname).cursor() as cr:
            cr.commit()
            cr._cnx.autocommit = True
            for table in tables:
                cr.execute(SQL("VACUUM (ANALYZE) %s", SQL.identifier(table)))
            cr._cnx.autocommit = False

    def stock_env(self):
        """As an administrator of the CRM would work: with access rules, in English."""
        return self.env(user=self.env.ref("base.user_admin").id, context={"lang": "en_US"})


def main(env, goals, pairs: int, output: str, lines: int) -> None:
    """Run the entries that measure one of *goals* (all when empty) and write the result."""
    # Workers of a parallel plan are processes whose CPU nobody would count.
    env.cr.execute("SET max_parallel_workers_per_gather = 0")
    env.cr.commit()
    report = Report()
    bench = Bench(env, Clock(env.cr), report, pairs, frozenset(goals))
    start = time.monotonic()
    for name in ENTRIES:
        entry = importlib.import_module(f"entries.{name}")
        if any(bench.wants(goal) for goal in entry.GOALS):
            print(f"\n  {name}: {entry.__doc__.strip().splitlines()[0]}", flush=True)
            entry.run(bench)
            env.cr.rollback()
            env.invalidate_all()
    report.write(Path(output), _about(env, pairs, lines, time.monotonic() - start))


def _about(env, pairs: int, lines: int, seconds: float) -> dict:
    def setting(name: str) -> str:
        env.cr.execute("SELECT current_setting(%s)", [name])
        return env.cr.fetchone()[0]

    return {
        "lines": lines,
        "pairs": pairs,
        "seconds": round(seconds),
        "python": platform.python_version(),
        "postgresql": setting("server_version"),
        "work_mem": setting("work_mem"),
        "shared_buffers": setting("shared_buffers"),
    }
