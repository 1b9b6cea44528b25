"""Installing, upgrading twice and uninstalling leaves the ERP as if we had never been there.

The tests follow one database through its life, in their order. What they look for is found in the
database and in the registry, so that models that come later are looked at too.
"""

import pytest
import scripts
import traces
from suite import paths
from suite.rig import Rig
from suite.templates import Templates

# Tables of documents of which no column of Odoo's may move.
DOCUMENTS = (
    "account_move", "account_move_line", "account_partial_reconcile", "account_payment",
    "sale_order", "sale_order_line", "stock_picking", "stock_move", "crm_lead", "res_partner",
)  # fmt: skip
NO_USERS = "id NOT IN (SELECT partner_id FROM res_users)"
SCREENS = ("sale.order", "account.move", "res.partner", "crm.lead", "crm.team", "stock.picking")
# Kept on purpose, since documents name them: the engine's user with its partner.
KEPT = ("crm_erp_bridge_user_engine",)


@pytest.fixture(scope="module")
def rig() -> Rig:
    rig = Rig()
    rig.set_up()
    names = {"ADDON_NAMES": list(paths.SUITE_ADDONS)}
    told = rig.script(scripts.TRADE + scripts.KEEP + scripts.CHANGE, **names)
    rig.saved, rig.admin = told
    rig.untouched = Templates(rig.odoo).level(paths.SUITE_ADDONS[-1])
    rig.ledger = {
        table: traces.checksum_sql(
            table,
            traces.columns_of(rig, table, rig.untouched),
            NO_USERS if table == "res_partner" else "TRUE",
        )
        for table in DOCUMENTS
    }
    return rig


def figures(rig: Rig) -> dict[str, str]:
    return {name: rig.number(statement) for name, statement in rig.ledger.items()}


def own_records(rig: Rig) -> list[list[str]]:
    """Our records by model; what Odoo notes about models and fields is its own business."""
    return rig.sql(
        "SELECT module, model, count(*) FROM ir_model_data"
        f" WHERE module IN {paths.SUITE_ADDONS} AND model NOT LIKE 'ir.model%'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )


def test_people_have_kept_something_on_every_model(rig):
    assert rig.saved > 40
    assert len(rig.admin["changed"]) > 10


def test_two_upgrades_change_no_figure_and_no_record(rig):
    before, records = figures(rig), own_records(rig)
    for _ in range(2):
        rig.odoo.upgrade(rig.database, paths.SUITE_ADDONS)
        assert figures(rig) == before
        assert own_records(rig) == records


def test_what_an_admin_changed_survived_the_upgrades(rig):
    lost = []
    for _module, xmlid, table, number, column in rig.admin["changed"]:
        rows = rig.sql(f'SELECT "{column}"::text FROM {table} WHERE id = {number}')
        text = rows[0][0] if rows else ""
        if "(changed)" not in text and not (column == "interval_number" and int(text or 0) > 41):
            lost.append((xmlid, text))
    assert lost == []


def test_what_an_admin_deleted_did_not_come_back(rig):
    back = [
        (module, name)
        for module, name, model in rig.admin["deleted"]
        if rig.sql(f"SELECT id FROM ir_model_data WHERE module = '{module}' AND name = '{name}'")
    ]
    assert back == []


def test_uninstalling_one_after_the_other_leaves_documents_and_screens(rig):
    before = figures(rig)
    addons = list(reversed(paths.SUITE_ADDONS))
    told = rig.script(
        scripts.UNINSTALL, ADDON_NAMES=addons, LEDGER=rig.ledger, SCREENS=list(SCREENS)
    )
    assert [line[:2] for line in told] == [[addon, "uninstalled"] for addon in addons]
    for addon, _state, after, left, broken in told:
        assert after == before, f"{addon} changed documents"
        assert left == [], f"{addon} left records"
        assert broken == [], f"without {addon} something does not open"


def test_nothing_of_ours_is_left(rig):
    state = rig.number("SELECT state FROM ir_module_module WHERE name = 'crm_strategy'")
    if state == "installed":
        pytest.skip("the uninstall test did not run")
    left = traces.more(traces.named(rig), traces.named(rig, rig.untouched))
    # Odoo lists whatever addon lies on its path, those for tests too.
    tests = {f"base.module_{folder.name}" for folder in paths.TEST_ADDONS.iterdir()}
    allowed = {"sale.order Kept by the person", *tests}
    left = {
        kind: [name for name in names if name not in allowed and "base.main" not in name]
        for kind, names in left.items()
    }
    assert {kind: names for kind, names in left.items() if names} == {}
    assert traces.dangling(rig) == {}
    kept = rig.sql("SELECT name FROM ir_filters WHERE name = 'Kept by the person'")
    assert kept, "a search that has nothing to do with us is gone"


def test_installing_beside_documents_changes_none_and_finds_their_customers(rig):
    before = figures(rig)
    rig.odoo.install(rig.database, paths.SUITE_ADDONS)
    assert figures(rig) == before
    rows = rig.sql(
        "SELECT DISTINCT p.commercial_partner_id, o.company_id FROM sale_order o"
        " JOIN res_partner p ON p.id = o.partner_id WHERE o.state = 'sale' ORDER BY 1, 2"
    )
    known = rig.sql("SELECT partner_id, company_id FROM crm_customer ORDER BY 1, 2")
    assert [row for row in rows if row not in known] == []
