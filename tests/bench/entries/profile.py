"""Customer values: the whole refresh, a part of it, and that both give the same."""

from __future__ import annotations

import random

from measure import alternate, undone

from odoo.tools import SQL

GOALS = (1, 2, 3)
# What the scan below takes on the machine on which the goals in milliseconds were set.
SCAN_MS = 555

# The plain grouped scan that the goals count in. Materialised, or PostgreSQL would leave out sums
# that nobody reads.
GROUPED_SCAN = """
    WITH grouped AS MATERIALIZED (
        SELECT partner_id, SUM(balance), COUNT(*), MIN(date), MAX(date)
          FROM account_move_line
         WHERE display_type = 'product' AND parent_state = 'posted'
      GROUP BY partner_id
    )
    SELECT COUNT(*) FROM grouped
"""
FIGURES = """
    SELECT customer_id, partner_id, company_id, currency_id, posted_revenue, invoice_count,
           refund_count, first_invoice_date, last_invoice_date, open_amount
      FROM crm_customer_profile
  ORDER BY customer_id
"""
TABLES = ("crm_customer_profile", "crm_customer", "account_move")


def run(bench) -> None:
    profiles = bench.env["crm.customer.profile"]
    profiles._refresh()
    bench.cr.commit()
    bench.vacuum(*TABLES)
    if bench.wants(1):
        _whole(bench, profiles)
    if bench.wants(2):
        _part(bench, profiles)
    if bench.wants(3):
        _equal(bench, profiles)


def _scan(bench):
    def side(clock) -> None:
        with clock:
            bench.cr.execute(GROUPED_SCAN)

    return side


def _spoil(bench, pairs) -> None:
    """Make profiles differ from the books, so that the refresh has to write them.

    Committed, as any earlier change is: PostgreSQL checks the foreign keys of a row again that its
    own transaction has written before, which is no part of a refresh.
    """
    bench.cr.execute(
        "UPDATE crm_customer_profile SET posted_revenue = posted_revenue + 1"
        " WHERE partner_id = ANY(%s)",
        ([partner for partner, _company in pairs],),
    )
    bench.cr.commit()
    bench.vacuum("crm_customer_profile")


def _refresh_side(bench, profiles, changed: list, pairs=None):
    def side(clock) -> None:
        with clock:
            changed.append(profiles._refresh(pairs=pairs))
        # Dead rows of this run would cost the next one.
        bench.vacuum("crm_customer_profile")

    return side


def _heal(bench, profiles) -> None:
    profiles._refresh()
    bench.cr.commit()
    bench.vacuum("crm_customer_profile")


def _whole(bench, profiles) -> None:
    changed: list[int] = []
    side = _refresh_side(bench, profiles, changed)
    series = alternate(bench.clock, side, _scan(bench), bench.pairs)
    bench.report.equal(1, "whole refresh of an up-to-date table writes nothing", set(changed), {0})
    bench.report.ratio(
        1, "whole refresh of customer profiles, nothing changed", series, most=2.0, unit="G"
    )
    changed.clear()
    everybody = _some(bench, 10**9)
    _spoil(bench, everybody)
    series = alternate(bench.clock, side, _scan(bench), bench.pairs)
    bench.report.equal(
        1, "whole refresh finds every spoiled profile", set(changed), {len(everybody)}
    )
    bench.report.ratio(1, "whole refresh, every profile rewritten", series, most=2.0, unit="G")
    _heal(bench, profiles)


def _some(bench, count: int) -> list[tuple[int, int]]:
    bench.cr.execute(
        "SELECT partner_id, company_id FROM crm_customer_profile"
        " ORDER BY md5(partner_id::text), partner_id LIMIT %s",
        (count,),
    )
    return bench.cr.fetchall()


def _part(bench, profiles) -> None:
    """The cost of some customers, each of them changed."""
    for count in (1, 10, 100, 1000, 10000):
        pairs = _some(bench, count)
        _spoil(bench, pairs)
        changed: list[int] = []
        side = _refresh_side(bench, profiles, changed, pairs)
        series = alternate(bench.clock, side, _scan(bench), bench.pairs)
        # In milliseconds of the machine on which the goal was set.
        values = [ratio * SCAN_MS for ratio in series.ratios()]
        bench.report.equal(2, f"refresh of {count} finds all of them", set(changed), {len(pairs)})
        bench.report.limit(
            2,
            f"refresh of {count} changed customers, at G = {SCAN_MS} ms",
            series.ratio * SCAN_MS,
            most=0.05 * count + 5,
            unit="ms",
            times=bench.pairs,
            spread=(min(values), max(values)),
        )
        most = {100: 0.02, 1000: 0.05}.get(count)
        if most:
            bench.report.ratio(
                2, f"refresh of {count} changed customers", series, most=most, unit="G"
            )
        _heal(bench, profiles)


def _equal(bench, profiles) -> None:
    """Random edits of the books behind Odoo's back, then part by part against from scratch."""
    chance = random.Random(20261122)
    rounds = 5
    bench.cr.execute("SELECT id FROM account_move WHERE move_type LIKE 'out_%' ORDER BY id")
    move_ids = [move_id for (move_id,) in bench.cr.fetchall()]
    bench.cr.execute("SELECT id FROM res_partner WHERE customer_rank > 0 ORDER BY id")
    partner_ids = [partner_id for (partner_id,) in bench.cr.fetchall()]
    with undone(bench.cr):
        for _round in range(rounds):
            touched = _edit(bench.cr, chance, chance.sample(move_ids, 300), partner_ids)
            profiles._refresh(pairs=touched)
        part = _figures(bench.cr)
        bench.cr.execute("DELETE FROM crm_customer_profile")
        bench.env.invalidate_all()
        profiles._refresh()
        whole = _figures(bench.cr)
    bench.report.equal(
        3, f"after {rounds} x 300 random edits, part by part = from scratch", part, whole, rounds
    )


def _edit(cr, chance, moves: list[int], partners: list[int]) -> set[tuple[int, int]]:
    """Edit documents and move contacts; returns the customers before and after."""
    contacts = chance.sample(partners, 20)
    touched = _customers_of(cr, moves, contacts)
    for move in moves:
        kind = chance.randrange(5)
        if kind == 0:
            column, value = "amount_untaxed_signed", round(chance.uniform(-500, 5000), 2)
        elif kind == 1:
            column, value = "partner_id", chance.choice(partners)
        elif kind == 2:
            column, value = "state", chance.choice(("posted", "draft", "cancel"))
        elif kind == 3:
            column, value = "invoice_date", SQL("invoice_date - %s", chance.randrange(400))
        else:
            column, value = "amount_residual_signed", round(chance.uniform(0, 900), 2)
        name = SQL.identifier(column)
        cr.execute(SQL("UPDATE account_move SET %s = %s WHERE id = %s", name, value, move))
    # Half of the contacts become an address of another customer.
    for contact in contacts[:10]:
        other = chance.choice([partner for partner in partners if partner not in contacts])
        cr.execute(
            "UPDATE res_partner SET commercial_partner_id = ("
            " SELECT commercial_partner_id FROM res_partner WHERE id = %s) WHERE id = %s",
            (other, contact),
        )
    return touched | _customers_of(cr, moves, contacts)


def _customers_of(cr, moves: list[int], contacts: list[int]) -> set[tuple[int, int]]:
    cr.execute(
        """
        SELECT DISTINCT contact.commercial_partner_id, move.company_id
          FROM account_move AS move
          JOIN res_partner AS contact ON contact.id = move.partner_id
         WHERE move.id = ANY(%s) OR move.partner_id = ANY(%s)
        """,
        (moves, contacts),
    )
    return set(cr.fetchall())


def _figures(cr) -> list[tuple]:
    cr.execute(FIGURES)
    return cr.fetchall()
