from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmServiceLevel(models.Model):
    """How fast a customer is answered: a floor for everybody, better for some (S004-P3)."""

    _name = "crm.service.level"
    _description = "Service Level"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _kept_fields = ("company_id",)
    _audit_area = "moments"
    _order = "loyalty_class_id, company_id, id"

    name = fields.Char(
        required=True, translate=True, help="What your people call the level, e.g. “Gold”."
    )
    active = fields.Boolean(default=True, help="Untick to promise the level no more.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="The company that promises it; empty: all companies that have no level of their own.",
    )
    loyalty_class_id = fields.Many2one(
        "crm.loyalty.class",
        string="For the class",
        index=True,
        ondelete="cascade",
        help="Customers of this loyalty class get the level. Empty: the floor, below which no "
        "customer is served, known or not.",
    )
    reply_limit = fields.Float(
        string="First reply (working hours)",
        required=True,
        default=8.0,
        aggregator=None,
        help="Within how many working hours somebody answers for the first time.",
    )
    solve_limit = fields.Float(
        string="Solution (working hours)",
        required=True,
        default=40.0,
        aggregator=None,
        help="Within how many working hours the case is solved. Hours in which we wait for the "
        "customer do not count.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        ondelete="set null",
        help="The hours in which the clock runs; empty: those of the company. A level with "
        "round-the-clock hours answers on Sundays too.",
    )
    description = fields.Text(translate=True, help="What the customer may expect, in your words.")

    _level_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(loyalty_class_id, 0)) WHERE active",
        "This class of customers has its service level already. Change that one.",
    )
    _limits_check = models.Constraint(
        "CHECK (reply_limit > 0 AND reply_limit < 1e9 AND solve_limit > 0 AND solve_limit < 1e9)",
        "A service level promises a time above 0 hours, for the first reply and the solution.",
    )

    @api.model
    @api.private
    def _floor(self, company: models.BaseModel) -> CrmServiceLevel:
        """The level below which no customer of the company is served; empty: none is promised."""
        return self._of(company, self.env["crm.loyalty.class"])

    @api.model
    @api.private
    def _of(self, company: models.BaseModel, loyalty_class: models.BaseModel) -> CrmServiceLevel:
        """The level of a class of customers: the company's own, else the shared one.

        A class without a level of its own has the floor.
        """
        # Access: the promise holds for every customer, whoever writes the case down.
        levels = self.sudo().search(
            Domain("company_id", "in", [company.id, False])
            & Domain("loyalty_class_id", "in", [*loyalty_class.ids, False])
        )
        ranked = levels.sorted(lambda level: (not level.loyalty_class_id, not level.company_id))
        return ranked[:1]
