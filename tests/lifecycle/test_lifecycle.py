"""Upgrading twice changes nothing; uninstalling leaves the ERP as if we had never been there."""

import pytest
from suite import paths
from suite.rig import Rig
from suite.templates import Templates

# Each statement is one number or text that must not move.
LEDGER = {
    "journal items": "SELECT count(*), sum(debit), sum(credit), sum(amount_residual),"
    " md5(string_agg(concat(id, account_id, partner_id, balance, date), '|' ORDER BY id))"
    " FROM account_move_line",
    "order lines": "SELECT count(*), sum(price_subtotal), sum(qty_invoiced),"
    " md5(string_agg(concat(id, order_id, product_id, price_unit), '|' ORDER BY id))"
    " FROM sale_order_line",
    "orders": "SELECT count(*), md5(string_agg(concat(id, name, state, partner_id, date_order),"
    " '|' ORDER BY id)) FROM sale_order",
    "partners": "SELECT count(*), md5(string_agg(concat(id, name, email, vat, active), '|'"
    " ORDER BY id)) FROM res_partner WHERE id NOT IN (SELECT partner_id FROM res_users)",
    "moves": "SELECT count(*), sum(quantity) FROM stock_move",
}

TRADE = """
customers = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(4)])
product = env["product.product"].create(
    {"name": "Crate", "type": "consu", "list_price": 12.5, "invoice_policy": "order",
     "taxes_id": False})
orders = env["sale.order"].create([
    {"partner_id": customer.id,
     "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3 + n})]}
    for n, customer in enumerate(customers)])
orders[:3].action_confirm()
invoices = orders[:3]._create_invoices()
invoices[:2].action_post()
for picking in orders[:1].picking_ids:
    picking.move_ids.quantity = 3
    picking.move_ids.picked = True
    picking.button_validate()
env["ir.filters"].create({
    "name": "By segment", "model_id": "sale.order",
    "domain": "[('partner_id.crm_segment_id', '!=', False)]", "user_ids": [(5,)]})
env.cr.commit()
"""


@pytest.fixture(scope="module")
def rig() -> Rig:
    rig = Rig()
    rig.set_up()
    rig.script(TRADE)
    return rig


def figures(rig: Rig) -> dict[str, list[list[str]]]:
    return {name: rig.sql(statement) for name, statement in LEDGER.items()}


def own_records(rig: Rig) -> list[list[str]]:
    """Our records by model; what Odoo notes about models and fields is its own business."""
    return rig.sql(
        "SELECT module, model, count(*) FROM ir_model_data"
        f" WHERE module IN {paths.SUITE_ADDONS} AND model NOT LIKE 'ir.model%'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )


OUR_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE column_name LIKE 'crm\\_%' AND table_schema = 'public' ORDER BY 1, 2"
)


def test_two_upgrades_change_no_figure_and_no_record(rig):
    before, records = figures(rig), own_records(rig)
    for _ in range(2):
        rig.odoo.upgrade(rig.database, paths.SUITE_ADDONS)
        assert figures(rig) == before
        assert own_records(rig) == records


@pytest.mark.parametrize("addon", list(reversed(paths.SUITE_ADDONS)))
def test_uninstall_leaves_the_erp_as_it_was(rig, addon):
    before = figures(rig)
    rig.script(
        f"env['ir.module.module'].search([('name', '=', '{addon}')]).button_immediate_uninstall()"
    )
    assert figures(rig) == before
    assert rig.number(f"SELECT state FROM ir_module_module WHERE name = '{addon}'") == "uninstalled"
    left = rig.sql(f"SELECT model, name FROM ir_model_data WHERE module = '{addon}'")
    assert left == []


def test_nothing_of_ours_is_left(rig):
    if rig.number("SELECT state FROM ir_module_module WHERE name = 'crm_strategy'") == "installed":
        pytest.skip("the uninstall tests did not run")
    ours = (
        "customer",
        "segment",
        "moment",
        "relationship",
        "indicator",
        "scorecard",
        "exchange",
        "change",
        "waterfall",
    )
    for name in ours:
        tables = rig.sql(f"SELECT tablename FROM pg_tables WHERE tablename LIKE 'crm\\_{name}%'")
        assert tables == [], f"tables of {name} are left"
        models = rig.sql(f"SELECT model FROM ir_model WHERE model LIKE 'crm.{name}%'")
        assert models == [], f"models of {name} are left"
    # Odoo has columns of that beginning too: the database without our addons says which.
    untouched = Templates(rig.odoo).level(paths.SUITE_ADDONS[-1])
    assert rig.sql(OUR_COLUMNS) == rig.server.sql(OUR_COLUMNS, untouched)
    assert rig.sql("SELECT name FROM ir_filters WHERE domain LIKE '%crm\\_segment%'") == []
    assert rig.sql("SELECT code FROM ir_act_server WHERE code LIKE '%crm.change%'") == []
