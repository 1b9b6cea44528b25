from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.figure_field import FigureField

from .crm_moment import LETTERS

CLOSED, CANCELLED = "closed", "cancelled"
# What a step leads to.
NEXT = {"p": "d", "d": "c", "c": "a", "a": CLOSED}
BEFORE = {target: letter for letter, target in NEXT.items()}
STATES = [*LETTERS, (CLOSED, "Closed"), (CANCELLED, "Given up")]
FOUR_WEEKS = timedelta(days=28)


class CrmPdcaCycle(models.Model):
    """One round of planning, doing, checking and improving (S000-9.5-R6).

    A step is left with evidence only, so there is no improving without having looked.
    """

    _name = "crm.pdca.cycle"
    _description = "Round of Improvement"
    _inherit = ["crm.pass.note.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_due, id"
    _kept_fields = ("company_id", "state", "closed_on", "source_model", "source_id")
    _made_fields = _kept_fields[1:]
    _privacy_expiry = "clear"
    _privacy_texts = ("name", "problem", "goal", "result", "client_note")
    _privacy_personal = ("client_note",)

    # what
    name = fields.Char(
        string="Round", required=True, tracking=True, help="What shall be better, in one line."
    )
    problem = fields.Text(help="What was seen, with figures, and what caused it.")
    goal = fields.Text(help="What will be different, and by what we will see it.")
    result = fields.Text(help="What came out, compared with the goal, and what stays.")
    moment_id = fields.Many2one(
        "crm.moment",
        string="Moment",
        index="btree_not_null",
        ondelete="set null",
        help="The moment of truth that the round improves.",
    )
    # where it came from
    source_model = fields.Char(
        readonly=True, copy=False, help="Kind of the record from which the round was opened."
    )
    source_id = fields.Many2oneReference(
        string="Opened from",
        model_field="source_model",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The rupture, answer or case from which the round was opened.",
    )
    # course
    state = fields.Selection(
        STATES,
        string="Step",
        required=True,
        default="p",
        index=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
        help="The step in which the round is. The next one opens when this one has evidence.",
    )
    date_start = fields.Date(
        string="Begun on",
        required=True,
        default=fields.Date.context_today,
        copy=False,
        help="The day on which the round began.",
    )
    date_due = fields.Date(
        string="Close by",
        required=True,
        default=lambda self: fields.Date.context_today(self) + FOUR_WEEKS,
        index=True,
        tracking=True,
        copy=False,
        help="The round is in time when it is closed on this day, or before.",
    )
    closed_on = fields.Date(
        string="Closed on", readonly=True, copy=False, index=True, help="When it was closed."
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="The day by which it should be closed is over, and it still runs.",
    )
    # what proves it
    evidence_ids = fields.One2many(
        "crm.pdca.evidence", "cycle_id", string="Evidence", help="What proves the steps."
    )
    has_p = fields.Boolean(
        string="Planned", compute="_compute_has", store=True, help="There is evidence of the plan."
    )
    has_d = fields.Boolean(
        string="Done", compute="_compute_has", store=True, help="There is evidence of the doing."
    )
    has_c = fields.Boolean(
        string="Checked",
        compute="_compute_has",
        store=True,
        help="There is evidence that the result was looked at.",
    )
    has_a = fields.Boolean(
        string="Improved",
        compute="_compute_has",
        store=True,
        help="There is evidence of what was changed for good.",
    )
    indicator_id = fields.Many2one(
        "crm.indicator",
        string="Judged by",
        ondelete="set null",
        help="The figure by which the result is seen.",
    )
    value_before = FigureField(
        string="Before", aggregator=None, help="The figure when the round began."
    )
    value_after = FigureField(
        string="After", aggregator=None, help="The figure when the result was checked."
    )
    # the customer
    is_client_involved = fields.Boolean(
        string="Customer took part",
        copy=False,
        tracking=True,
        help="Ticked: the customer helped to find the cause, to choose the remedy, or to judge "
        "the result.",
    )
    client_contact_id = fields.Many2one(
        "res.partner",
        string="Who took part",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        help="The customer's person who took part.",
    )
    client_note = fields.Text(
        string="How the customer took part", copy=False, help="What was asked, and the answer."
    )

    _source_uniq = models.UniqueIndex(
        "(source_model, source_id) WHERE state NOT IN ('closed', 'cancelled')"
        " AND source_id IS NOT NULL",
        "A round runs for this already. Open that one.",
    )
    # The database holds it for every way in: also evidence that is taken away later.
    _evidence_check = models.Constraint(
        "CHECK (state IN ('p', 'cancelled') OR (has_p AND (state = 'd' OR (has_d AND"
        " (state = 'c' OR (has_c AND (state = 'a' OR (state = 'closed' AND has_a))))))))",
        "Each step that the round has left needs its evidence. Add other evidence of the step "
        "first, or take the round one step back.",
    )
    # Neither infinity nor what is no number at all.
    _values_check = models.Constraint(
        "CHECK (ABS(value_before) < 1e15 AND ABS(value_after) < 1e15)",
        "Before and after are ordinary numbers. Correct the figure.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_due >= date_start)",
        "A round closes on the day it begins, or later. Correct one of the two days.",
    )

    # computes
    @api.depends("evidence_ids.letter")
    def _compute_has(self) -> None:
        for cycle in self:
            letters = set(cycle.evidence_ids.mapped("letter"))
            for letter in NEXT:
                cycle[f"has_{letter}"] = letter in letters

    @api.depends("state", "date_due", "company_id")
    def _compute_is_late(self) -> None:
        for cycle in self:
            is_running = cycle.state in NEXT and cycle.date_due
            cycle.is_late = bool(is_running) and cycle.date_due < cycle._today()

    def _search_is_late(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", list(NEXT)) & self._day_is_over("date_due")
        return late if True in value else ~late

    @api.onchange("customer_id")
    def _onchange_customer_id(self) -> None:
        commercial = self.client_contact_id.commercial_partner_id
        if self.customer_id and commercial != self.customer_id.partner_id:
            self.client_contact_id = False

    # course
    def action_next(self) -> None:
        """Take the next step; the one before needs evidence.

        :raise UserError: when evidence is missing, so nobody improves without having checked.
        """
        steps = dict(self._fields["state"]._description_selection(self.env))
        for cycle in self._to_move(NEXT):
            if not cycle[f"has_{cycle.state}"]:
                raise UserError(
                    self.env._(
                        "“%(name)s” has no evidence of the step “%(step)s” yet. Add what shows "
                        "that it was done, then go on.",
                        name=cycle.name,
                        step=steps[cycle.state],
                    )
                )
            cycle._move(NEXT[cycle.state])

    def action_back(self) -> None:
        """Take the round one step back, when something was missed; a closed one opens again."""
        for cycle in self._to_move(BEFORE):
            cycle._move(BEFORE[cycle.state])

    def action_cancel(self) -> None:
        """Give the round up; what was written stays."""
        for cycle in self._to_move(NEXT):
            cycle._move(CANCELLED)

    def action_resume(self) -> None:
        """Begin a round that was given up anew, with what was written."""
        for cycle in self._to_move({CANCELLED: "p"}):
            cycle._move("p")

    def _to_move(self, wanted: dict[str, str]) -> CrmPdcaCycle:
        """These rounds, when the person may write them and they stand at one of the steps."""
        self.check_access("write")
        self.lock_for_update()
        for cycle in self:
            if cycle.state not in wanted:
                raise UserError(
                    self.env._(
                        "“%(name)s” has moved on meanwhile. Load the page again.",
                        name=cycle.name,
                    )
                )
        return self

    def _move(self, state: str) -> None:
        self.ensure_one()
        closed_on = self._today() if state == CLOSED else False
        # Access: the right to write was checked; the step itself is written by the buttons alone.
        self.sudo().write({"state": state, "closed_on": closed_on})
        self.flush_recordset()

    def action_open_source(self) -> dict:
        """Open the record from which the round was opened."""
        self.ensure_one()
        source = self.env[self.source_model].browse(self.source_id).exists()
        if not source:
            raise UserError(
                self.env._(
                    "What “%(name)s” was opened from is gone. The problem is described in the "
                    "round.",
                    name=self.name,
                )
            )
        return source._get_records_action()

    # opening
    @api.model
    @api.private
    def _open_from(self, record: models.BaseModel) -> CrmPdcaCycle:
        """The round that runs for a record, opened when there is none.

        ``record`` is a rupture, an answer, a case, or anything else about a customer; whatever of
        ``relationship_id``, ``moment_id``, ``customer_id``, ``company_id``, ``user_id`` and
        ``why`` it has is taken over.
        """
        record.ensure_one()
        record = record.with_env(self.env)
        record.check_access("read")
        known = self._running_from(record)
        if known:
            return known
        self.check_access("create")
        # Access: the person reads the record and may open rounds; the round says where it came
        # from, which nobody types.
        return self.sudo().create(self._values_from(record.sudo())).with_env(self.env)

    @api.model
    def _running_from(self, record: models.BaseModel) -> CrmPdcaCycle:
        # Access: whoever reads the record may know that a round runs for it.
        return (
            self.sudo()
            .search(
                [
                    ("source_model", "=", record._name),
                    ("source_id", "=", record.id),
                    ("state", "not in", (CLOSED, CANCELLED)),
                ],
                limit=1,
            )
            .with_env(self.env)
        )

    @api.model
    def _values_from(self, record: models.BaseModel) -> dict:
        links = ("relationship_id", "moment_id", "customer_id", "company_id", "user_id")
        values = {
            name: record[name].id for name in links if name in record._fields and record[name]
        }
        values.setdefault("user_id", self.env.uid)
        return {
            **values,
            "name": record.display_name,
            "problem": next(
                (record[name] for name in ("why_text", "why") if name in record._fields), False
            ),
            "source_model": record._name,
            "source_id": record.id,
        }
