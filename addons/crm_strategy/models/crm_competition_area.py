from __future__ import annotations

from odoo import fields, models


class CrmCompetitionArea(models.Model):
    """What companies compete in: price, quality, delivery ...; also the axes of the map."""

    _name = "crm.competition.area"
    _description = "Area of Competition"
    _inherit = ["crm.audited.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="What customers compare when they choose between us and others.",
    )
    low_word = fields.Char(
        string="Low end",
        translate=True,
        help="What the low end of this axis is called on a positioning map, e.g. “dear”.",
    )
    high_word = fields.Char(
        string="High end",
        translate=True,
        help="What the high end of this axis is called on a positioning map, e.g. “cheap”.",
    )
    sequence = fields.Integer(default=10, help="Order in lists and choices.")
    active = fields.Boolean(
        default=True, help="Untick to stop using the area; judgements made so far stay."
    )

    _name_uniq = models.UniqueIndex(
        "(name)", "There is an area of this name already. Use it, or choose another name."
    )
