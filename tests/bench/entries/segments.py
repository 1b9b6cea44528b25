"""Segments: assigning every customer costs little more than asking the rules once."""

from __future__ import annotations

from measure import alternate

GOALS = (0,)  # no goal names it; told beside the others


def run(bench) -> None:
    company = bench.env["res.company"].browse(1)
    segments = bench.env["crm.segment"]
    rules = segments.search([("company_id", "=", company.id), ("rule_domain", "!=", False)])

    def assign(clock) -> None:
        with clock:
            segments._assign(company)
        bench.cr.rollback()

    def search(clock) -> None:
        queries = [rule._rule_query() for rule in rules]
        with clock:
            for query in queries:
                bench.env.execute_query(query.select())
        bench.cr.rollback()

    customers = bench.env["crm.customer"].search_count([])
    series = alternate(bench.clock, assign, search, bench.pairs)
    words = f"assign {customers} customers by {len(rules)} rules, nobody moves, against"
    bench.report.ratio(0, f"{words} the searches", series)
