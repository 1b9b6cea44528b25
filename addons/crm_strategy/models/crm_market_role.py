from __future__ import annotations

from odoo import fields, models

MEASURES = [
    ("customers", "Customers who are in a segment"),
    ("partners", "Partners with this role"),
    ("typed", "A number that is typed in"),
    ("referrals", "Leads that somebody referred"),
    ("staff", "People of our teams"),
]


class CrmMarketRole(models.Model):
    """One of the six markets in which a company builds relations (S001-1)."""

    _name = "crm.market.role"
    _description = "Market"
    _inherit = ["crm.audited.mixin", "crm.type.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10, help="Order of the markets.")
    name = fields.Char(required=True, translate=True, help="What your people call the market.")
    code = fields.Char(required=True, help="A short word for files and figures; it stays.")
    description = fields.Text(
        translate=True, help="Who belongs to this market and why relations with it are worth it."
    )
    measure = fields.Selection(
        MEASURES,
        string="What is counted",
        required=True,
        default="partners",
        help="What counts as reached in this market, beside the plan of a strategy.",
    )
    color = fields.Integer(string="Colour")
    active = fields.Boolean(default=True, help="Untick a market that you do not work.")

    _code_uniq = models.UniqueIndex(
        "(code)", "Another market has this code already. Choose another code."
    )

    def action_open_partners(self) -> dict:
        """Open the partners with this role."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "domain": [("crm_market_role_ids", "in", self.ids)],
            "context": {"default_crm_market_role_ids": self.ids},
        }
