"""Boards: the chain and Customer 360 open from few queries, however many passes there are."""

from __future__ import annotations

from measure import alternate, median_queries, repeat

GOALS = (31,)
# As a company of some years has them; every seventh is broken somewhere.
PASSES, BROKEN = 20_000, 7
TABLES = ("crm_relationship", "crm_relationship_moment", "crm_moment_event", "crm_rupture")
COLUMNS = {
    "name": {},
    "customer_id": {"fields": {"display_name": {}}},
    "segment_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "current_moment_id": {"fields": {"display_name": {}}},
    "amount": {},
    "date_last": {},
}


def run(bench) -> None:
    _make_passes(bench)
    env = bench.stock_env()
    passes = env["crm.relationship"]
    customer = _busiest(bench, env)

    def board(clock) -> None:
        env.invalidate_all()
        with clock:
            passes.get_board([("is_open", "=", True)])

    def page(clock) -> None:
        env.invalidate_all()
        with clock:
            customer.get_page()

    def plain(clock) -> None:
        env.invalidate_all()
        with clock:
            passes.web_search_read([("is_open", "=", True)], COLUMNS, limit=80)

    for words, side, most in (("the chain", board, 60), ("Customer 360", page, 130)):
        series = alternate(bench.clock, side, plain, bench.pairs)
        queries = median_queries(series.numerator)
        bench.report.limit(
            31, f"queries to open {words}, {PASSES} passes", queries, most=most, times=bench.pairs
        )
        bench.report.ratio(31, f"CPU to open {words}, against a list of 80 passes", series)
        bench.report.limit(
            31,
            f"more queries than with a tenth of the passes, {words}",
            queries - _queries_of_few(bench, env, customer, side),
            most=0,
        )
    _empty(bench)


def _make_passes(bench) -> None:
    """A pass for each of the latest orders, standing at one of its ten moments in turn."""
    _empty(bench)
    chain = bench.env["crm.moment.chain"]._for_company(bench.env["res.company"].browse(1))
    bench.cr.execute(
        """
        INSERT INTO crm_relationship
               (root_model, root_id, name, company_id, partner_id, customer_id, chain_id, order_id,
                user_id, amount, currency_id, active, is_open, is_repeat, date_first, date_last,
                proven_count, current_moment_id, create_uid, create_date, write_uid, write_date)
        SELECT 'sale.order', made.id, made.name, made.company_id, customer.partner_id, customer.id,
               %(chain)s, made.id, made.user_id, made.amount_untaxed, company.currency_id, TRUE,
               made.id %% 10 < 9, FALSE, made.date_order::date, made.date_order::date,
               made.id %% 10, place.moments[1 + made.id %% 10], 1, now(), 1, now()
          FROM (SELECT * FROM sale_order WHERE state = 'sale' ORDER BY id DESC LIMIT %(count)s)
               AS made
          JOIN res_partner AS partner ON partner.id = made.partner_id
          JOIN crm_customer AS customer ON customer.company_id = made.company_id
               AND customer.partner_id = partner.commercial_partner_id
          JOIN res_company AS company ON company.id = made.company_id
    CROSS JOIN (SELECT ARRAY_AGG(id ORDER BY sequence) AS moments FROM crm_moment
                 WHERE chain_id = %(chain)s) AS place;

        INSERT INTO crm_relationship_moment
               (relationship_id, company_id, moment_id, state, started_on, proven_on)
        SELECT pass.id, pass.company_id, moment.id,
               CASE WHEN moment.sequence <= pass.proven_count THEN 'proven'
                    WHEN moment.sequence = pass.proven_count + 1 THEN 'started' ELSE 'open' END,
               CASE WHEN moment.sequence <= pass.proven_count + 1 THEN pass.date_first END,
               CASE WHEN moment.sequence <= pass.proven_count THEN pass.date_last END
          FROM crm_relationship AS pass
          JOIN crm_moment AS moment ON moment.chain_id = pass.chain_id;

        INSERT INTO crm_moment_event
               (fact, res_id, occurrence, kind, company_id, partner_id, root_model, root_id,
                relationship_id, fact_at, amount, currency_id, name, is_pending)
        SELECT 'order_confirmed', order_id, 0, 'derived', company_id, partner_id, root_model,
               root_id, id, date_first, amount, currency_id, name, FALSE
          FROM crm_relationship;

        INSERT INTO crm_rupture
               (relationship_id, moment_id, cause, state, company_id, customer_id, partner_id,
                user_id, currency_id, amount, opened_at, since, reopen_count)
        SELECT id, current_moment_id, 'late', 'open', company_id, customer_id, partner_id,
               user_id, currency_id, amount, now(), now(), 0
          FROM crm_relationship WHERE id %% %(broken)s = 0
        """,
        {"chain": chain.id, "count": PASSES, "broken": BROKEN},
    )
    bench.cr.commit()
    bench.vacuum(*TABLES)


def _busiest(bench, env):
    bench.cr.execute(
        "SELECT customer_id FROM crm_relationship"
        " GROUP BY customer_id ORDER BY COUNT(*) DESC, 1 LIMIT 1"
    )
    return env["crm.customer"].browse(bench.cr.fetchone()[0])


def _queries_of_few(bench, env, customer, side) -> float:
    """Queries when nine of ten passes are gone, but not those of the customer."""
    bench.cr.execute(
        "DELETE FROM crm_relationship WHERE (id / 10) %% 10 > 0 AND customer_id != %s",
        [customer.id],
    )
    queries = median_queries(repeat(bench.clock, side, 2))
    bench.cr.rollback()
    env.invalidate_all()
    return queries


def _empty(bench) -> None:
    bench.cr.rollback()
    bench.cr.execute("TRUNCATE crm_moment_event, crm_relationship, crm_relationship_moment CASCADE")
    bench.cr.commit()
    bench.env.invalidate_all()
