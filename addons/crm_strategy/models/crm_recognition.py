from __future__ import annotations

from odoo import api, fields, models

PROPOSED, GIVEN, DECLINED = "proposed", "given", "declined"


class CrmRecognition(models.Model):
    """Who was thanked, for what, and which customer stayed because of it (S002-2.1-a)."""

    _name = "crm.recognition"
    _description = "Recognition"
    _inherit = ["crm.kept.mixin", "crm.partner.keyed.mixin"]
    _order = "date desc, id desc"
    _rec_name = "reason"
    _check_company_auto = True
    _partner_merge = "rekey"
    _kept_fields = ("company_id", "rule_id", "period_key", "kept_count", "due_count")
    # What a rule proposed is written by the rule alone.
    _made_fields = _kept_fields[1:]
    _privacy_purpose = "accountability"
    _privacy_expiry = "clear"
    _privacy_date_field = "date"
    _privacy_texts = ("reason", "story")
    _privacy_personal = ("story",)

    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who is thanked.",
    )
    reason = fields.Char(string="For what", required=True, help="In one sentence.")
    story = fields.Text(help="What happened, so that others can do it too.")
    kind = fields.Selection(
        [
            ("retention", "Customers stayed"),
            ("rescue", "A customer came back"),
            ("idea", "An idea from a customer"),
            ("help", "Help across departments"),
            ("other", "Something else"),
        ],
        required=True,
        default="help",
        help="What kind of deed it was.",
    )
    date = fields.Date(string="When", required=True, index=True, default=fields.Date.context_today)
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The customer concerned, if it was one.",
    )
    is_kept = fields.Boolean(
        string="Customer kept", help="Ticked: the customer stayed, or came back, because of it."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        related="user_id.sale_team_id", string="Team", help="The team of the person today."
    )
    given_by = fields.Many2one(
        "res.users",
        string="Thanked by",
        ondelete="set null",
        default=lambda self: self.env.user,
        help="Who says thank you.",
    )
    state = fields.Selection(
        [(PROPOSED, "Proposed"), (GIVEN, "Given"), (DECLINED, "Not given")],
        required=True,
        default=GIVEN,
        index=True,
        help="Proposals of the reward rules wait for a leader.",
    )
    # from a rule
    rule_id = fields.Many2one(
        "crm.reward.rule", string="Reward rule", readonly=True, index=True, ondelete="set null"
    )
    period_key = fields.Char(string="Period", readonly=True, help="The period of the rule.")
    kept_count = fields.Integer(
        string="Customers kept", readonly=True, help="Customers of the person who stayed."
    )
    due_count = fields.Integer(
        string="Of customers", readonly=True, help="Customers that the person had before."
    )

    _rule_uniq = models.UniqueIndex(
        "(rule_id, user_id, period_key) WHERE rule_id IS NOT NULL",
        "The rule proposed this person for the period already.",
    )

    def action_give(self) -> None:
        """Say thank you for what a rule proposed."""
        self.write({"state": GIVEN, "given_by": self.env.uid})

    def action_decline(self) -> None:
        """Leave a proposal; it is not made again for the period."""
        self.write({"state": DECLINED})

    @api.model
    def _default_period(self, company: models.BaseModel) -> str:
        """The year in which a proposal of today stands."""
        return f"{self.env['crm.segment.membership']._today(company).year}"
