from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

CAUSES = [
    ("technology", "CRM is taken for technology"),
    ("promises", "Big promises over a long time"),
    ("barriers", "People do not want the change"),
    ("understanding", "CRM is poorly understood"),
    ("planning", "Poor strategy and planning"),
    ("skills", "Skills are missing"),
    ("software", "The software does not fit"),
    ("commitment", "Nobody stands behind it"),
]
SIGNS = [("alarm", "Sign of failure"), ("quiet", "No sign"), ("no_data", "No data")]
LIKELIHOODS = [("1", "Low"), ("2", "Medium"), ("3", "High")]


class CrmStrategyRisk(models.Model):
    """One of the eight causes from which CRM fails, with its sign in our figures (S003-F1..8)."""

    _name = "crm.strategy.risk"
    _description = "Risk of Failure"
    _inherit = ["crm.strategy.part.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "strategy_id, place, id"
    _kept_fields = ("strategy_id", "cause")
    _privacy_texts = ("measure",)

    cause = fields.Selection(
        CAUSES,
        required=True,
        readonly=True,
        index=True,
        help="One of the eight usual causes for which CRM fails.",
    )
    place = fields.Integer(
        compute="_compute_place", store=True, aggregator=None, help="Order of the eight causes."
    )
    likelihood = fields.Selection(
        LIKELIHOODS,
        required=True,
        default="2",
        index=True,
        tracking=True,
        help="How likely you think the cause is here. A judgement; the sign beside it is computed.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="set null",
        index=True,
        tracking=True,
        help="Who watches the risk and does something against it.",
    )
    measure = fields.Text(
        string="What we do against it", tracking=True, help="The counter-measure in a few words."
    )
    sign_state = fields.Selection(
        SIGNS,
        string="Sign",
        compute="_compute_sign",
        search="_search_sign_state",
        help="Computed from records today: whether the cause shows.",
    )
    sign_text = fields.Text(
        string="Figures behind it",
        compute="_compute_sign",
        help="The figures from which the sign is read, or why there are none.",
    )
    has_records = fields.Boolean(
        string="Has records to show",
        compute="_compute_sign",
        help="Whether records can be opened behind the sign.",
    )

    _cause_uniq = models.UniqueIndex(
        "(strategy_id, cause)", "The register has this cause already. Reload the page."
    )

    @api.depends("cause")
    def _compute_place(self) -> None:
        order = {cause: number for number, (cause, _label) in enumerate(CAUSES, 1)}
        for risk in self:
            risk.place = order.get(risk.cause, 0)

    @api.depends("cause")
    def _compute_display_name(self) -> None:
        words = dict(self._fields["cause"]._description_selection(self.env))
        for risk in self:
            risk.display_name = words.get(risk.cause, "")

    @api.depends("cause", "strategy_id")
    def _compute_sign(self) -> None:
        for risk in self:
            sign = risk._sign()
            risk.sign_state, risk.sign_text = sign.state, sign.text
            risk.has_records = bool(sign.model)

    def _sign(self):
        return getattr(self.env["crm.strategy.sign"], f"_sign_{self.cause}")(self.strategy_id)

    @api.model
    def _search_sign_state(self, operator: str, value) -> Domain:
        if operator != "in":
            return NotImplemented
        found = self.search(Domain.TRUE).filtered(lambda risk: risk.sign_state in value)
        return Domain("id", "in", found.ids)

    def action_open_sign(self) -> dict:
        """Open the records behind the sign."""
        self.ensure_one()
        sign = self._sign()
        if not sign.model:
            raise UserError(
                self.env._(
                    "There are no records behind “%(name)s”: %(why)s",
                    name=self.display_name,
                    why=sign.text,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": sign.model,
            "view_mode": "list,form",
            "domain": list(sign.domain),
        }
