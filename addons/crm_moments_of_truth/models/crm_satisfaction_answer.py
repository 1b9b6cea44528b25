from __future__ import annotations

from odoo import api, fields, models

from odoo.addons.crm_strategy.models.figure_field import FigureField


class CrmSatisfactionAnswer(models.Model):
    """What a contact of a customer answered to one invitation (S000-9.6-M9, S000-9.10-B).

    Derived from Odoo's survey when the contact finishes it, and written by nobody else. People
    read this table only; the survey's own answers stay with the people who run surveys. Figures
    stand on a scale from 0 to 10, whatever scale the question had.
    """

    _name = "crm.satisfaction.answer"
    _description = "Satisfaction Answer"
    _inherit = ["crm.partner.keyed.mixin"]
    _order = "answered_at desc, id desc"
    _partner_merge = "rekey"
    _privacy_purpose = "profiling"
    # Figures by segment need the row; the words and the person go.
    _privacy_expiry = "clear"
    _privacy_date_field = "answered_at"
    _privacy_texts = ("comment",)
    _privacy_personal = ("comment", "contact_id")

    # identity
    answered_at = fields.Datetime(
        string="Answered", required=True, index=True, help="When the contact finished the survey."
    )
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
            day = fields.Datetime.context_timestamp(
                answer, answer.answered_at or fields.Datetime.now()
            )
            answer.display_name = f"{partner}, {fields.Date.to_string(day.date())}"
