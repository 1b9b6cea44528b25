from odoo.tests import TransactionCase, tagged

from .contract import AddonContract


@tagged("post_install", "-at_install")
class TestContract(AddonContract, TransactionCase):
    addon = "crm_strategy"
    daily_work = ("crm.customer", "crm.consent")
