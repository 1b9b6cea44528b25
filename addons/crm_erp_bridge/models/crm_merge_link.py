from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL


class CrmMergeLink(models.AbstractModel):
    """External keys remember the contact person that was made together with a customer."""

    _inherit = "crm.merge.link"

    @api.model
    @api.private
    def _move(self, model: str, source_ids: list[int], destination_id: int) -> None:
        result = super()._move(model, source_ids, destination_id)
        if model == "res.partner":
            # Raw SQL: as in the lower addon; the companion of a partner's key is a contact.
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_exchange_key SET satellite_id = %s"
                    " WHERE res_model = %s AND satellite_id = ANY(%s)",
                    destination_id,
                    model,
                    source_ids,
                )
            )
            self.env["crm.exchange.key"].invalidate_model(["satellite_id"], flush=False)
        return result
