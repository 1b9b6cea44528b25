from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..core.programme import DOING, DONE, WAITING

STATES = [(WAITING, "Not started"), (DOING, "In work"), (DONE, "Done")]
TRANSITIONS = {(WAITING, DOING), (DOING, DONE), (DOING, WAITING), (DONE, DOING)}
MANAGER = "crm_strategy.crm_strategy_group_manager"


class CrmStrategyStep(models.Model):
    """A step of the process in one programme: for the company, or for one of its segments."""

    _name = "crm.strategy.step"
    _description = "Step of the Programme"
    _inherit = [
        "crm.strategy.part.mixin",
        "crm.strategy.step.gate",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "strategy_id, number, segment_order, id"
    _kept_fields = (
        "strategy_id",
        "step_id",
        "segment_id",
        "state",
        "started_on",
        "done_on",
        "review_activity_id",
    )
    _privacy_texts = ("evidence_note", "evidence_url")
    # The owner works on the step by the buttons and answers in the chatter, without editing it.
    _mail_post_access = "read"

    # identity
    step_id = fields.Many2one(
        "crm.process.step",
        string="Step",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The step of the process.",
    )
    number = fields.Integer(related="step_id.number", store=True, string="No.", aggregator=None)
    code = fields.Char(related="step_id.code")
    scope = fields.Selection(related="step_id.scope", store=True, string="Done for")
    description = fields.Text(related="step_id.description", string="What it is about")
    evidence_hint = fields.Text(related="step_id.evidence_hint", string="What proves it")
    crm_type = fields.Selection(related="step_id.crm_type", store=True, string="Type of CRM")
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The segment that the step is done for; empty for a step of the whole company.",
    )
    segment_order = fields.Integer(
        related="segment_id.sequence", store=True, string="Order of the segment", aggregator=None
    )
    active = fields.Boolean(
        default=True, help="A step leaves the programme with its segment; its record stays."
    )
    # work
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        ondelete="set null",
        index=True,
        tracking=True,
        help="Who sees to it that the step is done; may start and finish it.",
    )
    date_due = fields.Date(
        string="Due", index=True, tracking=True, help="The day by which the step should be done."
    )
    state = fields.Selection(
        STATES,
        required=True,
        default=WAITING,
        group_expand=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Not started, in work or done. The buttons change it when nothing stands in the way.",
    )
    started_on = fields.Date(readonly=True, copy=False, help="The day the step was started.")
    done_on = fields.Date(readonly=True, copy=False, help="The day the step was finished.")
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The due date has passed and the step is not done.",
    )
    # evidence
    evidence_note = fields.Text(
        string="What was decided", help="The result of the step in a few words."
    )
    evidence_ref = fields.Reference(
        selection="_select_evidence_models",
        string="Record",
        help="Any record that proves the step: a price list, a campaign, a team.",
    )
    evidence_url = fields.Char(string="Link", help="Address of a page that proves the step.")
    evidence = fields.Char(
        compute="_compute_evidence", help="What proves the step, in a few words."
    )
    # review
    review_date = fields.Date(
        string="Next review",
        tracking=True,
        help="The day on which somebody looks again whether the result still holds. The owner "
        "gets an activity for it.",
    )
    review_activity_id = fields.Many2one(
        "mail.activity",
        string="Activity of the review",
        readonly=True,
        ondelete="set null",
        copy=False,
        help="The activity that reminds the owner of the review.",
    )

    _step_uniq = models.UniqueIndex(
        "(strategy_id, step_id, COALESCE(segment_id, 0))",
        "The programme has this step already. Reload the page.",
    )

    # computes
    @api.depends("step_id", "segment_id")
    def _compute_display_name(self) -> None:
        for step in self:
            # Access: the name of a step that the person reads, whatever hides its segment.
            segment = step.segment_id.sudo().name
            name = step.step_id.display_name
            step.display_name = f"{name} / {segment}" if segment else name

    @api.depends("date_due", "state")
    def _compute_is_overdue(self) -> None:
        today = fields.Date.context_today(self)
        for step in self:
            step.is_overdue = bool(step.date_due and step.date_due < today and step.state != DONE)

    @api.model
    def _search_is_overdue(self, operator: str, value) -> Domain:
        if operator != "in":
            return NotImplemented
        overdue = self._overdue_domain()
        return Domain.OR([overdue if wanted else ~overdue for wanted in value])

    @api.model
    def _overdue_domain(self) -> Domain:
        today = fields.Date.context_today(self)
        return Domain("date_due", "<", today) & Domain("state", "!=", DONE)

    @api.model
    def _select_evidence_models(self) -> list[tuple[str, str]]:
        # Access: names of models only; the record itself opens for who may read it.
        found = self.env["ir.model"].sudo().search([("transient", "=", False)])
        return sorted(
            (
                (model.model, model.name)
                for model in found
                if model.model in self.env and not self.env[model.model]._abstract
            ),
            key=lambda pair: pair[1],
        )

    @api.depends("evidence_ref", "evidence_url", "message_attachment_count")
    def _compute_evidence(self) -> None:
        for step in self:
            step.evidence = ", ".join(step._evidence_words()) or False

    def _evidence_words(self) -> list[str]:
        words = []
        if self.message_attachment_count:
            words.append(
                self.env._("%(count)s documents", count=self.message_attachment_count)
                if self.message_attachment_count > 1
                else self.env._("1 document")
            )
        if self.evidence_ref and self.evidence_ref.exists():
            # Whoever named the record may have named one that the reader may not know of.
            is_open = self.evidence_ref.has_access("read")
            words.append(
                self.evidence_ref.display_name
                if is_open
                else self.env["ir.model"]._get(self.evidence_ref._name).name
            )
        if self.evidence_url:
            words.append(self.evidence_url)
        return words

    # writing
    def write(self, vals: dict) -> bool:
        """Write steps; the activity follows the review date and the owner."""
        result = super().write(vals)
        if {"review_date", "user_id"} & vals.keys():
            self._plan_review()
        return result

    def _plan_review(self) -> None:
        """Keep one open activity per step on its review date, for its owner."""
        for step in self:
            # Access: the activity belongs to the owner, who may be another person; only the
            # step's own activity is touched.
            activity = step.review_activity_id.sudo().exists()
            activity = activity.filtered("active") if activity else activity
            if not step.review_date or not step.user_id:
                activity.unlink()
            elif activity:
                activity.write({"date_deadline": step.review_date, "user_id": step.user_id.id})
            else:
                # Access: as above; who plans a review may write to the step.
                record = step.sudo()
                record.review_activity_id = record.activity_schedule(
                    "mail.mail_activity_data_todo",
                    step.review_date,
                    self.env._("Review: does the result of this step still hold?"),
                    user_id=step.user_id.id,
                )

    # actions
    def action_start(self) -> None:
        """Start the step when the ones before it are done."""
        for step in self:
            step._move(DOING, {"started_on": fields.Date.context_today(step)})

    def action_done(self) -> None:
        """Finish the step when something proves it."""
        for step in self:
            step._move(DONE, {"done_on": fields.Date.context_today(step)})

    def action_reopen(self) -> None:
        """Take the step up again: a review found that its result no longer holds."""
        for step in self:
            step._move(DOING if step.state == DONE else WAITING, {"done_on": False})

    def _move(self, target: str, vals: dict) -> None:
        self.ensure_one()
        if (
            not self.env.su
            and not self.env.user.has_group(MANAGER)
            and self.user_id != self.env.user
        ):
            raise AccessError(
                self.env._(
                    "Step “%(name)s” is moved on by its owner or a strategy manager. "
                    "Ask one of them.",
                    name=self.display_name,
                )
            )
        self.check_access("read")
        is_forward = (self.state, target) in {(WAITING, DOING), (DOING, DONE)}
        if (self.state, target) not in TRANSITIONS:
            raise UserError(
                self.env._(
                    "Step “%(name)s” is not in the state for this. Reload the page.",
                    name=self.display_name,
                )
            )
        if is_forward and (reasons := self._gate_reasons()[self]):
            raise UserError(
                self.env._("Step “%(name)s” has to wait:", name=self.display_name)
                + "\n- "
                + "\n- ".join(reasons)
            )
        # Access: the owner, who may only read, or a strategy manager, checked above; only the
        # state and its days are written.
        self.sudo().write({"state": target, **vals})

    def action_open_evidence(self) -> dict:
        """Open what proves the step: the record, else the link, else the step with its files."""
        self.ensure_one()
        if self.evidence_ref and self.evidence_ref.exists():
            return {
                "type": "ir.actions.act_window",
                "res_model": self.evidence_ref._name,
                "res_id": self.evidence_ref.id,
                "view_mode": "form",
            }
        if self.evidence_url:
            return {"type": "ir.actions.act_url", "url": self.evidence_url, "target": "new"}
        return self.action_open()

    def action_open(self) -> dict:
        """Open the form of the step."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
