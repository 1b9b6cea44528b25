from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_strategy.tests.contract import AddonContract


@tagged("post_install", "-at_install")
class TestContract(AddonContract, TransactionCase):
    addon = "crm_erp_bridge"
