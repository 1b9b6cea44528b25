from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..core.programme import missing_levels

DRAFT, APPROVED, CLOSED = "draft", "approved", "closed"
STATES = [(DRAFT, "Draft"), (APPROVED, "Approved"), (CLOSED, "Closed")]
TRANSITIONS = {(DRAFT, APPROVED), (DRAFT, CLOSED), (APPROVED, CLOSED)}
LEVELS = ("strategic", "operational", "analytic")
# What an approved strategy says; only a new version says something else.
CONTENT = (
    "name",
    "company_id",
    "date_from",
    "date_to",
    "vision",
    "customer_value",
    "company_value",
    "positioning",
    "coordinate_character",
    "coordinate_technology",
    "coordinate_purpose",
    "business_strategy",
)


class CrmStrategy(models.Model):
    """Whom a company serves in a period, with what value for both sides (S000-9.2-1, S001-2)."""

    _name = "crm.strategy"
    _description = "Customer Strategy"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, version desc, id desc"
    _check_company_auto = True
    _kept_fields = ("state", "version", "root_id", "previous_id", "approver_id", "approved_at")
    _made_fields = _kept_fields
    # Plans of our own work; people who are named in them are covered when they are erased.
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = (
        "name",
        "vision",
        "customer_value",
        "company_value",
        "positioning",
        "coordinate_character",
        "coordinate_technology",
        "coordinate_purpose",
        "business_strategy",
    )

    # identity
    name = fields.Char(
        required=True,
        tracking=True,
        help="What your people call the strategy, e.g. “Partner of the region's water works”.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company whose customers the strategy is about.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
        help="First day of the period.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(month=12, day=31),
        help="Last day of the period, which belongs to it.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        ondelete="set null",
        index=True,
        tracking=True,
        help="Who answers for the strategy and looks after its steps, risks and reviews.",
    )
    sponsor_id = fields.Many2one(
        "res.users",
        string="Sponsor",
        ondelete="set null",
        tracking=True,
        help="Who in the management stands behind the strategy and holds its reviews.",
    )
    # versions
    state = fields.Selection(
        STATES,
        required=True,
        default=DRAFT,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="A draft is written; an approved strategy is no longer edited by anybody: open a new "
        "version instead. A closed one is history.",
    )
    version = fields.Integer(
        required=True,
        default=1,
        readonly=True,
        copy=False,
        tracking=True,
        aggregator=None,
        help="Counts the versions of one strategy.",
    )
    previous_id = fields.Many2one(
        "crm.strategy",
        string="Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The version from which this one was opened.",
    )
    root_id = fields.Many2one(
        "crm.strategy",
        string="First version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The first version; empty in the first version itself.",
    )
    approver_id = fields.Many2one(
        "res.users",
        string="Approved by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who approved this version.",
    )
    approved_at = fields.Datetime(
        string="Approved on", readonly=True, copy=False, help="When this version was approved."
    )
    approval_obstacles = fields.Text(
        string="Before it can be approved",
        compute="_compute_approval_obstacles",
        help="What is still missing, one point a line.",
    )
    # what it says
    vision = fields.Text(
        tracking=True, help="Where the company wants to be with its customers, and why they come."
    )
    customer_value = fields.Text(
        string="Value for the customer",
        tracking=True,
        help="What the customer gains from the relation that nobody else gives.",
    )
    company_value = fields.Text(
        string="Value for the company",
        tracking=True,
        help="What the company gains: revenue, margin, knowledge, recommendations.",
    )
    positioning = fields.Text(
        tracking=True,
        help="What the company stands for in the market: image, way of managing, brand, place in "
        "the supply chain.",
    )
    coordinate_character = fields.Text(
        string="Strategic character",
        tracking=True,
        help="How the customer strategy steers the whole company, not one department (S001-2-C1).",
    )
    coordinate_technology = fields.Text(
        string="Role of technology",
        tracking=True,
        help="What technology is to do for the strategy, and what it does not decide (S001-2-C2).",
    )
    coordinate_purpose = fields.Text(
        string="Purpose: loyalty and preferred supplier",
        tracking=True,
        help="With whom the company wants to become the preferred supplier, and what keeps these "
        "customers loyal (S001-2-C3).",
    )
    business_strategy = fields.Text(
        string="Business strategy",
        tracking=True,
        help="The goals of the company as a whole, to which the objectives are tied.",
    )
    # parts
    objective_ids = fields.One2many(
        "crm.strategy.objective", "strategy_id", string="Objectives", copy=False
    )
    objective_count = fields.Integer(
        string="Number of objectives",
        compute="_compute_objectives",
        help="Objectives of this version.",
    )
    rupture_count = fields.Integer(
        string="Strategic ruptures",
        compute="_compute_objectives",
        help="Objectives without a tie to the business strategy (S001-3-b).",
    )
    level_gap = fields.Text(
        string="Gaps between the levels",
        compute="_compute_objectives",
        help="What keeps the strategic, operational and analytic level apart: a level without any "
        "objective, or an objective that serves no strategic one (S001-2-L1..3).",
    )

    _version_uniq = models.UniqueIndex(
        "(COALESCE(root_id, id), version)",
        "Somebody opened this version of the strategy a moment ago. Reload the page and use it.",
    )
    _period_order = models.Constraint(
        "CHECK (date_from <= date_to)",
        "The last day of a strategy is not before its first day. Correct the period.",
    )
    _approved_once = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) WHERE (state = 'approved')",
        "The company has an approved strategy for a part of this period already. "
        "Close that one, or change the period.",
    )

    # computes
    @api.depends("name", "version")
    def _compute_display_name(self) -> None:
        for strategy in self:
            strategy.display_name = self.env._(
                "%(name)s (version %(version)s)",
                name=strategy.name or "",
                version=strategy.version,
            )

    @api.depends(
        "objective_ids.level",
        "objective_ids.parent_id",
        "objective_ids.is_rupture",
        "objective_ids.name",
        "objective_ids.plan_ids",
    )
    def _compute_objectives(self) -> None:
        words = dict(
            self.env["crm.strategy.objective"]._fields["level"]._description_selection(self.env)
        )
        for strategy in self:
            objectives = strategy.objective_ids
            strategy.objective_count = len(objectives)
            strategy.rupture_count = len(objectives.filtered("is_rupture"))
            gaps = [
                self.env._("No objective on the %(level)s level.", level=words[level].lower())
                for level in missing_levels(objectives.mapped("level"), LEVELS)
            ]
            gaps += [
                self.env._(
                    "“%(name)s” (%(level)s) serves no strategic objective.",
                    name=objective.name,
                    level=words[objective.level].lower(),
                )
                for objective in objectives
                if objective.level != LEVELS[0] and not objective._serves_strategic()
            ]
            gaps += [
                self.env._("“%(name)s” has no plan.", name=objective.name)
                for objective in objectives
                if not objective.plan_ids
            ]
            strategy.level_gap = "\n".join(gaps) if objectives else False

    @api.depends(lambda self: (*CONTENT, "state", "user_id", "objective_ids"))
    def _compute_approval_obstacles(self) -> None:
        for strategy in self:
            is_draft = strategy.state == DRAFT
            obstacles = strategy._approval_obstacles() if is_draft else []
            strategy.approval_obstacles = "\n".join(obstacles) or False

    # writing
    def write(self, vals: dict) -> bool:
        """Write strategies; nobody changes what an approved one says."""
        if set(CONTENT) & vals.keys():
            self._check_open()
        return super().write(vals)

    def copy_data(self, default: dict | None = None) -> list[dict]:
        """Values of a copy: a strategy of its own, with the objectives."""
        rows = super().copy_data(default)
        for strategy, vals in zip(self, rows, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=strategy.name)
        return rows

    def copy(self, default: dict | None = None):
        """Copy strategies with what they plan; the work on them begins anew."""
        copies = super().copy(default)
        for strategy, copy in zip(self, copies, strict=True):
            strategy._copy_plan(copy)
        return copies

    def _copy_plan(self, copy: CrmStrategy) -> None:
        """Hook: give a copy the plan of this strategy."""
        copies = self.objective_ids._copy_to(copy)
        self.objective_ids.plan_ids._copy_to(copies)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self) -> None:
        for strategy in self.filtered(lambda strategy: strategy.state != DRAFT):
            raise UserError(
                self.env._(
                    "Strategy “%(name)s” was approved and stays as a proof. Close it instead.",
                    name=strategy.display_name,
                )
            )

    def _check_open(self) -> None:
        """Refuse a change of what an approved or closed strategy says, whoever makes it."""
        for strategy in self.filtered(lambda strategy: strategy.state != DRAFT):
            raise UserError(
                self.env._(
                    "Strategy “%(name)s” is approved and no longer edited by anybody. "
                    "Open a new version and change that one.",
                    name=strategy.display_name,
                )
            )

    # approving
    def _approval_obstacles(self) -> list[str]:
        """Sentences that say why a draft cannot be approved yet; extend it."""
        self.ensure_one()
        obstacles = [
            self.env._(
                "“%(field)s” is empty. Write it down.",
                field=self._fields[name]._description_string(self.env),
            )
            for name in (
                "user_id",
                "vision",
                "customer_value",
                "company_value",
                "positioning",
                "coordinate_character",
                "coordinate_technology",
                "coordinate_purpose",
            )
            if not self[name]
        ]
        if not self.objective_ids:
            obstacles.append(self.env._("The strategy has no objective. Add at least one."))
        other = self._approved_beside()
        if other:
            obstacles.append(
                self.env._(
                    "“%(other)s” is approved from %(start)s to %(end)s. "
                    "Close it, or choose another period.",
                    other=other.display_name,
                    start=format_date(self.env, other.date_from),
                    end=format_date(self.env, other.date_to),
                )
            )
        return obstacles

    def _approved_beside(self) -> CrmStrategy:
        """An approved strategy of the company in the same days that is no version of this one."""
        if not (self.date_from and self.date_to):
            return self.browse()
        return self.search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", APPROVED)
            & Domain("date_from", "<=", self.date_to)
            & Domain("date_to", ">=", self.date_from)
            & Domain("id", "not in", self._versions().ids),
            limit=1,
        )

    def _versions(self) -> CrmStrategy:
        """All versions of the strategy, this one included."""
        roots = (self.root_id | self.filtered(lambda strategy: not strategy.root_id))._origin
        if not roots:
            return self.browse()
        return self.search(Domain("id", "in", roots.ids) | Domain("root_id", "in", roots.ids))

    def _transition(self, target: str, **vals) -> None:
        for strategy in self:
            if (strategy.state, target) not in TRANSITIONS:
                words = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "Strategy “%(name)s” is %(state)s and cannot become %(target)s.",
                        name=strategy.display_name,
                        state=words[strategy.state].lower(),
                        target=words[target].lower(),
                    )
                )
        # Access: only strategy managers reach this, checked by the buttons; the state itself is
        # typed by nobody.
        self.sudo().write({"state": target, **vals})

    def action_approve(self) -> None:
        """Approve the draft; the version before it is closed and hands its work over."""
        self.ensure_one()
        self.check_access("write")
        obstacles = self._approval_obstacles()
        if obstacles:
            raise UserError(
                self.env._("“%(name)s” cannot be approved yet:", name=self.display_name)
                + "\n- "
                + "\n- ".join(obstacles)
            )
        before = self._versions().filtered(lambda strategy: strategy.state == APPROVED)
        before._transition(CLOSED)
        before.flush_recordset()
        self._transition(APPROVED, approver_id=self.env.uid, approved_at=fields.Datetime.now())
        # The database says at once, and in words, when somebody approved another one meanwhile.
        self.flush_recordset()
        self._take_over(before)

    def _take_over(self, before: CrmStrategy) -> None:
        """Hook: move the work that goes on from the closed version to this one."""

    def action_close(self) -> None:
        """Close the strategy: its period is over, or it is given up."""
        self.check_access("write")
        self._transition(CLOSED)

    def action_new_version(self) -> dict:
        """Open a draft that replaces this strategy once it is approved."""
        self.ensure_one()
        self.check_access("write")
        draft = self._versions().filtered(lambda strategy: strategy.state == DRAFT)
        if draft:
            return draft[0]._form_action()
        return self._open_version()._form_action()

    def _open_version(self) -> CrmStrategy:
        # Access: who may write the strategy opens its next version; number and links are the
        # suite's own.
        source = self.sudo()
        versions = source._versions()
        version = source.copy(
            {
                "name": self.name,
                "version": max(versions.mapped("version")) + 1,
                "previous_id": self.id,
                "root_id": (self.root_id or self).id,
            }
        )
        version.message_post(body=self.env._("Opened from %(name)s.", name=self.display_name))
        return version.with_env(self.env)

    def _form_action(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_objectives(self) -> dict:
        """Open the objectives of the strategy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_strategy_objective_action"
        )
        return {
            **action,
            "domain": [("strategy_id", "=", self.id)],
            "context": {"default_strategy_id": self.id},
        }

    def action_open_ruptures(self) -> dict:
        """Open the objectives without a tie to the business strategy."""
        action = self.action_open_objectives()
        return {**action, "context": {**action["context"], "search_default_rupture": 1}}
