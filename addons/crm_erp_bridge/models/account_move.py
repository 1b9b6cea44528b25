from odoo import fields, models
from odoo.exceptions import AccessError


class AccountMove(models.Model):
    _inherit = "account.move"

    crm_is_exchanged = fields.Boolean(
        string="Prepared by the exchange",
        copy=False,
        readonly=True,
        help="The exchange made this draft. A person posts it.",
    )

    def _post(self, soft=True):
        """Posting is a person's decision: the engine's user is refused, also under sudo."""
        engine_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_erp_bridge.crm_erp_bridge_user_engine"
        )
        if self.env.uid == engine_id and any(
            move.is_invoice(include_receipts=True) or move.origin_payment_id for move in self
        ):
            raise AccessError(
                self.env._("The exchange prepares invoices and payments as drafts, people post.")
            )
        return super()._post(soft)
