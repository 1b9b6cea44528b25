"""Segments: assigning every customer costs a small multiple of asking for them once."""

from __future__ import annotations

from measure import alternate, median_queries, repeat

from odoo.fields import Domain
from odoo.tools import SQL

GOALS = (23,)
CUSTOMERS = 100_000
NAMES = "Bench only "


def run(bench) -> None:
    company = bench.env["res.company"].browse(1)
    _fill_up(bench, company)
    _measure(bench, company)


def _measure(bench, company) -> None:
    env = bench.env
    segments, customers = env["crm.segment"], env["crm.customer"]
    rules = segments.search([("company_id", "=", company.id), ("rule_domain", "!=", False)])
    wanted = Domain("company_id", "=", company.id) & Domain.OR(rule._rule() for rule in rules)

    def search(clock) -> None:
        env.invalidate_all()
        with clock:
            # As the assignment reads rules: archived customers too, without access rules.
            customers.with_context(active_test=False).search(wanted)
        bench.cr.rollback()

    def assign(clock) -> None:
        env.invalidate_all()
        with clock:
            segments._assign(company)
        bench.cr.rollback()

    def move_all(clock) -> None:
        bench.cr.execute("UPDATE crm_segment SET sequence = -sequence WHERE company_id = 1")
        env.invalidate_all()
        with clock:
            segments._assign(company)
        bench.cr.rollback()

    count = customers.search_count([("company_id", "=", company.id)])
    words = f"assign {count} customers by {len(rules)} rules, against one search"
    series = alternate(bench.clock, assign, search, bench.pairs)
    bench.report.ratio(23, f"{words}, nobody moves", series, most=12.0)
    series = alternate(bench.clock, move_all, search, min(bench.pairs, 3))
    bench.report.ratio(23, f"{words}, order of the rules turned round", series, most=30.0)
    queries = median_queries(repeat(bench.clock, assign, 2))
    bench.report.limit(23, "queries of that assignment", queries, most=20, times=2)


def _fill_up(bench, company) -> None:
    """As many customers as the goal names. They stay: this entry is the last one of a bench."""
    cr = bench.cr
    have = bench.env["crm.customer"].search_count([("company_id", "=", company.id)])
    if have < CUSTOMERS:
        # Copies of a partner that is there, since other addons demand columns of their own.
        cr.execute(
            SQL(
                """
                INSERT INTO res_partner
                SELECT (jsonb_populate_record(
                           sample,
                           jsonb_build_object(
                               'id', fresh.id, 'commercial_partner_id', fresh.id,
                               'name', %(name)s || n, 'complete_name', %(name)s || n,
                               'parent_id', NULL, 'company_id', NULL, 'is_company', TRUE,
                               'country_id', 1 + n %% 200)
                       )).*
                  FROM res_partner AS sample,
                       (SELECT n, nextval('res_partner_id_seq') AS id
                          FROM generate_series(1, %(count)s) AS n) AS fresh
                 WHERE sample.id = %(sample)s
                """,
                name=NAMES,
                count=CUSTOMERS - have,
                sample=company.partner_id.id,
            )
        )
        cr.execute(
            SQL(
                """
                INSERT INTO crm_customer
                       (partner_id, company_id, is_segment_manual, create_uid, write_uid,
                        create_date, write_date)
                SELECT id, %s, FALSE, 1, 1, now(), now() FROM res_partner WHERE name LIKE %s
                """,
                company.id,
                f"{NAMES}%",
            )
        )
        bench.env.invalidate_all()
    bench.env["crm.segment"]._assign(company)
    cr.execute("DELETE FROM crm_change")
    cr.commit()
    bench.vacuum("res_partner", "crm_customer", "crm_segment_membership")
