from __future__ import annotations

from odoo import fields, models

from ..core import order, states

STATES = [
    (states.OPEN, "Not proven"),
    (states.STARTED, "Under way"),
    (states.PROVEN, "Proven"),
]
ORDERS = [
    (order.IN_ORDER, "In order"),
    (order.PARALLEL, "Beside another, as declared"),
    (order.EARLY, "Before its turn"),
    (order.SKIPPED, "Left out"),
    (order.EXEMPT, "Not asked for: repeat order"),
]


class CrmRelationshipMoment(models.Model):
    """Where one moment of the chain stands within one pass. Derived, never written by hand."""

    _name = "crm.relationship.moment"
    _description = "Moment within a Pass"
    _order = "relationship_id, sequence, id"

    # links
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        required=True,
        ondelete="cascade",
        help="The pass to which the moment belongs.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company."
    )
    moment_id = fields.Many2one(
        "crm.moment",
        required=True,
        index=True,
        ondelete="cascade",
        help="The moment, as the pass's version of the chain defines it.",
    )
    customer_id = fields.Many2one(
        related="relationship_id.customer_id", help="The customer in this company."
    )
    sequence = fields.Integer(
        related="moment_id.sequence", help="Place of the moment in the chain.", aggregator=None
    )
    code = fields.Char(related="moment_id.code", help="Short name of the moment.")
    letter = fields.Selection(
        related="moment_id.letter", help="Stage of the improvement cycle the moment serves."
    )
    target_days = fields.Integer(
        related="moment_id.target_days",
        string="Target (working days)",
        aggregator=None,
        help="Working days in which the moment should be over once it has started.",
    )
    # results
    state = fields.Selection(
        STATES,
        required=True,
        default=states.OPEN,
        help="Proven: all facts that the chain asks for have arrived.",
    )
    started_on = fields.Date(string="Started", help="Day of the first fact that began the moment.")
    proven_on = fields.Date(string="Proven on", help="Day on which the last needed fact arrived.")
    order_state = fields.Selection(
        ORDERS,
        string="In its turn",
        index="btree_not_null",
        help="Whether the moment came in its turn. Empty while it is not its turn yet.",
    )

    _moment_uniq = models.UniqueIndex(
        "(relationship_id, moment_id)", "The pass has this moment already."
    )

    def action_open_events(self) -> dict:
        """Open the facts that started or proved this moment."""
        self.ensure_one()
        facts = self.moment_id.start_fact_ids | self.moment_id.end_fact_ids
        return self.relationship_id._open_events(facts.mapped("code") or ["-"])

    def action_open_relationship(self) -> dict:
        """Open the pass to which the moment belongs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship",
            "res_id": self.relationship_id.id,
            "views": [(False, "form")],
        }
