from __future__ import annotations

from odoo import fields, models

from odoo.addons.crm_strategy.models.figure_field import FigureField

from .company_day_field import CompanyDayField


class CrmSatisfactionLine(models.Model):
    """Expected and perceived value in one class of needs of one answer (S000-9.10-B1..6)."""

    _name = "crm.satisfaction.line"
    _description = "Satisfaction by Class of Needs"
    _order = "answer_id desc, sequence, id"
    _rec_name = "need_class_id"

    answer_id = fields.Many2one(
        "crm.satisfaction.answer",
        string="Answer",
        required=True,
        ondelete="cascade",
        help="The answer to which the figures belong.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company that asked."
    )
    need_class_id = fields.Many2one(
        "crm.need.class",
        string="Class of needs",
        required=True,
        index=True,
        ondelete="cascade",
        help="The kind of value about which the contact was asked.",
    )
    sequence = fields.Integer(
        related="need_class_id.sequence",
        store=True,
        aggregator=None,
        help="Place of the class in lists.",
    )
    answered_at = fields.Datetime(
        related="answer_id.answered_at",
        store=True,
        string="Answered",
        help="When the contact finished the survey.",
    )
    answered_on = CompanyDayField(moment="answered_at")
    expected = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="What the contact expected, 0 to 10. Empty: not answered.",
    )
    perceived = FigureField(
        aggregator="avg", digits=(16, 2), help="What the contact got, 0 to 10. Empty: not answered."
    )
    gap = FigureField(
        aggregator="avg",
        digits=(16, 2),
        help="Got minus expected. Below 0: less than expected. Empty: one of both is missing.",
    )

    _class_uniq = models.UniqueIndex(
        "(answer_id, need_class_id)", "The answer has figures of this class of needs already."
    )
