"""Screens: the scorecard opens from few queries, our fields cost a list next to nothing."""

from __future__ import annotations

from measure import alternate, median_queries, repeat

GOALS = (18, 19)
# What Odoo's own list of contacts shows.
STOCK = {
    "complete_name": {},
    "phone": {},
    "email": {},
    "user_id": {"fields": {"display_name": {}}},
    "city": {},
    "country_id": {"fields": {"display_name": {}}},
    "category_id": {"fields": {"display_name": {}, "color": {}}},
    "company_id": {"fields": {"display_name": {}}},
}
OURS = {
    "crm_is_customer": {},
    "crm_segment_id": {"fields": {"display_name": {}}},
}
TOUCHED = (
    "SELECT COALESCE(SUM(seq_scan + idx_scan), 0) FROM pg_stat_xact_user_tables"
    " WHERE relname = 'account_move_line'"
)


def run(bench) -> None:
    env = bench.stock_env()
    if bench.wants(18):
        _scorecard(bench, env)
    if bench.wants(19):
        _partners(bench, env)


def _list(bench, env, columns, limit=80):
    def side(clock) -> None:
        env.invalidate_all()
        with clock:
            env["res.partner"].web_search_read([], columns, limit=limit)

    return side


def _scorecard(bench, env) -> None:
    card = env["crm.scorecard"].search([], limit=1)

    def open_it(clock) -> None:
        env.invalidate_all()
        with clock:
            card.get_matrix({})

    series = alternate(bench.clock, open_it, _list(bench, env, STOCK), bench.pairs)
    queries = median_queries(series.numerator)
    bench.report.limit(18, "queries to open the scorecard", queries, most=12, times=bench.pairs)
    bench.report.ratio(
        18, "CPU to open the scorecard, against a list of 80 contacts", series, most=3.0
    )
    bench.cr.rollback()
    env.invalidate_all()
    card.get_matrix({})
    bench.cr.execute(TOUCHED)
    bench.report.limit(18, "times it looks at invoice lines", bench.cr.fetchone()[0], most=0)
    bench.cr.rollback()
    bench.report.equal(
        18, "queries with 9 of 10 customers gone", _queries_of_few(bench, env, card), queries
    )


def _queries_of_few(bench, env, card) -> float:
    bench.cr.execute("DELETE FROM crm_customer WHERE id % 10 > 0")
    env.invalidate_all()

    def open_it(clock) -> None:
        env.invalidate_all()
        with clock:
            card.get_matrix({})

    queries = median_queries(repeat(bench.clock, open_it, 2))
    bench.cr.rollback()
    env.invalidate_all()
    return queries


def _partners(bench, env) -> None:
    series = alternate(
        bench.clock,
        _list(bench, env, {**STOCK, **OURS}),
        _list(bench, env, STOCK),
        bench.pairs,
    )
    more = median_queries(series.numerator) - median_queries(series.denominator)
    bench.report.limit(
        19, "more queries for 80 contacts with our columns", more, most=2, times=bench.pairs
    )
    bench.report.ratio(19, "CPU of that list against Odoo's own", series)
    for name, column in OURS.items():
        plain = repeat(bench.clock, _list(bench, env, {"complete_name": {}}, 1000), 2)
        asked = repeat(bench.clock, _list(bench, env, {"complete_name": {}, name: column}, 1000), 2)
        more = median_queries(asked) - median_queries(plain)
        bench.report.limit(19, f"more queries for {name} of 1000 contacts", more, most=3, times=2)
