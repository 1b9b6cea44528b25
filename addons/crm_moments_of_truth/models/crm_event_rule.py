from __future__ import annotations

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..core import event_rule
from ..core.event_rule import (
    BIRTHDAY,
    CLIENT_CHANGE,
    CONTRACT_END,
    PRICE_LIST,
    PUBLIC_EVENT,
    REQUEST,
    SILENCE,
)

TRIGGERS = [
    (REQUEST, "A request came in"),
    (CONTRACT_END, "A contract nears its end"),
    (SILENCE, "Nothing was heard for some time"),
    (BIRTHDAY, "Birthday of the relation"),
    (PRICE_LIST, "A price list changed"),
    (CLIENT_CHANGE, "Something changed at the customer"),
    (PUBLIC_EVENT, "A public event"),
]


class CrmEventRule(models.Model):
    """What we do when something happens: answer by mail, plan an activity, open a campaign lead.

    Events marketing of S002-2.2-M3, and the prompt answer to requests of S001-4-MA.
    """

    _name = "crm.event.rule"
    _description = "Event Rule"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin", "crm.event.detection"]
    _order = "sequence, id"
    _audit_area = "moments"

    # identity
    name = fields.Char(required=True, translate=True, help="What your people call the rule.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick to react no more; what was done stays.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the rule holds for the customers of all companies.",
    )
    # when
    trigger = fields.Selection(
        TRIGGERS, string="When", required=True, default=REQUEST, help="What the rule reacts to."
    )
    days = fields.Integer(
        help="Contract, birthday, public event: so many days before. Silence: after so many days."
    )
    is_incoming_only = fields.Boolean(
        string="Only what came by itself",
        default=True,
        help="Ticked: requests by mail and web. Not ticked: also those that a colleague typed.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_event_rule_segment_rel",
        "rule_id",
        "segment_id",
        string="Segments",
        help="Only customers of these segments. Empty: all, also those not known yet.",
    )
    since = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="What happened before is left alone.",
    )
    # what
    target_model = fields.Char(
        compute="_compute_target_model", help="On what the activity is put, in the system's words."
    )
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        ondelete="set null",
        domain=[("model", "=", "crm.event.reaction")],
        help="The e-mail that the contact gets. Empty: none.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        ondelete="set null",
        domain="['|', ('res_model', '=', False), ('res_model', '=', target_model)]",
        help="What a colleague is asked to do. Empty: nothing, or what the plan says.",
    )
    activity_summary = fields.Char(
        string="To do", translate=True, help="What the colleague reads on the activity."
    )
    activity_days = fields.Integer(
        string="Within (days)", default=1, help="In how many days the activity is due."
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Activity plan",
        ondelete="set null",
        domain="[('res_model', '=', target_model)]",
        help="Several activities at once, as Odoo's activity plan lays them out.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Who gets the activities. Empty: who holds the request, the order or the customer.",
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        string="Campaign",
        ondelete="set null",
        help="A request counts for this campaign; otherwise a lead of the campaign is opened for "
        "the customer.",
    )
    # limits
    minutes = fields.Integer(
        string="Promised within (minutes)",
        default=60,
        help="How soon the reaction is promised after the event; the reports say how often that "
        "was kept.",
    )
    pause_days = fields.Integer(
        string="At most once in (days)",
        default=30,
        help="The rule reaches one contact no more often than this. 0: every time.",
    )
    daily_limit = fields.Integer(
        string="At most a day",
        default=100,
        help="No more reactions of the rule than this in one day; the others wait for the next.",
    )
    purpose_id = fields.Many2one(
        "crm.purpose",
        string="Needs consent to",
        ondelete="set null",
        help="E-mails go only to contacts who agreed to this. Empty: no consent is needed, as for "
        "the answer to a request.",
    )
    # results
    reaction_ids = fields.One2many("crm.event.reaction", "rule_id", string="Reactions")
    done_count = fields.Integer(
        string="Number of reactions",
        compute="_compute_counts",
        help="What the rule did in your companies.",
    )
    in_time_rate = fields.Float(
        string="In time",
        compute="_compute_counts",
        help="Share of the reactions within the promised minutes. Shown once there is one.",
    )

    _figures_check = models.Constraint(
        "CHECK (days >= 0 AND activity_days >= 0 AND minutes > 0 AND pause_days >= 0"
        " AND daily_limit > 0)",
        "Days, minutes and limits are positive numbers.",
    )

    @api.depends("trigger")
    def _compute_target_model(self) -> None:
        for rule in self:
            rule.target_model = event_rule.target(rule.trigger)

    def _compute_counts(self) -> None:
        counts = {
            (rule, in_time): count
            for rule, in_time, count in self.env["crm.event.reaction"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "done")],
                ["rule_id", "is_in_time"],
                ["__count"],
            )
        }
        for rule in self:
            kept = counts.get((rule, True), 0)
            rule.done_count = kept + counts.get((rule, False), 0)
            rule.in_time_rate = kept / rule.done_count if rule.done_count else 0.0

    @api.constrains(
        "active", "template_id", "activity_type_id", "activity_plan_id", "campaign_id", "trigger"
    )
    def _check_actions(self) -> None:
        """An active rule does something, and its plan fits what it reacts to."""
        # Access: strategy managers need not read all templates and plans.
        for rule in self.sudo():
            does = (
                rule.template_id
                or rule.activity_type_id
                or rule.activity_plan_id
                or rule.campaign_id
            )
            if rule.active and not does:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” does nothing yet. Choose an e-mail, an activity or a campaign.",
                        rule=rule.name,
                    )
                )
            if rule.activity_plan_id and rule.activity_plan_id.res_model != rule.target_model:
                raise ValidationError(
                    self.env._(
                        "The plan “%(plan)s” does not fit what “%(rule)s” reacts to. Choose a plan "
                        "for %(model)s.",
                        plan=rule.activity_plan_id.name,
                        rule=rule.name,
                        model=self.env["ir.model"]._get(rule.target_model).name,
                    )
                )

    @api.model
    @tools.ormcache("trigger")
    def _reacts_to(self, trigger: str) -> bool:
        """Whether any active rule of any company waits for the trigger."""
        # Access: whoever creates a document learns only whether anybody waits for it.
        return bool(self.sudo().search_count([("trigger", "=", trigger)], limit=1))

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmEventRule:
        """Create rules; they react from now on."""
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals: dict) -> bool:
        """Write rules; what they react to is looked up anew."""
        result = super().write(vals)
        if vals.keys() & {"active", "trigger"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self) -> bool:
        """Delete rules that never did anything."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # actions
    def action_open_reactions(self) -> dict:
        """Open what the rule did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_event_reaction_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}
