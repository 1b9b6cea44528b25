"""Runs inside Odoo, in processes of the nursery: the work that the tests disturb.

Each job is a function of the environment (a cursor of its own) and of what the test gives. Its
exit code is 0, or what it returns. `tell(value)` hands a value back to the test.
"""

import json
import sys
import time

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from odoo.addons.base.models.ir_cron import IrCron

COUNTED = {"statement": 0, "commit": 0}


def run(name: str, database: str, given: dict) -> int:
    try:
        return JOBS[name](database, **given) or 0
    finally:
        tell({"counted": COUNTED})


def tell(value) -> None:
    print("@@" + json.dumps(value, default=str), flush=True)


def _with_env(work):
    """A job that gets an environment and commits at its end."""

    def job(database: str, **given):
        with Registry(database).cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}), **given)

    return job


@_with_env
def script(env, code: str, values: dict):
    """Python with `env`, as in Odoo's shell."""
    exec(compile(code, "<script>", "exec"), {"env": env, "tell": tell, **values})


def count(database: str, inner: str, given: dict):
    """Another job, undisturbed, with its statements and commits counted."""
    cursor = odoo.sql_db.Cursor
    execute, commit = cursor.execute, cursor.commit

    def counted_execute(this, *words, **named):
        COUNTED["statement"] += 1
        return execute(this, *words, **named)

    def counted_commit(this):
        COUNTED["commit"] += 1
        return commit(this)

    cursor.execute, cursor.commit = counted_execute, counted_commit
    return JOBS[inner](database, **given)


def exchange(database: str, words: list, configuration: str, chunk: int = 0):
    """The command line of the exchange, with chunks as small as the test wants them."""
    from odoo.cli.command import find_command

    if chunk:
        for model in Registry(database).values():
            if hasattr(model, "_chunk_size"):
                model._chunk_size = chunk
    find_command("exchange")().run([*words, "-c", configuration, "-d", database])


def server(database: str, seconds: float, chunk: int = 0):
    """The scheduled actions of a server, as its thread runs them, until nothing is due.

    Waits up to *seconds* for work of others.
    """
    if chunk:
        queue = Registry(database)["crm.change"]
        run = queue._run
        queue._run = lambda self, consumer, limit=0: run(self, consumer, chunk)
        sys.modules["odoo.addons.crm_strategy.models.crm_backfill"].CHUNK = chunk
        sys.modules["odoo.addons.crm_moments_of_truth.models.crm_case_watch"].BATCH = chunk
    end = time.monotonic() + seconds
    while True:
        IrCron._process_jobs(database)
        with odoo.sql_db.db_connect(database).cursor() as cr:
            due = IrCron._get_all_ready_jobs(cr)
        if not due and time.monotonic() > end:
            return
        time.sleep(0.1)


def people(database: str, threads: int = 1, **given):
    """People at work, each in a thread of his own; tells what became of their actions."""
    from people import People

    tell(People(database, **given).work(threads))


JOBS = {job: globals()[job] for job in ("script", "count", "exchange", "server", "people")}

if __name__ == "__main__":
    sys.exit("The nursery runs these jobs.")
