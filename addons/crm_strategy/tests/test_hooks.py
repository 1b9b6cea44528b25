from odoo.tests import tagged

from odoo.addons.crm_strategy.hooks import post_init_hook, remove_saved_searches

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestHooks(CrmStrategyCase):
    """Installing gives the roles, removing leaves nothing broken behind."""

    def test_installing_gives_the_user_role_to_existing_salesmen(self):
        self.assertFalse(self.salesman_a.has_group("crm_strategy.crm_strategy_group_user"))
        post_init_hook(self.env)
        self.assertTrue(self.salesman_a.has_group("crm_strategy.crm_strategy_group_user"))
        self.assertFalse(self.salesman_a.has_group("crm_strategy.crm_strategy_group_leader"))

    def test_sales_manager_is_strategy_manager(self):
        self.salesman_a.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.assertTrue(self.salesman_a.has_group("crm_strategy.crm_strategy_group_manager"))

    def test_removing_deletes_the_saved_searches_that_would_break(self):
        Filter = self.env["ir.filters"]
        ours, theirs, path, neutral, alike = Filter.create(
            [
                {"name": "ours", "model_id": "crm.customer", "user_ids": []},
                {
                    "name": "theirs",
                    "model_id": "res.partner",
                    "context": "{'group_by': ['crm_segment_id']}",
                    "user_ids": [],
                },
                {
                    "name": "path",
                    "model_id": "crm.lead",
                    "domain": "[('partner_id.crm_channel_id', '!=', False)]",
                    "user_ids": [],
                },
                {"name": "neutral", "model_id": "res.partner", "user_ids": []},
                {
                    "name": "alike",
                    "model_id": "res.partner",
                    "context": "{'group_by': ['x_crm_segment_id_of_mine']}",
                    "user_ids": [],
                },
            ]
        )
        remove_saved_searches(self.env, "crm_strategy")
        self.assertEqual((ours + theirs + path + neutral + alike).exists(), neutral + alike)
