"""The command line of the exchange: ``odoo --addons-path=... exchange load DIR -d NAME``.

Odoo loads this file by its path, so imports are absolute and none may fail quietly.
"""

import argparse
import sys
import time
from pathlib import Path

import psycopg2

import odoo.modules.registry
from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.tools import config

STATES = ("created", "updated", "unchanged", "waiting", "error")
SUFFIXES = {".csv", ".xlsx", ".txt"}


class Exchange(Command):
    """Load files of other systems, post what was prepared, get error files."""

    name = "exchange"

    def run(self, cmdargs):
        options = _parser(self.prog).parse_args(cmdargs)
        arguments = ["-d", options.database, "--no-http"]
        if options.config:
            arguments = ["-c", options.config, *arguments]
        if options.verbose:
            arguments += ["--log-level", "info"]
        else:
            # What the database refuses is told in words, or tried again: no statements here.
            arguments += ["--log-level", "warn", "--log-handler", "odoo.sql_db:CRITICAL"]
        config.parse_config(arguments, setup_logging=True)
        registry = odoo.modules.registry.Registry(options.database)
        try:
            with registry.cursor() as cr:
                sys.exit(_work(cr, options))
        except UserError as error:
            sys.exit(str(error))
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            sys.exit(
                f"The connection to the database {options.database} was lost. What was loaded is "
                "kept: start the same command again, it goes on where it stood."
            )


def _work(cr, options) -> int:
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    if "crm.exchange.engine" not in env:
        sys.exit(f"crm_erp_bridge is not installed in database {options.database}.")
    return options.work(env, options)


def _parser(prog: str) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("-d", "--database", required=True, help="name of the database")
    shared.add_argument("-c", "--config", help="configuration file of Odoo")
    shared.add_argument("--company", help="name of the company (the first one)")
    shared.add_argument("--package", default="trading", help="code of the package (trading)")
    shared.add_argument("-v", "--verbose", action="store_true", help="show Odoo's log")
    parser = argparse.ArgumentParser(prog=prog, description=Exchange.__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    load = commands.add_parser("load", parents=[shared], help="load all files of a folder")
    load.add_argument("folder", type=Path)
    load.add_argument("--with", dest="more", type=Path, action="append", default=[], metavar="DIR")
    load.add_argument("--check", action="store_true", help="only say what would happen")
    load.set_defaults(work=_load)

    run = commands.add_parser("run", parents=[shared], help="load one file")
    run.add_argument("file", type=Path)
    run.add_argument("--type", required=True, help="code of the type")
    run.add_argument("--check", action="store_true", help="only say what would happen")
    run.set_defaults(work=_run)

    post = commands.add_parser("post", parents=[shared], help="post what the exchange prepared")
    post.add_argument("--login", required=True, help="the person who posts")
    post.set_defaults(work=_post)

    errors = commands.add_parser("errors", parents=[shared], help="write the rows to repair")
    errors.add_argument("run", help="number of the run, for example EX00004")
    errors.add_argument("-o", "--output", type=Path, required=True)
    errors.set_defaults(work=_errors)

    status = commands.add_parser("status", parents=[shared], help="list the runs")
    status.set_defaults(work=_status)
    return parser


# commands
def _load(env, options) -> int:
    package = _package(env, options)
    paths = {}
    for folder in (options.folder, *options.more):
        if not folder.is_dir():
            sys.exit(f"There is no folder {folder}.")
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in SUFFIXES:
                paths[path.name] = path
    types = package._types_of(list(paths))
    files = [(kind, name, paths[name].read_bytes()) for name, kind in types.items()]
    if not files:
        sys.exit(f"No file in {options.folder} has a name that package {package.code} knows.")
    left = sorted(set(paths) - set(types))
    if left:
        print(f"not read by package {package.code}: {', '.join(left)}")
    return _carry_out(env, options, package, files)


def _run(env, options) -> int:
    package = _package(env, options)
    kind = package.type_ids.filtered(lambda record: record.code == options.type)
    if not kind or kind.is_step:
        codes = ", ".join(
            package.type_ids.filtered(lambda record: not record.is_step).mapped("code")
        )
        sys.exit(f"Package {package.code} has no file type {options.type}. It knows: {codes}.")
    if not options.file.is_file():
        sys.exit(f"There is no file {options.file}.")
    files = [(kind, options.file.name, options.file.read_bytes())]
    return _carry_out(env, options, package, files)


def _carry_out(env, options, package, files) -> int:
    company = _company(env, options)
    engine = env["crm.exchange.engine"]._as_engine(company)
    if options.check:
        results = engine._check(files, package)
        _table([_checked_line(result) for result in results])
        for result in results:
            for number, outcome in result["problems"][:20]:
                print(f"{result['name']}, row {number}: {outcome.reason} {outcome.remedy}")
        return 0
    started = time.monotonic()
    results = engine._load(files, env.user, package, commit=True, report=_Progress())
    lines = [_result_line(result) for result in results]
    if all(result["repeat"] for result in results):
        print("Nothing to do: all of it is loaded already.")
    _table(lines)
    _follow_up(env, company)
    print(f"{time.monotonic() - started:.1f} s")
    failed = any(result["run"] and result["run"].state == "failed" for result in results)
    return 1 if failed else 0


def _post(env, options) -> int:
    company = _company(env, options)
    user = env["res.users"].search([("login", "=", options.login)])
    if not user:
        sys.exit(f"Nobody has the login {options.login}.")
    started = time.monotonic()
    own = env(user=user.id, context={"allowed_company_ids": company.ids, "lang": "en_US"}, su=False)
    done = own["crm.exchange.post"]._post(company, commit=True, report=_Progress().step)
    print(
        f"{done['invoices']} invoices posted, {done['payments']} payments posted, "
        f"{done['settled']} shares settled"
    )
    for problem in done["problems"]:
        print(f"  {problem}")
    _follow_up(env, company)
    print(f"{time.monotonic() - started:.1f} s")
    return 1 if done["problems"] else 0


def _errors(env, options) -> int:
    run = env["crm.exchange.run"].search([("name", "=", options.run)], limit=1)
    if not run:
        sys.exit(f"There is no run {options.run}.")
    options.output.write_bytes(run._error_file())
    rows = env["crm.exchange.row"].search_count(
        [("run_id", "=", run.id), ("state", "=", "error"), ("is_open", "=", True)]
    )
    print(f"{rows} rows to repair in {options.output}")
    return 0


def _status(env, options) -> int:
    runs = env["crm.exchange.run"].search(
        [("company_id", "=", _company(env, options).id)], order="id"
    )
    _table(
        [
            (
                *(run.name, run.file_name or "", run.state, run.row_count),
                *(run[f"{state}_count"] for state in STATES),
                f"{run.open_count} to repair" if run.open_count else "",
            )
            for run in runs
        ],
        ("run", "file", "state", "rows", *STATES, ""),
    )
    return 0


# help
def _package(env, options):
    package = env["crm.exchange.package"].search(
        [
            ("code", "=", options.package),
            ("company_id", "in", (False, _company(env, options).id)),
        ],
        order="company_id",
        limit=1,
    )
    if not package:
        sys.exit(f"There is no package {options.package}.")
    return package


def _company(env, options):
    domain = [("name", "=", options.company)] if options.company else []
    company = env["res.company"].search(domain, order="id", limit=1)
    if not company:
        sys.exit(f"There is no company {options.company}.")
    return company


def _follow_up(env, company) -> None:
    """What the lanes would do in the next minutes: the figures first, the segments then."""
    if "crm.change" in env:
        change = env["crm.change"].with_company(company)
        for consumer in change._consumers():
            change._run_all(consumer)
            env.cr.commit()
    if "crm.segment" in env:
        env["crm.segment"]._assign(company)
        env.cr.commit()


def _result_line(result) -> tuple:
    run = result["run"]
    if not run:
        return (result["name"], 0, *[0] * len(STATES), "nothing to do")
    note = ""
    if result["repeat"]:
        note = f"nothing to do: already loaded in run {run.name}"
    elif run.state == "failed":
        note = run.note
    elif run.open_count:
        note = f"run {run.name}: {run.open_count} rows to repair"
    counts = [run[f"{state}_count"] for state in STATES]
    if result["repeat"]:
        counts = [0, 0, run.row_count, 0, 0]
    return (result["name"], run.row_count, *counts, note)


def _checked_line(result) -> tuple:
    note = result["note"]
    if result["run"]:
        note = f"nothing to do: already loaded in run {result['run'].name}"
    return (result["name"], result["rows"], *[result[state] for state in STATES], note)


def _table(lines, header=("file", "rows", *STATES, "")) -> None:
    rows = [tuple(str(cell) for cell in line) for line in (header, *lines)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(header))]
    for row in rows:
        cells = [
            cell.rjust(width)
            if cell.isdigit() or cell in STATES or cell == "rows"
            else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        print("  ".join(cells).rstrip())


class _Progress:
    """One line on the terminal that counts up."""

    def __init__(self):
        self.last = 0.0

    def __call__(self, runs) -> None:
        run = runs[:1]
        self.step(run.file_name, run._counted(), run.row_count)

    def step(self, name, done, total) -> None:
        if done < total and time.monotonic() - self.last < 2:
            return
        self.last = time.monotonic()
        print(f"  {name}: {done} of {total}", file=sys.stderr, flush=True)
