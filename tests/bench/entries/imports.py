"""Imports: contacts from a file, the first time and again, against Odoo's own load()."""

from __future__ import annotations

import csv
import io
import time

from measure import alternate, median_queries, repeat

GOALS = (7, 8)
FIRST, AGAIN, AGAIN_LOAD = 500, 5000, 200
COLUMNS = ("ref", "name", "street", "city", "zip", "phone", "email", "website", "vat", "country")
TARGETS = {"country": "country_id"}
WRITES = (
    "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
    " WHERE relname IN ('res_partner', 'crm_customer', 'mail_message')"
)


def run(bench) -> None:
    kind = _type(bench.env)
    bench.cr.commit()
    engine = bench.env["crm.exchange.engine"]._as_engine(kind.company_id)
    if bench.wants(7):
        _first(bench, engine, kind)
    if bench.wants(8):
        _again(bench, engine, kind)


def _type(env):
    """A type that reads ten columns of contacts."""
    company = env["res.company"].browse(1)
    package = env["crm.exchange.package"].create(
        {"name": "Bench", "code": "bench", "company_id": company.id}
    )
    mapping = [
        (
            0,
            0,
            {
                "column": name,
                "target": TARGETS.get(name, name),
                "converter": "country" if name == "country" else "text",
            },
        )
        for name in COLUMNS
    ]
    return env["crm.exchange.type"].create(
        {
            "name": "Contacts",
            "code": "contacts",
            "package_id": package.id,
            "handler": "partner",
            "file_name": "contacts.csv",
            "key_kind": "customer",
            "key_columns": "ref",
            "mapping_ids": mapping,
        }
    )


def _rows(start: int, count: int) -> list[list[str]]:
    countries = ("Romania", "Poland", "Germany", "France")
    return [
        [
            f"F{number:07d}",
            f"Firm {number}",
            f"{number % 300} Mill Lane",
            f"Town {number % 500}",
            f"{number % 90000:05d}",
            f"+40 21 {number:07d}",
            f"firm{number}@example.com",
            f"http://firm{number}.example.com",
            "",
            countries[number % 4],
        ]
        for number in range(start, start + count)
    ]


def _file(rows: list[list[str]], note: str = "") -> bytes:
    """The rows as a file; *note* fills a column that nobody reads, so that the bytes differ."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*COLUMNS, "note"])
    writer.writerows([*row, note] for row in rows)
    return stream.getvalue().encode()


def _load(bench, rows: list[list[str]], prefix: str) -> None:
    """The same rows by Odoo's own import, as a person would do it: with external ids."""
    fields = ["id", *("country_id" if name == "country" else name for name in COLUMNS)]
    fields += ["is_company", "customer_rank"]
    data = [[f"bench.{prefix}{row[0]}", *row, "1", "1"] for row in rows]
    done = bench.stock_env()["res.partner"].load(fields, data)
    assert done["ids"], done["messages"][:3]
    bench.env.flush_all()


def _first(bench, engine, kind) -> None:
    """Undone by rollback each time: both sides always bring in contacts that are new."""
    rows = _rows(0, FIRST)
    results = []

    def ours(clock) -> None:
        data = _file(rows)
        with clock:
            (result,) = engine._load([(kind, "contacts.csv", data)], bench.env.user)
            bench.env.flush_all()
        results.append(result["run"].created_count)
        bench.cr.rollback()
        bench.env.invalidate_all()

    def theirs(clock) -> None:
        with clock:
            _load(bench, rows, "first")
        bench.cr.rollback()
        bench.env.invalidate_all()

    series = alternate(bench.clock, ours, theirs, bench.pairs)
    bench.report.equal(7, "contacts made from the file", set(results), {FIRST})
    bench.report.ratio(
        7,
        f"contacts per CPU second, first import of {FIRST}, against load()",
        series,
        least=1.0,
        invert=True,
    )


def _again(bench, engine, kind) -> None:
    rows = _rows(1_000_000, AGAIN)
    _bring_in(bench, engine, kind, rows)
    few = rows[:AGAIN_LOAD]
    _load(bench, few, "again")
    bench.cr.commit()
    bench.vacuum("res_partner", "crm_exchange_key", "crm_exchange_row", "ir_model_data")
    counts, writes = [], []

    def ours(clock) -> None:
        data = _file(rows, note=str(time.monotonic_ns()))
        with clock:
            (result,) = engine._load([(kind, "contacts.csv", data)], bench.env.user)
            bench.env.flush_all()
        counts.append(result["run"].unchanged_count)
        bench.cr.execute(WRITES)
        writes.append(int(bench.cr.fetchone()[0]))
        bench.cr.rollback()
        bench.env.invalidate_all()

    def theirs(clock) -> None:
        with clock:
            _load(bench, few, "again")
        bench.cr.rollback()
        bench.env.invalidate_all()

    series = alternate(bench.clock, ours, theirs, bench.pairs)
    bench.report.equal(8, f"unchanged rows among {AGAIN}", set(counts), {AGAIN})
    bench.report.limit(8, "contacts, customers or messages written", max(writes), most=0)
    for cost in series.denominator:
        # load() is given fewer rows, or it would take an hour; its cost grows with them.
        cost.python *= AGAIN / AGAIN_LOAD
        cost.database *= AGAIN / AGAIN_LOAD
    bench.report.ratio(
        8,
        "contacts per CPU second, unchanged re-import, against load()",
        series,
        least=100,
        invert=True,
    )
    # A file has its run, its number, its attachment, however long it is: those are not its rows'.
    rows = rows[:1000]
    of_few = median_queries(repeat(bench.clock, ours, 2))
    further = (median_queries(series.numerator) - of_few) / (AGAIN - len(rows)) * 1000
    bench.report.limit(
        8,
        f"queries per 1,000 further unchanged rows ({of_few:g} for the first)",
        further,
        most=2,
        times=bench.pairs,
    )


def _bring_in(bench, engine, kind, rows) -> None:
    """First import of the rows. By SQL for the contacts themselves: the ORM needs a minute."""
    engine._load([(kind, "contacts.csv", _file(rows))], bench.env.user)
    bench.env.flush_all()
