"""Runs inside Odoo: loads the registry once, then forks a process for each piece of work.

A process born here is a whole one: it has connections of its own, and it can be killed. It only
saves the ten seconds in which Odoo loads. Orders come in as lines of JSON on standard input:

    {"do": "start", "job": NAME, "given": {...}, "fault": {...}, "out": FILE}   -> {"pid": PID}
    {"do": "poll", "pid": PID}     -> {"code": exit code, or minus the signal; null: at work}
"""

import contextlib
import ctypes
import json
import os
import random
import signal
import sys
import threading
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import odoo.cli.command
import odoo.modules.registry
import odoo.sql_db
from odoo.tools import config

PR_SET_PDEATHSIG = 1


def main(configuration: str, database: str) -> None:
    config.parse_config(
        ["-c", configuration, "-d", database, "--no-http", "--log-level=warn"], setup_logging=True
    )
    odoo.modules.registry.Registry(database)
    odoo.sql_db.close_all()
    import jobs

    answer({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            answer({"pid": born(jobs, database, order)})
        else:
            pid, status = os.waitpid(order["pid"], os.WNOHANG)
            answer({"code": os.waitstatus_to_exitcode(status) if pid else None})


def answer(words: dict) -> None:
    print(json.dumps(words), flush=True)


def born(jobs, database: str, order: dict) -> int:
    """Fork a process that does the job; what it prints goes to the order's file, its log beside it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _stand_alone(order["out"])
        Fault(**order["fault"]).lurk() if order.get("fault") else None
        code = jobs.run(order["job"], database, order["given"])
    except SystemExit as stop:
        code = stop.code
        if isinstance(code, str):
            print(code)
            code = 1
    except BaseException:
        traceback.print_exc(file=sys.stdout)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)
    return 0


def _stand_alone(out: str) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for stream, place in ((1, out), (2, f"{out}.log")):
        os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    odoo.sql_db._Pool = odoo.sql_db._Pool_readonly = None
    random.seed()


class Fault:
    """What happens to a process at its *at*-th *place*: statement, or before or after a commit.

    Counted and not timed, so that the same seed strikes at the same point again.
    """

    def __init__(self, how: str, place: str, at: int) -> None:
        self.how = how
        self.place = place
        self.at = at
        self.count = 0
        self.lock = threading.Lock()

    def lurk(self) -> None:
        cursor = odoo.sql_db.Cursor
        execute, commit = cursor.execute, cursor.commit

        def execute_and_strike(this, *words, **named):
            self._pass("statement", this)
            return execute(this, *words, **named)

        def commit_and_strike(this):
            self._pass("before commit", this)
            result = commit(this)
            self._pass("after commit", this)
            return result

        cursor.execute, cursor.commit = execute_and_strike, commit_and_strike

    def _pass(self, place: str, cursor) -> None:
        if place != self.place:
            return
        with self.lock:
            self.count += 1
            is_time = self.count == self.at
        if is_time:
            print(f"\n@struck {self.how} at {self.place} {self.at}", flush=True)
            self._strike(cursor)

    def _strike(self, cursor) -> None:
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        with (
            contextlib.closing(
                odoo.sql_db.psycopg2.connect(**odoo.sql_db.connection_info_for(cursor.dbname)[1])
            ) as other,
            other.cursor() as killer,
        ):
            killer.execute("SELECT pg_terminate_backend(%s)", [cursor._cnx.get_backend_pid()])


if __name__ == "__main__":
    main(*sys.argv[1:])
