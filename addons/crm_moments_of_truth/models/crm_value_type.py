from __future__ import annotations

from odoo import api, fields, models

SIDES = [("client", "For the customer"), ("firm", "For us")]


class CrmValueType(models.Model):
    """A kind of value that a moment gives to the customer or to us (S000-9.5-R4)."""

    _name = "crm.value.type"
    _description = "Kind of Value"
    _inherit = "crm.audited.mixin"
    _order = "side, sequence, name, id"
    _audit_area = "moments"

    # identity
    name = fields.Char(
        required=True, translate=True, help="What is given or won, in the words of your people."
    )
    code = fields.Char(required=True, help="A short word for files and figures; it stays.")
    side = fields.Selection(
        SIDES,
        required=True,
        default="client",
        help="Who has it in the end: the customer, or we.",
    )
    sequence = fields.Integer(default=10, aggregator=None, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick when you no longer use it.")
    description = fields.Text(
        translate=True, help="How to recognise it, and how its amount can be estimated, if at all."
    )
    # results
    entry_count = fields.Integer(
        string="Number of entries",
        compute="_compute_entry_count",
        help="How often it was written into the ledger of your companies.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another kind of value has this code already. Choose another code."
    )

    def _compute_entry_count(self) -> None:
        counts = dict(
            self.env["crm.value.entry"]._read_group(
                [("type_id", "in", self.ids)], ["type_id"], ["__count"]
            )
        )
        for kind in self:
            kind.entry_count = counts.get(kind, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        """Entries keep what they say: a used kind is archived instead."""
        # Access: entries of all companies count, whoever deletes.
        self.env["crm.value.entry"].sudo()._check_types_unused(self)

    def action_open_entries(self) -> dict:
        """Open the entries of this kind."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_value_entry_action"
        )
        return {**action, "domain": [("type_id", "=", self.id)], "context": {}}
