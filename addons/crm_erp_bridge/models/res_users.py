from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.onchange("group_ids")
    def _onchange_crm_separation(self):
        """Who loads files should not be the one who controls the figures made of them."""
        loader = self.env.ref("crm_erp_bridge.crm_erp_bridge_group_exchange")
        finance = self.env.ref("crm_strategy.crm_strategy_group_finance")
        if not (loader in self.all_group_ids._origin and finance in self.all_group_ids._origin):
            return None
        return {
            "warning": {
                "title": self.env._("Two roles in one hand"),
                "message": self.env._(
                    "%(name)s would load files and control the figures made of them. "
                    "Give “Data exchange” and “CRM finance” to different people.",
                    name=self.name,
                ),
            }
        }
