from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSampleSet(models.Model):
    """A sample configuration for one kind of business, loaded and removed per company.

    The four contexts of S002-II.4-1..4: dealers, bank-like service, consumer goods, high-tech.
    """

    _name = "crm.sample.set"
    _description = "Sample Configuration"
    _inherit = ["crm.audited.mixin", "crm.sample.engine"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The kind of business.")
    code = fields.Char(required=True, help="Short name; unique.")
    sequence = fields.Integer(default=10, help="Order in the set-up.")
    active = fields.Boolean(default=True, help="Untick to offer it no longer.")
    description = fields.Text(
        translate=True, help="Whom it fits, and what is special about such customers."
    )
    item_ids = fields.One2many("crm.sample.item", "set_id", string="What it brings")
    record_ids = fields.One2many("crm.sample.record", "set_id", string="Loaded records")
    is_loaded = fields.Boolean(
        string="Loaded here",
        compute="_compute_is_loaded",
        help="Something of it is in the active company.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another sample configuration has this code. Choose another one."
    )

    @api.depends("record_ids")
    @api.depends_context("company")
    def _compute_is_loaded(self) -> None:
        found = self.env["crm.sample.record"].search(
            [("set_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
        )
        for sample in self:
            sample.is_loaded = sample in found.set_id

    def action_load(self) -> dict:
        """Bring what is not there yet into the active company."""
        return self._sample_notification(self._load(self.env.company))

    def action_remove(self) -> dict:
        """Take away what nobody changed or used; says what stays."""
        return self._sample_notification(self._remove(self.env.company))

    def _check_manager(self) -> None:
        self.check_access("write")
        if self.env.company not in self.env.companies:
            raise UserError(self.env._("Switch to the company first."))

    def _sample_notification(self, sentences: list[str]) -> dict:
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "message": "\n".join(sentences),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
