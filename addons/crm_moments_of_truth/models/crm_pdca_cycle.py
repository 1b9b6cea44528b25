from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models

from .crm_moment import LETTERS

CLOSED, CANCELLED = "closed", "cancelled"
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
    evidence_ids = fields.One2many(
        "crm.pdca.evidence", "cycle_id", string="Evidence", help="What proves the steps."
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
    _dates_check = models.Constraint(
        "CHECK (date_due >= date_start)",
        "A round closes on the day it begins, or later. Correct one of the two days.",
    )

    @api.model
    @api.private
    def _open_from(self, record: models.BaseModel) -> CrmPdcaCycle:
        """The round that runs for a record, opened when there is none.

        ``record`` is a rupture, an answer, a case, or anything else about a customer; whatever of
        ``relationship_id``, ``moment_id``, ``customer_id``, ``company_id``, ``user_id`` and
        ``why`` it has is taken over.
        """
        record.ensure_one()
        record.check_access("read")
        known = self._running_from(record)
        if known:
            return known
        # Access: the person reads the record; the round says where it came from, which nobody
        # types.
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
            "problem": record.why if "why" in record._fields else False,
            "source_model": record._name,
            "source_id": record.id,
        }
