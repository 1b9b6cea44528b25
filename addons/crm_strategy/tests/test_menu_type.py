from odoo.tests import TransactionCase, tagged

ADDONS = ("crm_strategy",)


@tagged("post_install", "-at_install")
class TestMenuType(TransactionCase):
    """Each screen of the suite serves one of the four types of CRM (S002-T1..4)."""

    def _own_menus(self):
        rows = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.menu"), ("module", "in", ADDONS)]
        )
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        return menus.browse(rows.mapped("res_id")).exists()

    def test_each_menu_has_a_type(self):
        without = self._own_menus().filtered(lambda menu: menu.action and not menu.crm_type)
        self.assertFalse(without.mapped("complete_name"))

    def test_menu_takes_the_type_of_the_menu_above_unless_it_has_its_own(self):
        above = self.env["ir.ui.menu"].create({"name": "Above", "crm_type": "analytic"})
        below, own = self.env["ir.ui.menu"].create(
            [
                {"name": "Below", "parent_id": above.id},
                {"name": "Own", "parent_id": above.id, "crm_type": "strategic"},
            ]
        )
        self.assertEqual((below.crm_type, own.crm_type), ("analytic", "strategic"))

    def test_card_of_the_map_opens_the_screen(self):
        menu = self.env.ref("crm_strategy.crm_indicator_value_menu")
        self.assertEqual(menu.action_crm_open()["res_model"], "crm.indicator.value")
        self.assertEqual(menu.crm_type, "analytic")
