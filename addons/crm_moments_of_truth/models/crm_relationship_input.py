from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.figure_field import FigureField

from ..core import inputs
from .crm_moment_input import MANUAL

STATES = [
    (inputs.WAITING, "Moment not begun"),
    (inputs.THERE, "At hand"),
    (inputs.MISSING, "Missing"),
    (inputs.UNKNOWN, "Not known"),
]
USER = "crm_strategy.crm_strategy_group_user"


class CrmRelationshipInput(models.Model):
    """Whether an input was at hand when its moment began in one pass (S000-9.5-R3).

    Written by the engine after each derivation, for moments under way and for the one that comes
    next. Fields keep no history, so the passes of before the installation have no rows: what nobody
    looked at is no data, and is not counted as missing.
    """

    _name = "crm.relationship.input"
    _description = "Input within a Pass"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin", "crm.relationship.input.engine"]
    _order = "id"
    _rec_name = "input_id"
    _kept_fields = (
        "line_id",
        "relationship_id",
        "company_id",
        "moment_id",
        "input_id",
        "state",
        "is_required",
        "started_on",
        "filled_on",
        "missed_on",
        "user_id",
        "completeness",
    )
    _made_fields = ("state", "filled_on", "user_id", "completeness")
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_texts = ("note",)
    _privacy_personal = ("note",)

    # links
    line_id = fields.Many2one(
        "crm.relationship.moment",
        string="Moment of the pass",
        required=True,
        index=True,
        ondelete="cascade",
        help="The moment of the pass that needs the input.",
    )
    relationship_id = fields.Many2one(
        "crm.relationship",
        string="Pass",
        required=True,
        index=True,
        ondelete="cascade",
        help="The pass to which the moment belongs.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company."
    )
    moment_id = fields.Many2one(
        "crm.moment",
        string="Moment",
        required=True,
        index=True,
        ondelete="cascade",
        help="The moment, as the pass's version of the chain defines it.",
    )
    input_id = fields.Many2one(
        "crm.moment.input",
        string="Input",
        required=True,
        index=True,
        ondelete="cascade",
        help="What has to be at hand when the moment begins.",
    )
    customer_id = fields.Many2one(
        related="relationship_id.customer_id", help="The customer in this company."
    )
    sequence = fields.Integer(
        related="moment_id.sequence", aggregator=None, help="Place of the moment in the chain."
    )
    kind = fields.Selection(
        related="input_id.kind", string="Proven by", help="How the suite sees it."
    )
    is_required = fields.Boolean(
        string="Required", help="Ticked: it counts in the completeness of inputs."
    )
    # results
    state = fields.Selection(
        STATES,
        string="When the moment began",
        required=True,
        default=inputs.WAITING,
        index=True,
        help="Not known: the field was filled when the suite first looked, after the moment had "
        "begun, so nobody can say whether it was in time.",
    )
    started_on = fields.Date(
        string="Moment began", index=True, help="Day on which the moment began in this pass."
    )
    filled_on = fields.Date(
        string="At hand since",
        help="Day on which the input was there for the first time. Empty: it is still missing.",
    )
    missed_on = fields.Date(
        string="Last seen missing",
        help="Last day on which the suite looked for the input and did not find it.",
    )
    user_id = fields.Many2one(
        "res.users", string="Ticked off by", ondelete="set null", help="Who ticked it off."
    )
    note = fields.Char(help="Where the input is found, or why it is missing.")
    completeness = FigureField(
        aggregator="avg",
        digits=(3, 2),
        help="1 for a required input that was at hand when its moment began, 0 for a missing one. "
        "The mean of a group is the share of required inputs that were at hand.",
    )

    _input_uniq = models.UniqueIndex(
        "(line_id, input_id)", "The moment of this pass has this input already."
    )

    def action_tick(self) -> bool:
        """Tick off an input that nothing but a person can see."""
        for item in self:
            item._check_ticking()
            if item.kind != MANUAL:
                raise UserError(
                    self.env._(
                        "“%(input)s” proves itself: fill in the field, or add the document that "
                        "it asks for.",
                        input=item.input_id.name,
                    )
                )
            if not item.filled_on:
                # Access: checked above; what is ticked off is written by the buttons alone.
                item.sudo()._fill(item._today(), self.env.user)
        return True

    def action_untick(self) -> bool:
        """Take back what was ticked off by mistake."""
        for item in self.filtered(lambda item: item.kind == MANUAL and item.filled_on):
            item._check_ticking()
            # Access: checked above.
            item.sudo()._fill(False, self.env["res.users"])
        return True

    def action_open_relationship(self) -> dict:
        """Open the pass of the input."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship",
            "res_id": self.relationship_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _missing_ids(self, lines: models.BaseModel) -> dict[int, list[int]]:
        """Line id -> required inputs of its moment still missing, where the moment has begun."""
        rows = self.search_fetch(
            Domain("line_id", "in", lines.ids)
            & Domain("is_required", "=", True)
            & Domain("filled_on", "=", False)
            & Domain("state", "!=", inputs.WAITING),
            ["line_id", "input_id"],
        )
        return {line.id: sorted(own.input_id.ids) for line, own in rows.grouped("line_id").items()}

    def _check_ticking(self) -> None:
        self.check_access("write")
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only people of the sales teams tick inputs off."))

    def _today(self):
        return self.env["crm.segment.membership"]._today(self.company_id)

    def _fill(self, day, user: models.BaseModel) -> None:
        """Keep since when an input is at hand, and what that says of the moment's beginning."""
        self.write({"filled_on": day, "user_id": user.id})
        self._judge()
        self.env["crm.rupture"]._judge(self.relationship_id)

    def _judge(self) -> None:
        """Write the state at the moment's beginning where it changes."""
        for item in self:
            is_dated = item.kind != "field"
            state = inputs.at_start(
                item.started_on or None, item.filled_on or None, item.missed_on or None, is_dated
            )
            counted = {inputs.THERE: 1.0, inputs.MISSING: 0.0}.get(state)
            figure = counted if counted is not None and item.is_required else False
            if (item.state, item.completeness) != (state, figure):
                item.write({"state": state, "completeness": figure})

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        """The inputs of the partners' passes."""
        return Domain("relationship_id.partner_id", "in", partners.ids)
