from __future__ import annotations

from odoo import fields, models


class CrmCaseSkill(models.Model):
    """What somebody must know to take a case: invoices, pumps, the Polish language."""

    _name = "crm.case.skill"
    _description = "Skill for Cases"
    _inherit = "crm.audited.mixin"
    _audit_area = "moments"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, help="The skill in one or two words.")
    active = fields.Boolean(default=True, help="Untick when cases no longer need the skill.")
    categ_ids = fields.Many2many(
        "product.category",
        "crm_case_skill_categ_rel",
        "skill_id",
        "categ_id",
        string="Products",
        help="Cases about products of these categories, and of those below them, need the skill.",
    )
    cause_ids = fields.Many2many(
        "crm.case.cause",
        "crm_case_cause_skill_rel",
        "skill_id",
        "cause_id",
        string="Causes",
        help="Cases with these causes need the skill.",
    )
    lang_ids = fields.Many2many(
        "res.lang",
        "crm_case_skill_lang_rel",
        "skill_id",
        "lang_id",
        string="Languages",
        help="Cases of customers who speak one of these languages need the skill.",
    )

    _name_uniq = models.UniqueIndex(
        "(name)", "Another skill has this name already. Use that one, or choose another name."
    )
