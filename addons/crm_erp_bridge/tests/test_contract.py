from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_strategy.tests.contract import AddonContract


@tagged("post_install", "-at_install")
class TestContract(AddonContract, TransactionCase):
    addon = "crm_erp_bridge"
    wordless = (
        ("crm.exchange.key", "content_hash"),
        ("crm.exchange.key", "kind"),
        ("crm.exchange.key", "scope"),
        ("crm.exchange.row", "column"),
        ("crm.exchange.row", "digest"),
        ("crm.exchange.run", "name"),
        ("crm.exchange.run", "sha256"),
    )
