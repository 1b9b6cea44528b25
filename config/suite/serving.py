"""Serving a database on loopback: one process, or workers behind a small front door."""

import asyncio
import contextlib
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

from suite import databases, paths, processes
from suite.databases import Workplace
from suite.odoo import LogReport
from suite.people import LANGUAGES, ROLES
from suite.runs import free_ports
from suite.say import SuiteError, say, step, table

FIRST_PORT = 8069
FIRST_LOGIN = "story.strategy"
_STORY = """
    SELECT company.name, users.login, partner.name, partner.function
      FROM ir_model_data AS known
      JOIN res_users AS users ON users.id = known.res_id
      JOIN res_partner AS partner ON partner.id = users.partner_id
      JOIN res_company AS company ON company.id = users.company_id
     WHERE known.module = '__story__' AND known.model = 'res.users'
  ORDER BY users.login != 'story.strategy', users.id
"""


def serve(place: Workplace, name: str, workers: int = 0, port: int | None = None) -> int:
    """Serve until Ctrl-C; everything that was started ends with it."""
    databases.refresh(place, place.need(name))
    odoo = place.odoo()
    front, http, gevent = free_ports(3, first=port or FIRST_PORT)
    if not workers:
        http = front
    log_path = paths.cache() / f"logs/serve-{name}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("w") as log:
        server = odoo.serve(name, http, gevent, workers, log)
        try:
            with step("starting Odoo"):
                wait_until_up(server, http, log_path)
            _introduce(place, name, front, workers, log_path)
            if workers:
                asyncio.run(_front_door(front, http, gevent, server))
            return server.wait()
        except KeyboardInterrupt:
            say("\n  Stopping.")
            return 0
        finally:
            # A second Ctrl-C must not leave anything behind.
            with contextlib.suppress(ValueError):
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            processes.stop(server)


def wait_until_up(server, port: int, log_path: Path, patience: int = 120) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if server.poll() is not None:
            problems = LogReport.read(log_path.read_text()).problems
            reason = problems[0] if problems else log_path.read_text()[-1500:]
            raise SuiteError(f"Odoo ended while starting. {reason}\n    The log is {log_path}.")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=30) as page:
                if page.status == 200:
                    return
        time.sleep(0.2)
    raise SuiteError(f"Odoo did not answer within {patience} seconds; the log is {log_path}.")


def _introduce(place: Workplace, name: str, port: int, workers: int, log_path: Path) -> None:
    say()
    say(f"  Odoo with the suite runs at   http://127.0.0.1:{port}/odoo")
    say(f"  Database {name}" + (f", {workers} workers" if workers else "") + f", log {log_path}")
    there = {login for (login,) in place.server.sql("SELECT login FROM res_users", name)}
    rows = [
        (role.title, *(f"{role.key}.{short}" for short in LANGUAGES))
        for role in ROLES
        if f"{role.key}.en" in there
    ]
    story = place.server.sql(_STORY, name)
    say("  Logins, the password is the login" + (":" if rows else ": admin"))
    if story:
        company = story[0][0]
        say(f"\n  {company}: a year of an invented company, begin with {FIRST_LOGIN}")
        table([row[1:] for row in story], ("login", "name", "role"))
        say("\n  Roles in three languages, in the same company:")
    if rows:
        rows.append(("Administrator", "admin", "", ""))
    table(rows, ("role", *(label for _code, label in LANGUAGES.values())) if rows else ())
    say("  Ctrl-C stops everything.")


async def _front_door(front: int, http: int, gevent: int, server) -> None:
    """Workers answer on one port and the websocket on another: browsers see one.

    A browser opens a connection of its own for a websocket, so the first line of a connection
    decides where it goes.
    """

    async def pipe(reader, writer) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(ConnectionError, RuntimeError):
            writer.close()

    async def connect(reader, writer) -> None:
        with contextlib.suppress(ConnectionError):
            first = await reader.readline()
            target = gevent if b" /websocket" in first else http
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target)
            inner_writer.write(first)
            await asyncio.gather(pipe(reader, inner_writer), pipe(inner_reader, writer))

    listener = await asyncio.start_server(connect, "127.0.0.1", front)
    async with listener:
        while server.poll() is None:
            await asyncio.sleep(0.5)
