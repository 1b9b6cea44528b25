from __future__ import annotations

from odoo import api, fields, models

from .figure_field import FigureField


class CrmClassMixin(models.AbstractModel):
    """A class into which a run of the suite sorts customers: its rule and what to do about it.

    The rule itself is code (``core/loyalty.py``) and its thresholds are in ``crm.class.rule``;
    the record gives it words, so that people know what it means and what follows.
    """

    _name = "crm.class.mixin"
    _description = "Class of Customers"
    _inherit = ["crm.audited.mixin"]
    _order = "sequence, id"

    # Field of the customer that holds the class.
    _class_field: str

    # identity
    name = fields.Char(
        required=True, translate=True, help="What people call customers of this kind."
    )
    sequence = fields.Integer(default=10, help="Order in lists and tables.")
    active = fields.Boolean(
        default=True, help="Untick to use the class no more; its customers then have none."
    )
    color = fields.Integer(string="Colour", help="Colour of the class in lists and cards.")
    # meaning
    rule = fields.Text(
        string="Who belongs here",
        translate=True,
        help="The rule in plain words, as you would explain it to a new colleague.",
    )
    rule_today = fields.Text(
        string="With today's thresholds",
        compute="_compute_rule_today",
        help="The rule with the thresholds of the active company filled in. Change them under "
        "CRM > Configuration > Classes of customers > Thresholds.",
    )
    strategy = fields.Text(
        string="Recommended strategy",
        translate=True,
        help="What to do with customers of this kind; shown on each of them.",
    )
    # results
    customer_count = FigureField(
        string="Customers",
        compute="_compute_customer_count",
        digits=(16, 0),
        help="Customers of the active companies who are in this class today.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_customer_count(self) -> None:
        counts = dict(
            self.env["crm.customer"]._read_group(
                [
                    (self._class_field, "!=", False),
                    ("company_id", "in", self.env.companies.ids),
                ],
                [self._class_field],
                ["__count"],
            )
        )
        for record in self:
            # Nobody in any class: nobody was sorted yet, and that is no data.
            record.customer_count = counts.get(record, 0) if counts else False

    @api.depends("rule")
    @api.depends_context("company")
    def _compute_rule_today(self) -> None:
        rule = self.env["crm.class.rule"]._of(self.env.company)
        for record in self:
            record.rule_today = record._rule_words(rule)

    def _rule_words(self, rule: models.BaseModel) -> str:
        """One sentence: the rule with the thresholds of a company."""
        raise NotImplementedError

    @api.model
    def _by_code(self) -> dict[str, int]:
        """Code -> id of the classes in use."""
        return {record.code: record.id for record in self.search([])}

    def action_open_customers(self) -> dict:
        """Open the customers who are in the class today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_customer_action")
        return {**action, "domain": [(self._class_field, "=", self.id)], "context": {}}
