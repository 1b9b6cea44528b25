from __future__ import annotations

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .crm_segment_rule import SegmentRuleError


class CrmSegment(models.Model):
    """A segment: customers with one buying behaviour, served by one team (S000-9.8-03, 9.5-0)."""

    _name = "crm.segment"
    _description = "Customer Segment"
    _inherit = [
        "crm.kept.mixin",
        "crm.audited.mixin",
        "crm.segment.assignment",
        "crm.segment.position",
        "crm.segment.single",
        "mail.thread",
        "mail.activity.mixin",
        "crm.segment.planned",
    ]
    _order = "company_id, sequence, id"
    _check_company_auto = True
    _kept_fields = ("team_id", "decision", "decision_date", "single_partner_id")
    _made_fields = ("single_partner_id",)

    # identity
    name = fields.Char(
        required=True,
        translate=True,
        tracking=True,
        help="The name that customers of this kind go by in lists and reports.",
    )
    code = fields.Char(help="Short name for files that name the segment; unique per company.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that serves this segment. Segments are never shared.",
    )
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An archived segment keeps its history; its customers are assigned anew.",
    )
    color = fields.Integer(string="Colour")
    description = fields.Text(
        string="Who belongs here",
        help="In plain words: who these customers are and what they come to us for.",
    )
    # rule
    sequence = fields.Integer(
        string="Priority",
        default=10,
        tracking=True,
        help="A customer goes to the first segment, from top to bottom, whose rule fits.",
    )
    rule_domain = fields.Char(
        string="Rule",
        tracking=True,
        help="The condition that a customer fulfils to belong here. "
        "Without a rule only people place customers here; “match all” takes everybody left.",
    )
    rule_error = fields.Char(
        string="Fault in the rule",
        compute="_compute_preview_count",
        help="Why the rule cannot be applied as it stands.",
    )
    # links
    team_ids = fields.One2many("crm.team", "crm_segment_id", string="Teams")
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        compute="_compute_team_id",
        store=True,
        help="The one active team that serves this segment. Set it on the team.",
    )
    customer_ids = fields.One2many("crm.customer", "segment_id", string="Customers")
    # results
    customer_count = fields.Integer(
        string="Customers today",
        compute="_compute_customer_count",
        help="Customers who are in this segment now.",
    )
    opportunity_count = fields.Integer(
        string="Open opportunities",
        compute="_compute_opportunity_count",
        groups="sales_team.group_sale_salesman,crm_strategy.crm_strategy_group_finance",
        help="Opportunities of these customers that are neither won nor lost, as far as you may "
        "see them.",
    )
    preview_count = fields.Integer(
        string="After assignment",
        compute="_compute_preview_count",
        help="Customers who would be here if the rules were applied now. "
        "Customers placed by hand stay where they are.",
    )

    _code_company_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Another segment of the company has this code already. Choose another code.",
    )

    @api.depends("team_ids.active", "team_ids.crm_segment_id")
    def _compute_team_id(self) -> None:
        for segment in self:
            segment.team_id = segment.team_ids.filtered("active")[:1]

    @api.depends("customer_ids")
    def _compute_customer_count(self) -> None:
        counts = dict(
            self.env["crm.customer"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.customer_count = counts.get(segment, 0)

    def _compute_opportunity_count(self) -> None:
        for segment in self:
            segment.opportunity_count = self.env["crm.lead"].search_count(
                segment._open_opportunity_domain()
            )

    def _open_opportunity_domain(self) -> Domain:
        """Opportunities that are open today, of the customers who are in the segment today."""
        self.ensure_one()
        return Domain("crm_segment_id", "in", self.ids) & Domain(
            [("type", "=", "opportunity"), ("won_status", "=", "pending")]
        )

    @api.depends("rule_domain", "sequence", "active", "customer_ids")
    def _compute_preview_count(self) -> None:
        counts: dict[int, int] = {}
        for company in self.company_id:
            counts.update(self._preview(company))
        for segment in self:
            segment.preview_count = counts.get(segment._origin.id, 0)
            try:
                segment._rule_query()
                segment.rule_error = False
            except SegmentRuleError as error:
                segment.rule_error = str(error)

    @api.constrains("rule_domain", "company_id")
    def _check_rule_domain(self) -> None:
        # Odoo checks constraints as superuser; a rule must not reach farther than its author.
        is_person = self.env.uid != SUPERUSER_ID
        for segment in self.sudo(False) if is_person else self:
            try:
                segment._rule_query(is_written=True)
            except SegmentRuleError as error:
                raise ValidationError(str(error)) from error

    @api.constrains("company_id")
    def _check_company_of_customers(self) -> None:
        for segment in self:
            # Odoo checks constraints as superuser, so that hidden customers count.
            if segment.customer_ids.company_id - segment.company_id:
                raise ValidationError(
                    self.env._(
                        "Segment “%(name)s” has customers of its company. "
                        "Create a segment of the other company instead of moving this one.",
                        name=segment.name,
                    )
                )

    def write(self, vals: dict) -> bool:
        """Write segments; the customers of an archived one are assigned anew at once."""
        archived = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        if archived:
            # Access: whoever may archive the segment decides about all its customers, also
            # those that a rule hides; only the hand-made mark is taken away.
            customers = archived.sudo().customer_ids
            customers.is_segment_manual = False
            self._assign(archived.company_id, customers)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        # Access: a history that the person may not read is a reason as well.
        used = self.env["crm.segment.membership"].sudo().search([("segment_id", "in", self.ids)])
        for segment in used.segment_id:
            raise UserError(
                self.env._(
                    "Segment “%(name)s” has customers in its history. "
                    "Archive the segment instead of deleting it.",
                    name=segment.name,
                )
            )

    # actions
    def action_assign(self, companies: models.BaseModel | None = None) -> dict:
        """Assign the customers of the companies now; says what changed."""
        self.check_access("write")
        self.browse().check_access("write")
        result = self._assign(companies or self.company_id or self.env.companies)
        return self._assign_notification(result)

    @api.model
    def _assign_notification(self, result: dict) -> dict:
        """Client action that tells the outcome of an assignment and refreshes the screen."""
        if result["changed"]:
            message = self.env._(
                "%(changed)s of %(customers)s customers changed their segment; "
                "%(manual)s stay where a person placed them; %(unassigned)s are unassigned.",
                **result,
            )
        else:
            message = self.env._(
                "Nothing changed: all %(customers)s customers are where the rules put them; "
                "%(manual)s stay where a person placed them; %(unassigned)s are unassigned.",
                **result,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if result["unassigned"] else "success",
                "title": self.env._("Customers assigned"),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_customers(self) -> dict:
        """Open the customers who are in the segment now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_customer_action")
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}

    def action_open_team(self) -> dict:
        """Open the team that serves the segment; a new one where there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_team_action")
        context = {"default_crm_segment_id": self.id, "default_company_id": self.company_id.id}
        return {
            **action,
            "views": [(False, "form")],
            "res_id": self.team_id.id,
            "context": {} if self.team_id else context,
        }

    def action_open_opportunities(self) -> dict:
        """Open the opportunities of the segment's customers that are still open."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open opportunities: %(segment)s", segment=self.name),
            "res_model": "crm.lead",
            "view_mode": "list,kanban,form",
            "domain": list(self._open_opportunity_domain()),
            "context": {"create": False, "default_type": "opportunity"},
        }

    def action_preview(self) -> dict:
        """Show what an assignment made now would move, before anything moves."""
        company = self.company_id[:1] or self.env.company
        return self.env["crm.segment.preview"]._open(company)

    def action_open_memberships(self) -> dict:
        """Open the dated history of the segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_membership_action"
        )
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}
