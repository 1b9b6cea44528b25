from __future__ import annotations

from odoo import api, fields, models

from .crm_rupture import CAUSES


class CrmRuptureRule(models.Model):
    """What the companies want to hear of, and what usually helps. One row for each cause."""

    _name = "crm.rupture.rule"
    _description = "Cause of Ruptures"
    _inherit = "crm.audited.mixin"
    _order = "sequence, id"
    _rec_name = "cause"
    _audit_area = "moments"

    cause = fields.Selection(
        CAUSES, required=True, readonly=True, help="The kind of rupture that is meant."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    is_on = fields.Boolean(
        string="Watched",
        default=True,
        help="Not ticked: nothing of this cause is raised, and what is open closes with the next "
        "judgement.",
    )
    is_told = fields.Boolean(
        string="Tell at once",
        default=True,
        help="Ticked: whoever answers for the customer gets an activity and a message on the "
        "screen. Not ticked: it only stands in the list.",
    )
    meaning = fields.Text(translate=True, help="When a rupture of this cause fires and closes.")
    remedy = fields.Text(
        string="Suggested remedy",
        translate=True,
        help="What usually repairs it; shown on each rupture of this cause.",
    )
    open_count = fields.Integer(
        string="Open now",
        compute="_compute_open_count",
        help="Open ruptures of this cause in your companies.",
    )

    _cause_uniq = models.UniqueIndex("(cause)", "This cause has its row already. Change that row.")

    def _compute_open_count(self) -> None:
        counts = dict(
            self.env["crm.rupture"]._read_group([("state", "=", "open")], ["cause"], ["__count"])
        )
        for rule in self:
            rule.open_count = counts.get(rule.cause, 0)

    @api.depends("cause")
    def _compute_display_name(self) -> None:
        labels = dict(self._fields["cause"]._description_selection(self.env))
        for rule in self:
            rule.display_name = labels.get(rule.cause, "")

    def action_open_ruptures(self) -> dict:
        """Open the open ruptures of this cause."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_rupture_action"
        )
        domain = [("cause", "=", self.cause)]
        return {**action, "domain": domain, "context": {"search_default_open": 1}}
