"""Capture: what confirming an order costs more than in Odoo without our hooks."""

from __future__ import annotations

import re

from measure import alternate, median_queries, undone
from overrides import switched_off

GOALS = (20,)
SINGLE, SOME, BATCH = 6, 20, 100
_INSERT = re.compile(r'INSERT\s+INTO\s+"?(crm_\w+|ir_cron_trigger)"?', re.IGNORECASE)


def run(bench) -> None:
    env = bench.stock_env()
    orders = _orders(env, BATCH + 2)
    bench.cr.commit()

    def one_by_one(clock) -> None:
        with undone(bench.cr):
            for order in orders[:SINGLE]:
                env.invalidate_all()
                with clock:
                    order.action_confirm()
                    bench.cr.flush()

    def all_at_once(clock) -> None:
        with undone(bench.cr):
            env.invalidate_all()
            with clock:
                orders[:SOME].action_confirm()
                bench.cr.flush()

    def without_hooks(side):
        def stock(clock) -> None:
            with switched_off(env) as count:
                assert count, "no hook of ours was found"
                side(clock)

        return stock

    series = alternate(bench.clock, one_by_one, without_hooks(one_by_one), bench.pairs)
    more = (median_queries(series.numerator) - median_queries(series.denominator)) / SINGLE
    _tell(bench, "an order, one at a time", series, more, 2)
    series = alternate(bench.clock, all_at_once, without_hooks(all_at_once), bench.pairs)
    more = median_queries(series.numerator) - median_queries(series.denominator)
    _tell(bench, f"{SOME} orders at once", series, more, None)
    with undone(bench.cr):
        inserts = _inserts(bench.cr, lambda: (orders[:BATCH].action_confirm(), bench.cr.flush()))
    bench.report.limit(
        20,
        f"inserts into one table of ours for {BATCH} orders ({len(inserts)} tables)",
        max(inserts.values(), default=0),
        most=1,
    )


def _tell(bench, what: str, series, more: float, most: float | None) -> None:
    bench.report.ratio(20, f"CPU of confirming {what}, with : without hooks", series, most=1.05)
    bench.report.limit(
        20, f"more queries for confirming {what}", more, most=most, times=bench.pairs
    )


def _orders(env, count: int):
    """Quotations of three storable articles each, of as many customers."""
    customers = env["res.partner"].search(
        [("customer_rank", ">", 0), ("name", "like", "Customer 1%")], limit=count
    )
    articles = env["product.product"].search([("default_code", "like", "A0000%")], limit=30)
    values = [
        {
            "partner_id": customer.id,
            "order_line": [
                (0, 0, {"product_id": articles[(place * 3 + k) % len(articles)].id})
                for k in range(3)
            ],
        }
        for place, customer in enumerate(customers)
    ]
    return env["sale.order"].create(values)


def _inserts(cr, work) -> dict[str, int]:
    """Statements that insert into each table of ours while *work* runs."""
    found: dict[str, int] = {}
    execute = type(cr).execute

    def spy(self, query, *arguments, **options):
        for table in _INSERT.findall(getattr(query, "code", query)):
            found[table] = found.get(table, 0) + 1
        return execute(self, query, *arguments, **options)

    type(cr).execute = spy
    try:
        work()
    finally:
        type(cr).execute = execute
    return found
