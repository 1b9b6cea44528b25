from __future__ import annotations

from odoo import api, fields, models


class CrmRelationshipMoment(models.Model):
    """What a moment of a pass gave to both sides (S000-9.5-R4)."""

    _inherit = "crm.relationship.moment"

    value_entry_ids = fields.One2many(
        "crm.value.entry", "line_id", string="Value", help="What the moment gave to both sides."
    )
    value_state = fields.Selection(
        [
            ("none", "Nothing yet"),
            ("client", "For the customer"),
            ("firm", "For us"),
            ("both", "For both"),
        ],
        string="Value for",
        compute="_compute_value_state",
        help="For whom value is written in the ledger. A moment should give something to both.",
    )

    @api.depends("relationship_id", "moment_id")
    def _compute_display_name(self) -> None:
        for line in self:
            names = (line.relationship_id.display_name, line.moment_id.display_name)
            line.display_name = " · ".join(name for name in names if name)

    def _compute_value_state(self) -> None:
        sides: dict[int, set[str]] = {}
        for line, side in self.env["crm.value.entry"]._read_group(
            [("line_id", "in", self.ids)], ["line_id", "side"]
        ):
            sides.setdefault(line.id, set()).add(side)
        for line in self:
            found = sides.get(line.id, set())
            line.value_state = "both" if len(found) > 1 else next(iter(found), "none")

    def action_open_value(self) -> dict:
        """Open the value ledger of this moment, to read and to write."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_value_entry_action"
        )
        return {
            **action,
            "name": self.env._("Value of %(moment)s", moment=self.moment_id.display_name),
            "domain": [("line_id", "=", self.id)],
            "context": {"default_line_id": self.id},
        }

    def action_take_value(self) -> dict:
        """Write down the value that the chain expects of this moment, then open the ledger.

        Whatever of it was not given is deleted there; what is in the ledger already stays.
        """
        self.ensure_one()
        known = self.value_entry_ids.type_id
        expected = self.moment_id.value_client_ids | self.moment_id.value_firm_ids
        self.env["crm.value.entry"].create(
            [{"line_id": self.id, "type_id": kind.id} for kind in expected - known]
        )
        return self.action_open_value()
