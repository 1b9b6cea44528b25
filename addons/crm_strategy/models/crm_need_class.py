from __future__ import annotations

from odoo import fields, models


class CrmNeedClass(models.Model):
    """One of the six classes of needs (S000-9.10-B1..6): what kind of value is expected."""

    _name = "crm.need.class"
    _description = "Class of Needs"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="What people call this class of needs.")
    code = fields.Char(
        required=True,
        help="Short name by which surveys and figures find the class, in all languages the same.",
    )
    sequence = fields.Integer(default=10, help="Place of the class in lists and books.")
    active = fields.Boolean(
        default=True, help="Untick to offer the class no longer; needs that have it keep it."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the class is offered in all companies.",
    )
    is_legal = fields.Boolean(
        string="Legal requirement",
        help="Needs of this class must be met by law or by the rules of the sector. One that no "
        "commitment covers is shown as a warning on opportunities of the customer.",
    )
    description = fields.Text(
        translate=True, help="What belongs here, with an example, so that all sort alike."
    )
    color = fields.Integer(string="Colour", help="Colour of the class in lists and boards.")

    _code_shared_uniq = models.UniqueIndex(
        "(code) WHERE company_id IS NULL",
        "Another shared class of needs has this code. Use that one or choose another code.",
    )
    _code_company_uniq = models.UniqueIndex(
        "(company_id, code) WHERE company_id IS NOT NULL",
        "The company has a class of needs with this code already. Change that one instead.",
    )
