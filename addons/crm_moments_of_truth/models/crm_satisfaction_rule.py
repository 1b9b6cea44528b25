from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_strategy.core.value import as_decimal

from .survey_survey import SATISFACTION

# What counts as bad where no rule asked.
GAP_LIMIT, LOWEST = Decimal(3), Decimal(6)


class CrmSatisfactionRule(models.Model):
    """When a contact is asked after a moment, with which survey, and what a bad answer is."""

    _name = "crm.satisfaction.rule"
    _description = "Satisfaction Rule"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "sequence, id"
    _audit_area = "moments"

    # identity
    name = fields.Char(required=True, translate=True, help="What your people call the rule.")
    sequence = fields.Integer(
        default=10, help="When several rules would ask one contact, the first one asks."
    )
    active = fields.Boolean(
        default=True, help="Untick to ask nobody any more; invitations and answers stay."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the rule asks customers of all companies.",
    )
    # whom and when
    survey_id = fields.Many2one(
        "survey.survey",
        required=True,
        ondelete="cascade",
        domain=[("crm_use", "=", SATISFACTION)],
        help="What the contact is asked. Only surveys for the satisfaction of customers, answered "
        "by invited people.",
    )
    moment_id = fields.Many2one(
        "crm.moment",
        string="After the moment",
        index="btree_not_null",
        ondelete="set null",
        domain="[('chain_id.state', '!=', 'closed')]",
        help="The contact is asked when this moment is proven, in every chain and version that "
        "has a moment with the same code.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_satisfaction_rule_segment_rel",
        "rule_id",
        "segment_id",
        string="Segments",
        help="Only customers of these segments are asked. Empty: all customers.",
    )
    wait_days = fields.Integer(
        string="Wait (days)",
        default=3,
        help="Days between the moment and the invitation, so that there is something to tell.",
    )
    date_from = fields.Date(
        string="Moments since",
        required=True,
        default=fields.Date.context_today,
        help="Moments proven before this day are not asked about.",
    )
    # limits
    pause_days = fields.Integer(
        string="Leave in peace (days)",
        default=30,
        help="A contact who was asked is not asked again for so many days, whatever the rule.",
    )
    deadline_days = fields.Integer(
        string="Open for (days)", default=30, help="After so many days the invitation is closed."
    )
    daily_limit = fields.Integer(
        string="At most a day",
        default=200,
        help="No more invitations than this leave in one day; the others wait for the next.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Invitation",
        ondelete="set null",
        domain=[("model", "=", "survey.user_input")],
        help="The e-mail with the link. Empty: the usual one.",
    )
    # what is bad
    gap_limit = fields.Float(
        string="Bad gap",
        default=float(GAP_LIMIT),
        digits=(4, 1),
        aggregator=None,
        help="An answer is bad when the contact got so much less than expected in one class of "
        "needs, on a scale from 0 to 10.",
    )
    lowest_recommendation = fields.Integer(
        string="Bad recommendation",
        default=int(LOWEST),
        aggregator=None,
        help="An answer is bad when the contact would recommend us with this score or less, on a "
        "scale from 0 to 10.",
    )
    # results
    invitation_ids = fields.One2many("crm.satisfaction.invitation", "rule_id", string="Invitations")
    sent_count = fields.Integer(
        string="Sent", compute="_compute_counts", help="Invitations that left, in your companies."
    )
    answered_count = fields.Integer(
        string="Answered", compute="_compute_counts", help="Invitations that were answered."
    )

    _figures_check = models.Constraint(
        "CHECK (wait_days >= 0 AND pause_days >= 0 AND deadline_days > 0 AND daily_limit > 0"
        " AND gap_limit > 0 AND gap_limit <= 10"
        " AND lowest_recommendation BETWEEN 0 AND 10)",
        "Days and limits are positive numbers, gap and recommendation lie between 0 and 10.",
    )

    def _compute_counts(self) -> None:
        counts = {
            (rule, state): count
            for rule, state, count in self.env["crm.satisfaction.invitation"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id", "state"], ["__count"]
            )
        }
        for rule in self:
            rule.answered_count = counts.get((rule, "answered"), 0)
            rule.sent_count = rule.answered_count + sum(
                counts.get((rule, state), 0) for state in ("sent", "expired")
            )

    @api.constrains("active", "moment_id")
    def _check_moment(self) -> None:
        for rule in self:
            if rule.active and not rule.moment_id:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” does not say after which moment contacts are asked. Choose "
                        "the moment.",
                        rule=rule.name,
                    )
                )

    @api.constrains("survey_id")
    def _check_survey(self) -> None:
        # Access: strategy managers choose among surveys that others write.
        for rule in self.sudo():
            if rule.survey_id.crm_use != SATISFACTION:
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” does not measure the satisfaction of customers. Say so in "
                        "its options, or choose another survey for “%(rule)s”.",
                        survey=rule.survey_id.title,
                        rule=rule.name,
                    )
                )

    def _limits(self) -> tuple[Decimal, Decimal]:
        """Gap and recommendation from which on an answer is bad."""
        if not self:
            return GAP_LIMIT, LOWEST
        return as_decimal(self.gap_limit), Decimal(self.lowest_recommendation)

    # actions
    def action_open_invitations(self) -> dict:
        """Open whom the rule asked, and whom it left in peace."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_satisfaction_invitation_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    def action_open_answers(self) -> dict:
        """Open what was answered to the rule's invitations."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_satisfaction_answer_action"
        )
        return {**action, "domain": [("invitation_id.rule_id", "=", self.id)], "context": {}}
