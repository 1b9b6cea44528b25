"""What must stand in the database, computed in plain Python from the documents as they are now.

Documents are read by SQL; nothing here uses Odoo or our addons.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

CENT = Decimal("0.01")
SALES = "('out_invoice', 'out_refund', 'out_receipt')"
# Facts that follow from the pass and from the day, and those that are no news of it.
SIGNS = "('no_anomaly', 'next_step_planned', 'churn_flagged')"
TRACES = "('no_anomaly', 'next_step_planned', 'churn_flagged', 'order_cancelled')"
STATES = ("created", "updated", "unchanged", "waiting", "error")


def money(text: str) -> Decimal:
    return Decimal(text or "0").quantize(CENT)


@dataclass
class Proof:
    """What one document proves: for whom, when, what it is worth, for which passes."""

    company: str
    customer: str
    at: str
    amount: Decimal
    roots: frozenset


def whole(yard) -> None:
    """Everything that holds once all work is done."""
    queue_is_empty_or_explained(yard)
    facts_are_the_documents(yard)
    passes_are_the_roots(yard)
    values_are_the_books(yard)
    stored_figures_are_the_books(yard)
    runs_add_up(yard)
    nothing_is_switched_off(yard)


# -- the queue -----------------------------------------------------------------------------------


def queue_is_empty_or_explained(yard) -> None:
    rows = yard.sql("SELECT consumer, partner_id, tries, reason FROM crm_change")
    assert rows == [], "changes that nobody took, or that failed"


def nothing_is_switched_off(yard) -> None:
    ours = "SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND module LIKE 'crm\\_%'"
    assert yard.sql(f"SELECT cron_name FROM ir_cron WHERE NOT active AND id IN ({ours})") == []


# -- facts ---------------------------------------------------------------------------------------


def facts_are_the_documents(yard) -> None:
    """Each document's facts stand once, add up to its total, and name its customer and day."""
    expected = {**_orders(yard), **_invoices(yard), **_payments(yard), **_deliveries(yard)}
    rows = yard.sql(
        "SELECT fact, res_id, company_id, partner_id, fact_at, amount, root_model, root_id"
        " FROM crm_moment_event WHERE voided_at IS NULL AND kind = 'derived'"
        f" AND fact NOT IN {SIGNS}"
        " ORDER BY fact, res_id, occurrence"
    )
    found: dict[tuple, Proof] = {}
    doubles = Counter()
    for fact, res_id, company, customer, at, amount, model, root in rows:
        doubles[fact, res_id, model, root] += 1
        old = found.get((fact, res_id))
        roots = (old.roots if old else frozenset()) | {(model, root)}
        total = (old.amount if old else Decimal()) + money(amount)
        found[fact, res_id] = Proof(company, customer, at, total, roots)
    assert [key for key, count in doubles.items() if count > 1] == [], "facts that stand twice"
    differing = {
        key: (found.get(key), expected.get(key))
        for key in found.keys() | expected.keys()
        if found.get(key) != expected.get(key)
    }
    assert differing == {}, "found, expected"


def _orders(yard) -> dict:
    """Confirmed orders, those with a promised date, and those delivered in full."""
    rows = yard.sql(
        "SELECT o.id, o.company_id, p.commercial_partner_id, o.date_order, o.amount_total,"
        " COALESCE(o.commitment_date::text, ''),"
        " COALESCE(GREATEST(o.crm_delivered_at, o.date_order)::text, '')"
        " FROM sale_order o JOIN res_partner p ON p.id = o.partner_id WHERE o.state = 'sale'"
    )
    # GREATEST knows no NULL: whether the order is delivered in full is asked by its lines.
    delivered = _delivered_orders(yard)
    found = {}
    for order, company, customer, at, amount, promised, moved in rows:
        days = {
            "order_confirmed": at,
            "date_promised": at if promised else "",
            "goods_delivered": moved if order in delivered else "",
        }
        for code, day in days.items():
            if day:
                root = frozenset({("sale.order", order)})
                found[code, order] = Proof(company, customer, day, money(amount), root)
    return found


def _delivered_orders(yard) -> set:
    """Orders of which everything that is delivered by quantity was delivered."""
    covered = defaultdict(list)
    for order, done, asked in yard.sql(
        "SELECT l.order_id, l.qty_delivered, l.product_uom_qty FROM sale_order_line l"
        " JOIN product_product v ON v.id = l.product_id"
        " JOIN product_template t ON t.id = v.product_tmpl_id"
        " WHERE l.display_type IS NULL AND l.product_uom_qty > 0"
        " AND NOT COALESCE(l.is_downpayment, FALSE)"
        " AND (t.type = 'consu' OR (t.type = 'service' AND t.invoice_policy = 'delivery'))"
    ):
        covered[order].append(Decimal(done or "0") >= Decimal(asked))
    return {order for order, lines in covered.items() if all(lines)}


def _documents(yard) -> dict[str, dict]:
    """Posted sales documents, with the orders behind their lines."""
    rows = yard.sql(
        "SELECT m.id, m.move_type, m.company_id, p.commercial_partner_id,"
        " COALESCE(m.invoice_date, m.date), COALESCE(c.tz, 'UTC'), m.amount_total,"
        " COALESCE(m.reversed_entry_id, 0)"
        " FROM account_move m JOIN res_partner p ON p.id = m.partner_id"
        " JOIN res_company o ON o.id = m.company_id"
        " LEFT JOIN resource_calendar c ON c.id = o.resource_calendar_id"
        f" WHERE m.state = 'posted' AND m.move_type IN {SALES}"
    )
    orders = defaultdict(set)
    for move, order in yard.sql(
        "SELECT DISTINCT l.move_id, s.order_id FROM sale_order_line_invoice_rel r"
        " JOIN account_move_line l ON l.id = r.invoice_line_id"
        " JOIN sale_order_line s ON s.id = r.order_line_id"
    ):
        orders[move].add(("sale.order", order))
    found = {}
    for move, kind, company, customer, day, zone, total, origin in rows:
        origin = move if origin == "0" else origin
        roots = orders[move] or orders[origin] or {("account.move", origin)}
        found[move] = {
            "kind": kind, "company": company, "customer": customer, "day": day, "zone": zone,
            "total": -money(total) if kind == "out_refund" else money(total),
            "roots": frozenset(roots),
        }  # fmt: skip
    return found


def _invoices(yard) -> dict:
    return {
        ("credit_posted" if one["kind"] == "out_refund" else "invoice_posted", move): Proof(
            one["company"], one["customer"], _noon(one["day"], one["zone"]), one["total"],
            one["roots"],
        )
        for move, one in _documents(yard).items()
    }  # fmt: skip


def _payments(yard) -> dict:
    """Matches of a sales document with something posted that is none."""
    documents = _documents(yard)
    rows = yard.sql(
        "SELECT r.id, d.move_id, c.move_id, r.debit_amount_currency, r.credit_amount_currency,"
        " r.max_date, dm.state, cm.state"
        " FROM account_partial_reconcile r"
        " JOIN account_move_line d ON d.id = r.debit_move_id"
        " JOIN account_move dm ON dm.id = d.move_id"
        " JOIN account_move_line c ON c.id = r.credit_move_id"
        " JOIN account_move cm ON cm.id = c.move_id"
    )
    found = {}
    for match, debit, credit, debited, credited, day, debit_state, credit_state in rows:
        sides = [move for move in (debit, credit) if move in documents]
        if len(sides) != 1 or {debit_state, credit_state} != {"posted"}:
            continue
        one = documents[sides[0]]
        paid = money(debited) if sides[0] == debit else -money(credited)
        if paid:
            at = _noon(day, one["zone"])
            found["payment_received", match] = Proof(
                one["company"], one["customer"], at, paid, one["roots"]
            )
    return found


def _deliveries(yard) -> dict:
    rows = yard.sql(
        "SELECT k.id, k.state, k.date_done, o.id, o.company_id, p.commercial_partner_id,"
        " o.date_order,"
        " (SELECT SUM(CASE WHEN m.state = 'done' THEN m.quantity ELSE m.product_uom_qty END"
        "             / l.product_uom_qty * l.price_total)"
        "    FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id"
        "   WHERE m.picking_id = k.id AND m.state <> 'cancel' AND l.order_id = o.id)"
        " FROM stock_picking k JOIN sale_order o ON o.id = k.sale_id"
        " JOIN res_partner p ON p.id = o.partner_id"
        " JOIN stock_location t ON t.id = k.location_dest_id"
        " WHERE o.state = 'sale' AND k.state NOT IN ('draft', 'cancel')"
        " AND t.usage = 'customer'"
    )
    found = {}
    for picking, state, done, order, company, customer, ordered, worth in rows:
        roots = frozenset({("sale.order", order)})
        amount = money(worth)
        proof = Proof(company, customer, ordered, amount, roots)
        found["delivery_planned", picking] = proof
        if state == "done":
            proof = Proof(company, customer, done, amount, roots)
            found["delivery_done", picking] = proof
    return found


def _noon(day: str, zone: str) -> str:
    noon = datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=12))
    noon = noon.replace(tzinfo=ZoneInfo(zone))
    return noon.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S")


# -- passes --------------------------------------------------------------------------------------


def passes_are_the_roots(yard) -> None:
    """One living pass per root with a standing fact; first and last day are its facts' days."""
    pending = "SELECT count(*) FROM crm_moment_event WHERE is_pending AND partner_id IS NOT NULL"
    assert yard.number(pending) == 0, "facts that wait for their pass"
    days = defaultdict(set)
    # Where a delivery is planned, the days of the deliveries say when all had arrived.
    arrives = "e.fact <> 'goods_delivered' OR NOT EXISTS (SELECT FROM crm_moment_event d"
    arrives += " WHERE d.root_model = e.root_model AND d.root_id = e.root_id"
    arrives += " AND d.fact = 'delivery_planned' AND d.voided_at IS NULL)"
    for model, root, at, zone in yard.sql(
        "SELECT e.root_model, e.root_id, e.fact_at, COALESCE(c.tz, 'UTC')"
        " FROM crm_moment_event e JOIN res_company o ON o.id = e.company_id"
        " LEFT JOIN resource_calendar c ON c.id = o.resource_calendar_id"
        f" WHERE e.voided_at IS NULL AND e.fact NOT IN {TRACES} AND ({arrives})"
    ):
        moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("UTC"))
        days[model, root].add(moment.astimezone(ZoneInfo(zone)).date().isoformat())
    expected = {root: (min(found), max(found)) for root, found in days.items()}
    rows = yard.sql(
        "SELECT root_model, root_id, date_first, date_last FROM crm_relationship WHERE active"
    )
    assert len(rows) == len({tuple(row[:2]) for row in rows}), "passes that live twice"
    found = {(model, root): (first, last) for model, root, first, last in rows}
    assert found == expected
    wrong = yard.sql(
        "SELECT e.id FROM crm_moment_event e LEFT JOIN crm_relationship r"
        " ON r.root_model = e.root_model AND r.root_id = e.root_id"
        " WHERE e.voided_at IS NULL AND e.relationship_id IS DISTINCT FROM r.id"
    )
    assert wrong == [], "facts in another pass than their root's"
    counts = yard.sql(
        "SELECT r.id, r.proven_count, (SELECT count(*) FROM crm_relationship_moment m"
        "  WHERE m.relationship_id = r.id AND m.proven_on IS NOT NULL)"
        " FROM crm_relationship r WHERE r.active"
    )
    assert [row for row in counts if row[1] != row[2]] == [], "passes that count wrongly"


# -- values --------------------------------------------------------------------------------------


def values_are_the_books(yard) -> None:
    """Each customer's stored value is the sum of the posted documents, to the cent."""
    expected: dict[tuple, list] = {}
    for company, customer, kind, day, amount, residual in yard.sql(
        "SELECT m.company_id, p.commercial_partner_id, m.move_type,"
        " COALESCE(m.invoice_date, m.date), m.amount_untaxed_signed, m.amount_residual_signed"
        " FROM account_move m JOIN res_partner p ON p.id = m.partner_id"
        f" WHERE m.state = 'posted' AND m.move_type IN {SALES}"
    ):
        one = expected.setdefault((company, customer), [Decimal(), 0, 0, [], Decimal()])
        one[0] += money(amount)
        one[1 + (kind == "out_refund")] += 1
        one[3] += [day] if kind != "out_refund" else []
        one[4] += money(residual)
    wanted = {
        key: (revenue, invoices, refunds, min(days, default=""), max(days, default=""), residual)
        for key, (revenue, invoices, refunds, days, residual) in expected.items()
    }
    rows = yard.sql(
        "SELECT company_id, partner_id, posted_revenue, invoice_count, refund_count,"
        " first_invoice_date, last_invoice_date, open_amount FROM crm_customer_profile"
    )
    assert len(rows) == len({tuple(row[:2]) for row in rows}), "customers valued twice"
    found = {
        (company, customer): (money(revenue), int(invoices), int(refunds), first, last, money(rest))
        for company, customer, revenue, invoices, refunds, first, last, rest in rows
    }
    assert found == wanted


def stored_figures_are_the_books(yard) -> None:
    """Stored revenue of the company, all time, is what is posted; where it is stored at all."""
    rows = yard.sql(
        "SELECT v.company_id, v.numerator FROM crm_indicator_value v"
        " JOIN crm_indicator i ON i.id = v.indicator_id AND i.version = v.version"
        " WHERE i.code = 'posted_revenue' AND v.scope = 'company' AND v.period_key = 'all'"
    )
    for company, amount in rows:
        posted = yard.rig.number(
            "SELECT sum(amount_untaxed_signed) FROM account_move"
            f" WHERE state = 'posted' AND move_type IN {SALES} AND company_id = {company}"
        )
        assert money(amount) == money(posted)


# -- runs ----------------------------------------------------------------------------------------


def runs_add_up(yard, are_over: bool = True) -> None:
    """Rows in are rows accounted for; counters are the rows; each key names a living record."""
    counted = Counter()
    for run, state, count in yard.sql(
        "SELECT run_id, state, count(*) FROM crm_exchange_row GROUP BY 1, 2"
    ):
        counted[run, state] = int(count)
    columns = ", ".join(f"{state}_count" for state in STATES)
    for run, state, rows, *counts in yard.sql(
        f"SELECT id, state, row_count, {columns} FROM crm_exchange_run"
    ):
        found = [counted[run, name] for name in STATES]
        assert [int(count or 0) for count in counts] == found, (
            f"run {run}: counters and rows differ"
        )
        if are_over:
            assert state in ("done", "failed"), f"run {run} is {state}"
            assert int(rows or 0) == sum(found) or state == "failed", f"run {run} lost rows"
    doubles = "SELECT run_id, number FROM crm_exchange_row GROUP BY 1, 2 HAVING count(*) > 1"
    assert yard.sql(doubles) == [], "rows that are recorded twice"
    keys_are_records(yard)


def keys_are_records(yard) -> None:
    """Each key leads to one record that exists, and each exchanged order has its key."""
    for (model,) in yard.sql("SELECT DISTINCT res_model FROM crm_exchange_key"):
        table = model.replace(".", "_")
        lost = yard.sql(
            f"SELECT key FROM crm_exchange_key k WHERE res_model = '{model}'"
            f" AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = k.res_id)"
        )
        assert lost == [], f"keys of {model} without a record"
    orphans = (
        "SELECT name FROM sale_order o WHERE NOT EXISTS (SELECT FROM crm_exchange_key k"
        " WHERE k.kind = 'order' AND k.res_id = o.id) AND o.client_order_ref LIKE '90%'"
    )
    assert yard.sql(orphans) == [], "orders without a key"
