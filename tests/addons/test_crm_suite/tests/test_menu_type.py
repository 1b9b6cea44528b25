"""Each screen of each addon serves one of the four types of CRM (S002-T1..4)."""

from odoo.tests import TransactionCase, tagged

from .common import SUITE


@tagged("post_install", "-at_install")
class TestMenuType(TransactionCase):
    def test_each_menu_of_the_suite_has_a_type(self):
        rows = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.menu"), ("module", "in", SUITE)]
        )
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        own = menus.browse(rows.mapped("res_id")).exists()
        without = own.filtered(lambda menu: menu.action and not menu.crm_type)
        self.assertFalse(without.mapped("complete_name"))
