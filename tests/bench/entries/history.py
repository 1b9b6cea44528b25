"""History: replaying all documents costs little more than writing their facts."""

from __future__ import annotations

import statistics

from measure import Clock, alternate, undone

from odoo.tools import SQL

GOALS = (21,)
COLUMNS = (
    "fact, res_id, occurrence, company_id, partner_id, root_model, root_id, fact_at, amount,"
    " currency_id, name"
)
REST = ", kind, is_pending, create_uid, create_date, write_uid, write_date"
STANDING = f"SELECT {COLUMNS} FROM crm_moment_event WHERE voided_at IS NULL ORDER BY 1, 2, 3"
# Customers whose history is replayed; all of them would only take ten times as long.
MANY, SAMPLE = 5000, 200


def run(bench) -> None:
    events = bench.env["crm.moment.event"].sudo()
    company = bench.env["res.company"].browse(1)
    _empty(bench)
    _equal(bench, events, company)
    _empty(bench)
    partners = _partners(bench, MANY)
    events._replay(company, partners)
    bench.cr.execute("DROP TABLE IF EXISTS bench_fact")
    columns = SQL("%s%s", SQL(COLUMNS), SQL(REST))
    bench.cr.execute(SQL("CREATE TABLE bench_fact AS SELECT %s FROM crm_moment_event", columns))
    bench.cr.execute("SELECT COUNT(*) FROM bench_fact")
    count = bench.cr.fetchone()[0]
    bench.cr.commit()
    bench.vacuum("bench_fact")
    _empty(bench)

    def replay(clock) -> None:
        with clock:
            events._replay(company, partners)
        bench.cr.rollback()
        _empty(bench)

    def insert(clock) -> None:
        with clock:
            bench.cr.execute(
                f"INSERT INTO crm_moment_event ({COLUMNS}{REST}) SELECT * FROM bench_fact"
            )
        bench.cr.rollback()
        _empty(bench)

    series = alternate(bench.clock, replay, insert, bench.pairs)
    bench.report.ratio(
        21, f"replay of {count} facts, against INSERT..SELECT of the same rows", series, most=2.0
    )
    each = statistics.median(cost.cpu for cost in series.numerator) / count
    floor = statistics.median(cost.cpu for cost in series.denominator) / count
    values = _values(bench)
    # As the documents came: one by one. In batches no way of writing rows could be 20 times as
    # fast, since the database's own work (indexes, foreign keys) is a fifth of what they cost.
    _against_orm(bench, events, each, values, 1, least=20)
    _against_orm(bench, events, each, values, 1000, least=None)
    _against_orm(bench, events, floor, values, 1000, least=None, what="INSERT..SELECT is cheaper")
    bench.cr.execute("DROP TABLE bench_fact")
    bench.cr.commit()


def _empty(bench) -> None:
    """No facts, no passes, no dead rows: as on the day of the installation."""
    bench.cr.rollback()
    bench.cr.execute("TRUNCATE crm_moment_event, crm_relationship, crm_relationship_moment CASCADE")
    bench.cr.commit()
    bench.env.invalidate_all()


def _partners(bench, count: int) -> list[int]:
    bench.cr.execute(
        "SELECT partner_id FROM crm_customer ORDER BY md5(partner_id::text) LIMIT %s", (count,)
    )
    return [partner_id for (partner_id,) in bench.cr.fetchall()]


def _equal(bench, events, company) -> None:
    """Facts from the SELECTs equal those from the documents' own method, for some customers."""
    partners = _partners(bench, SAMPLE)
    with undone(bench.cr):
        events._replay(company, partners)
        in_sets = _standing(bench.cr)
    with undone(bench.cr):
        for name in events._source_models():
            documents = bench.env[name].sudo()
            ids = documents.search(documents._moment_history_domain(company, partners)).ids
            events._project({name: (set(ids), set())})
        one_by_one = _standing(bench.cr)
    bench.report.equal(
        21,
        f"{len(in_sets)} facts of {SAMPLE} customers: in sets = by document",
        in_sets,
        one_by_one,
    )


def _standing(cr) -> list[tuple]:
    cr.execute(STANDING)
    return cr.fetchall()


def _values(bench) -> list[dict]:
    """A thousand facts of the replay, as the ORM wants them."""
    bench.cr.execute("SELECT * FROM bench_fact ORDER BY res_id LIMIT 1000")
    names = [column.name for column in bench.cr.description]
    return [
        {
            name: value
            for name, value in zip(names, row, strict=True)
            if name not in ("create_uid", "create_date", "write_uid", "write_date")
        }
        for row in bench.cr.fetchall()
    ]


def _against_orm(
    bench,
    events,
    each: float,
    values: list[dict],
    size: int,
    *,
    least: float | None,
    what: str = "cheaper",
) -> None:
    """How many facts at *each* milliseconds one fact created through the ORM is worth."""
    batches = [
        values[start : start + size] for start in range(0, min(len(values), size * 100), size)
    ]

    def create(clock: Clock) -> None:
        with undone(bench.cr):
            with clock:
                for batch in batches:
                    events.create(batch)
                    events.env.flush_all()

    costs = [bench.clock.take(create) for _ in range(bench.pairs + 1)][1:]
    made = sum(len(batch) for batch in batches)
    ratios = sorted(cost.cpu / made / each for cost in costs)
    bench.report.limit(
        21,
        f"{what} than creating facts through the ORM, {size} at a time",
        ratios[len(ratios) // 2],
        least=least,
        unit="x",
        times=bench.pairs,
        spread=(ratios[0], ratios[-1]),
    )
