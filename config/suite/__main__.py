"""The command line of the suite."""

import argparse
import shutil
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from suite import (
    benching,
    databases,
    doctor,
    environment,
    exchanging,
    faulting,
    linting,
    paths,
    postgres,
    serving,
    testing,
    wheels,
)
from suite.databases import Workplace
from suite.say import SuiteError, say

_EPILOG = """\
a newcomer's way:
  ./suite demo                     look at the suite, with Odoo's demo data
  ./suite test                     everything the project promises, tested
  ./suite demo --load DIR          your files in a database without demo data
  ./suite doctor                   what this machine has and lacks

where things are kept: ./suite doctor. What the words mean: docs/glossary.md.
"""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    # A polite kill ends like Ctrl-C, so that everything started is ended in order.
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        return given.run(given) or 0
    except SuiteError as refusal:
        say(f"\n  {refusal}")
        return 1
    except KeyboardInterrupt:
        say("\n  Stopped.")
        return 130
    except BrokenPipeError:
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./suite",
        description="CRM as a strategy inside the ERP: four Odoo 19 Community addons.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="make what is missing, then serve the demo")
    demo.add_argument("--load", type=Path, metavar="DIR", help="load this folder's files instead")
    demo.add_argument(
        "--with",
        dest="beside",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a folder with further files (payments, segments)",
    )
    demo.add_argument("--db", metavar="NAME", help="the database (demo, or loaded with --load)")
    demo.add_argument("--port", type=int, help=f"default {serving.FIRST_PORT}, or a free one")
    demo.add_argument("--no-serve", action="store_true", help="stop when everything is ready")
    demo.set_defaults(run=_demo)

    test = commands.add_parser("test", help=f"run the tests: {', '.join(testing.PARTS)}")
    test.add_argument("parts", nargs="*", metavar="PART", help="default: all of them")
    test.add_argument("-k", metavar="NAME", help="only tests whose name contains this")
    test.add_argument("--report", type=Path, metavar="FILE", help="write the counts as JSON")
    test.set_defaults(run=lambda given: testing.main(given.parts, given.k, given.report))

    faults = commands.add_parser("faults", help="kill, cut off, start again; then compare")
    faults.add_argument("--rounds", type=int, default=1, metavar="N", help="of each test")
    faults.add_argument("--seed", type=int, help="strike at the same points as another time")
    faults.add_argument("--first", type=int, default=1, metavar="N", help="begin with this round")
    faults.add_argument("--actions", type=int, default=6, metavar="N", help="of each person")
    faults.add_argument("-k", metavar="NAME", help="only tests whose name contains this")
    faults.set_defaults(
        run=lambda given: faulting.main(
            given.rounds, given.seed, given.first, given.actions, given.k
        )
    )

    serve = commands.add_parser("serve", help="serve a database on loopback")
    serve.add_argument("name")
    serve.add_argument("--workers", type=int, default=0, help="processes instead of threads")
    serve.add_argument("--port", type=int)
    serve.set_defaults(run=_serve)

    db = commands.add_parser("db", help="make, drop and list databases")
    actions = db.add_subparsers(required=True, metavar="new|drop|list")
    new = actions.add_parser("new", help="a database with the addons, in seconds")
    new.add_argument("name")
    new.add_argument("--demo", action="store_true", help="with Odoo's demo data")
    new.add_argument("--addons", nargs="+", metavar="ADDON", help="some of the four only")
    new.set_defaults(run=_db_new)
    drop = actions.add_parser("drop", help="remove a database and its files")
    drop.add_argument("name")
    drop.set_defaults(run=_db_drop)
    listing = actions.add_parser("list", help="the databases people made")
    listing.set_defaults(run=_db_list)

    shell = commands.add_parser("shell", help="Python with `env`; a script on standard input runs")
    shell.add_argument("name")
    shell.set_defaults(run=_shell)

    exchange = commands.add_parser(
        "exchange", help="load files, post, see runs: ./suite exchange NAME load DIR"
    )
    exchange.add_argument("name")
    exchange.add_argument("words", nargs=argparse.REMAINDER, metavar="...")
    exchange.set_defaults(run=_exchange)

    bench = commands.add_parser(
        "bench", help="measure the goals of performance on a million invoice lines"
    )
    bench.add_argument("goals", nargs="*", type=int, metavar="GOAL", help="numbers; default: all")
    bench.add_argument("--pairs", type=int, default=benching.PAIRS, help="measured in turn")
    bench.add_argument("--lines", type=int, default=benching.LINES, help="invoice lines made")
    bench.add_argument("--keep", action="store_true", help="leave the database for a look")
    bench.set_defaults(
        run=lambda given: benching.main(given.goals, given.pairs, given.lines, given.keep)
    )

    lint = commands.add_parser("lint", help="every static check")
    lint.set_defaults(run=lambda given: int(bool(linting.run(environment.python())[1])))

    wheel = commands.add_parser("wheels", help="one wheel per addon, for pip")
    wheel.add_argument("--out", type=Path, default=Path("dist"), metavar="DIR", help="default dist")
    wheel.set_defaults(run=lambda given: wheels.main(given.out))

    check = commands.add_parser("doctor", help="what is installed, missing, tested and found")
    check.set_defaults(run=lambda given: doctor.doctor())

    reset = commands.add_parser("reset", help="throw the cache away; it is made again")
    reset.add_argument("--state", action="store_true", help="also every database people made")
    reset.set_defaults(run=_reset)
    return parser


def _demo(given: argparse.Namespace) -> int:
    doctor.warm()
    name = given.db or ("loaded" if given.load else "demo")
    with ExitStack() as stack:
        place = Workplace(stack)
        if not place.server.exists(name):
            databases.new(place, name, demo=not given.load)
        else:
            databases.refresh(place, name)
        if given.load:
            folders = [given.load, *given.beside]
            code = exchanging.load(place, name, folders)
            if code:
                return code
        if given.no_serve:
            return 0
        return serving.serve(place, name, port=given.port)


def _serve(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        return serving.serve(Workplace(stack), given.name, given.workers, given.port)


def _db_new(given: argparse.Namespace) -> int:
    doctor.warm()
    with ExitStack() as stack:
        databases.new(Workplace(stack), given.name, given.demo, given.addons)
    say(f"  “{given.name}” is ready: ./suite serve {given.name}")
    return 0


def _db_drop(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        databases.drop(Workplace(stack), given.name)
    return 0


def _db_list(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        databases.show(Workplace(stack))
    return 0


def _shell(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        return databases.shell(Workplace(stack), given.name)


def _exchange(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        place = Workplace(stack)
        return exchanging.call(place.odoo(), place.need(given.name), given.words)


def _reset(given: argparse.Namespace) -> int:
    folders = [paths.cache(), *([paths.state()] if given.state else [])]
    for folder in folders:
        postgres.Cluster(folder / "postgres", safe=False).stop_or_refuse()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        say(f"  {folder} is gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
