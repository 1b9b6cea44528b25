from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCaseCause(models.Model):
    """What a case is about, and the answer that every customer gets to it."""

    _name = "crm.case.cause"
    _description = "Cause of Cases"
    _inherit = "crm.audited.mixin"
    _audit_area = "moments"
    _order = "kind, sequence, name, id"

    name = fields.Char(
        required=True, translate=True, help="The cause in the words of your customers."
    )
    code = fields.Char(required=True, help="A short word for files and figures; it stays.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick when the cause is no longer used.")
    kind = fields.Selection(
        [("anomaly", "Anomaly"), ("request", "Request")],
        required=True,
        default="anomaly",
        help="Anomaly: something is not as agreed. Request: the customer asks for something.",
    )
    skill_ids = fields.Many2many(
        "crm.case.skill",
        "crm_case_cause_skill_rel",
        "cause_id",
        "skill_id",
        string="Needed skills",
        help="Whoever takes a case with this cause has all of these skills.",
    )
    answer = fields.Text(
        string="Standard answer",
        translate=True,
        help="What every customer is told, whichever way the question came in. People take it "
        "into a case with one click and add what is special.",
    )
    case_count = fields.Integer(
        string="Cases", compute="_compute_case_count", help="Cases that you see with this cause."
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another cause has this code already. Choose another code."
    )

    def _compute_case_count(self) -> None:
        counts = dict(
            self.env["crm.case"]._read_group(
                [("cause_id", "in", self.ids)], ["cause_id"], ["__count"]
            )
        )
        for cause in self:
            cause.case_count = counts.get(cause, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        # Access: a cause is in use whoever may see its cases.
        used = self.env["crm.case"].sudo().search([("cause_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "“%(name)s” is the cause of cases. Archive it instead.",
                    name=used.cause_id.name,
                )
            )

    def action_open_cases(self) -> dict:
        """Open the cases with this cause."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_case_action"
        )
        return {**action, "domain": [("cause_id", "=", self.id)], "context": {}}
