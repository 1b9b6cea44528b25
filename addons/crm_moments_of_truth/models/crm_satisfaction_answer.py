from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.figure_field import FigureField

from .company_day_field import CompanyDayField

FIRST, BETTER, SAME, WORSE = "first", "better", "same", "worse"
TRENDS = [
    (FIRST, "Nothing to compare with"),
    (BETTER, "Better"),
    (SAME, "The same"),
    (WORSE, "Worse"),
]


class CrmSatisfactionAnswer(models.Model):
    """What a contact of a customer answered to one invitation (S000-9.6-M9, S000-9.10-B).

    Derived from Odoo's survey when the contact finishes it, and written by nobody else. People
    read this table only; the survey's own answers stay with the people who run surveys. Figures
    stand on a scale from 0 to 10, whatever scale the question had.
    """

    _name = "crm.satisfaction.answer"
    _description = "Satisfaction Answer"
    _inherit = ["crm.satisfaction.derivation", "crm.partner.keyed.mixin"]
    _order = "answered_at desc, id desc"
    _partner_merge = "rekey"
    _privacy_purpose = "profiling"
    # Figures by segment need the row; the words and the person go.
    _privacy_expiry = "clear"
    _privacy_date_field = "answered_at"
    _privacy_texts = ("comment", "why")
    _privacy_personal = ("comment", "contact_id")

    # identity
    answered_at = fields.Datetime(
        string="Answered", required=True, index=True, help="When the contact finished the survey."
    )
    answered_on = CompanyDayField(moment="answered_at")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        help="Our company that asked.",
    )
    # links
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        index=True,
        ondelete="set null",
        help="The pass of the relation about which the contact was asked.",
    )
    moment_id = fields.Many2one(
        "crm.moment",
        string="Asked after",
        index="btree_not_null",
        ondelete="set null",
        help="The moment after which the contact was asked.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        index=True,
        ondelete="set null",
        help="The customer in this company, with segment and owner.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Partner",
        index=True,
        ondelete="set null",
        help="The commercial partner of the contact.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        help="The person who answered.",
    )
    invitation_id = fields.Many2one(
        "crm.satisfaction.invitation",
        index="btree_not_null",
        ondelete="set null",
        help="The invitation that was answered.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        compute="_compute_user_id",
        search="_search_user_id",
        help="Who holds the pass, else the customer.",
    )
    segment_id = fields.Many2one(
        related="customer_id.segment_id",
        string="Segment today",
        help="The segment in which the customer is today.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        index="btree_not_null",
        ondelete="set null",
        help="The survey that was answered.",
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        string="Filled-in survey",
        ondelete="set null",
        help="The filled-in survey from which the figures follow.",
    )
    # results
    recommendation = FigureField(
        aggregator="avg",
        digits=(16, 1),
        help="Would the contact recommend us? From 0 (not at all) to 10 (certainly). "
        "Empty: not answered.",
    )
    recommendation_points = FigureField(
        string="Recommendation score",
        aggregator="avg",
        digits=(16, 1),
        help="100 for 9 and 10 (promoter), -100 for 6 and less (detractor), 0 between. The average "
        "of many answers is the recommendation score, from -100 to 100.",
    )
    expected = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="What the contact expected, on average of the answered classes of needs, 0 to 10.",
    )
    perceived = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="What the contact got, on average of the answered classes of needs, 0 to 10.",
    )
    gap = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="Got minus expected, of the classes in which both were answered. "
        "Below 0: less than expected.",
    )
    previous_id = fields.Many2one(
        "crm.satisfaction.answer",
        string="Answer before",
        index="btree_not_null",
        ondelete="set null",
        help="The customer's answer before this one.",
    )
    change = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="What the contact got, compared with the customer's answer before. Above 0: better. "
        "Empty: there is none to compare with.",
    )
    trend = fields.Selection(
        TRENDS,
        default=FIRST,
        help="Whether the customer got more or less than in the answer before.",
    )
    is_bad = fields.Boolean(
        string="Calls for repair",
        help="Ticked when the contact would hardly recommend us, or got much less than expected. "
        "The rule that asked says how much is too much.",
    )
    why = fields.Text(string="What is bad", help="What in the answer asks for a repair.")
    comment = fields.Text(help="What the contact wrote in own words.")
    line_ids = fields.One2many(
        "crm.satisfaction.line",
        "answer_id",
        string="By class of needs",
        help="What was expected and what was got, by class of needs.",
    )

    _user_input_uniq = models.UniqueIndex(
        "(user_input_id) WHERE user_input_id IS NOT NULL",
        "This filled-in survey has been taken over already.",
    )

    @api.depends("partner_id", "answered_at")
    def _compute_display_name(self) -> None:
        for answer in self:
            # Access: the name of the own customer, whatever else of it the person may read.
            partner = answer.sudo().partner_id.name or self.env._("Unknown customer")
            if not answer.answered_at:
                answer.display_name = partner
                continue
            day = fields.Datetime.context_timestamp(answer, answer.answered_at)
            answer.display_name = f"{partner}, {fields.Date.to_string(day.date())}"

    @api.depends("relationship_id", "customer_id.user_id")
    def _compute_user_id(self) -> None:
        for answer in self:
            answer.user_id = answer.relationship_id.user_id or answer.customer_id.user_id

    @api.model
    def _search_user_id(self, operator: str, value: object) -> Domain:
        return Domain("relationship_id.user_id", operator, value) | (
            Domain("relationship_id.user_id", "=", False)
            & Domain("customer_id.user_id", operator, value)
        )

    def unlink(self) -> bool:
        """Delete answers; their facts no longer count, later ones are compared anew."""
        companies, partners = self.company_id.ids, self.partner_id.ids
        self._moment_collect_gone()
        result = super().unlink()
        self._link_previous(companies, partners)
        return result

    # actions
    def action_open_cycle(self) -> dict:
        """Open the round of improvement that answers it; a new one where none runs."""
        self.ensure_one()
        return self.env["crm.pdca.cycle"]._open_from(self)._get_records_action()

    def action_open_relationship(self) -> dict:
        """Open the pass about which the contact was asked."""
        self.ensure_one()
        return self.relationship_id._get_records_action()

    def action_open_previous(self) -> dict:
        """Open the customer's answer before this one."""
        self.ensure_one()
        return self.previous_id._get_records_action()
