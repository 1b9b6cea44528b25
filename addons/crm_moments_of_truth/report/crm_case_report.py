from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_case import KINDS, STATES

# Shown as a ratio of sums: the figure, and what its two sums are.
RATIOS = {
    "reply_rate": ("reply_met_count", "reply_due_count"),
    "solve_rate": ("solve_met_count", "solve_due_count"),
    "floor_rate": ("floor_kept_count", "floor_due_count"),
    "answer_rate": ("answer_count", "answer_due_count"),
    "reply_hours": ("reply_sum", "reply_count"),
    "solve_hours": ("solve_sum", "solve_count"),
}


class CrmCaseReport(models.Model):
    """Service in figures: what was promised, what was kept, and how long it took."""

    _name = "crm.case.report"
    _description = "Service in Figures"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "case_id"
    _depends = {
        "crm.case": [
            "kind",
            "cause_id",
            "channel_id",
            "queue_id",
            "user_id",
            "customer_id",
            "partner_id",
            "company_id",
            "product_id",
            "state",
            "opened_at",
            "first_reply_at",
            "solved_at",
            "waiting_since",
            "reply_due_at",
            "solve_due_at",
            "floor_reply_due_at",
            "floor_solve_due_at",
            "reply_hours",
            "solve_hours",
            "is_standard_answer",
        ],
        "crm.customer": ["segment_id", "loyalty_class_id", "user_id"],
        "crm.case.cause": ["answer"],
    }

    case_id = fields.Many2one("crm.case", string="Case", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    date = fields.Date(
        string="Opened on", readonly=True, help="Day of the opening, in the company's time zone."
    )
    kind = fields.Selection(KINDS, string="Kind", readonly=True)
    state = fields.Selection(STATES, string="State", readonly=True)
    cause_id = fields.Many2one("crm.case.cause", string="Cause", readonly=True)
    channel_id = fields.Many2one("crm.channel", string="Channel", readonly=True)
    product_id = fields.Many2one("product.product", string="Product", readonly=True)
    queue_id = fields.Many2one("crm.case.queue", string="Queue", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    reporter_id = fields.Many2one("res.users", string="Written down by", readonly=True)
    customer_id = fields.Many2one("crm.customer", string="Customer", readonly=True)
    segment_id = fields.Many2one("crm.segment", string="Segment today", readonly=True)
    loyalty_class_id = fields.Many2one("crm.loyalty.class", string="Class today", readonly=True)
    case_count = fields.Integer(string="Cases", readonly=True)
    # the sums behind the figures
    reply_due_count = fields.Integer(
        string="First replies due", readonly=True, help="Given, or late already."
    )
    reply_met_count = fields.Integer(string="First replies in time", readonly=True)
    solve_due_count = fields.Integer(
        string="Solutions due", readonly=True, help="Found, or late already."
    )
    solve_met_count = fields.Integer(string="Solutions in time", readonly=True)
    floor_due_count = fields.Integer(
        string="Floor judged",
        readonly=True,
        help="Cases whose first reply or solution is there, or below the floor already.",
    )
    floor_kept_count = fields.Integer(string="Not below the floor", readonly=True)
    floor_breach_count = fields.Integer(string="Below the floor", readonly=True)
    answer_due_count = fields.Integer(
        string="Solved with a known cause",
        readonly=True,
        help="Solved cases whose cause has a standard answer.",
    )
    answer_count = fields.Integer(string="With the standard answer", readonly=True)
    reply_count = fields.Integer(string="First replies", readonly=True)
    reply_sum = fields.Float(string="Hours until first replies", readonly=True)
    solve_count = fields.Integer(string="Solutions", readonly=True)
    solve_sum = fields.Float(string="Hours until solutions", readonly=True)
    # the figures
    reply_rate = fields.Float(
        string="First reply in time",
        readonly=True,
        aggregator="avg",
        help="First replies in time / first replies due. Cases whose time still runs are in "
        "neither; without any there is no figure.",
    )
    solve_rate = fields.Float(
        string="Solved in time",
        readonly=True,
        aggregator="avg",
        help="Solutions in time / solutions due. Cases whose time still runs are in neither; "
        "without any there is no figure.",
    )
    floor_rate = fields.Float(
        string="Floor kept",
        readonly=True,
        aggregator="avg",
        help="Cases not below the floor / cases judged by it.",
    )
    answer_rate = fields.Float(
        string="Same answer",
        readonly=True,
        aggregator="avg",
        help="Solved cases with the standard answer of their cause / solved cases whose cause has "
        "one: whether customers hear the same on every channel.",
    )
    reply_hours = fields.Float(
        string="Hours until the first reply",
        readonly=True,
        aggregator="avg",
        help="Working hours until the first reply, on average of those given.",
    )
    solve_hours = fields.Float(
        string="Hours until the solution",
        readonly=True,
        aggregator="avg",
        help="Working hours until the solution, without waiting for the customer, on average.",
    )

    @property
    def _table_query(self) -> SQL:
        Case = self.env["crm.case"]
        return SQL(
            """
            SELECT judged.*,
                   judged.reply_met_count::float / NULLIF(judged.reply_due_count, 0) AS reply_rate,
                   judged.solve_met_count::float / NULLIF(judged.solve_due_count, 0) AS solve_rate,
                   judged.floor_kept_count::float / NULLIF(judged.floor_due_count, 0)
                       AS floor_rate,
                   judged.answer_count::float / NULLIF(judged.answer_due_count, 0) AS answer_rate,
                   judged.reply_sum AS reply_hours,
                   judged.solve_sum AS solve_hours
              FROM (
            SELECT crm_case.id, crm_case.id AS case_id, crm_case.company_id,
                   (crm_case.opened_at AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS date,
                   crm_case.kind, crm_case.state, crm_case.cause_id, crm_case.channel_id,
                   crm_case.product_id, crm_case.queue_id, crm_case.user_id,
                   crm_case.create_uid AS reporter_id, crm_case.customer_id,
                   customer.segment_id, customer.loyalty_class_id, 1 AS case_count,
                   (clock.reply IN ('met', 'missed'))::int AS reply_due_count,
                   (clock.reply = 'met')::int AS reply_met_count,
                   (clock.solve IN ('met', 'missed'))::int AS solve_due_count,
                   (clock.solve = 'met')::int AS solve_met_count,
                   (clock.below OR clock.reply = 'met' OR clock.solve = 'met')::int
                       AS floor_due_count,
                   (NOT clock.below AND (clock.reply = 'met' OR clock.solve = 'met'))::int
                       AS floor_kept_count,
                   clock.below::int AS floor_breach_count,
                   (crm_case.state = 'solved' AND cause.answer IS NOT NULL)::int
                       AS answer_due_count,
                   (crm_case.state = 'solved' AND cause.answer IS NOT NULL
                    AND COALESCE(crm_case.is_standard_answer, FALSE))::int AS answer_count,
                   (crm_case.reply_hours IS NOT NULL)::int AS reply_count,
                   crm_case.reply_hours AS reply_sum,
                   (crm_case.solve_hours IS NOT NULL)::int AS solve_count,
                   crm_case.solve_hours AS solve_sum
              FROM crm_case
              JOIN res_company AS company ON company.id = crm_case.company_id
         LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
         LEFT JOIN crm_customer AS customer ON customer.id = crm_case.customer_id
         LEFT JOIN crm_case_cause AS cause ON cause.id = crm_case.cause_id
        CROSS JOIN LATERAL (
                SELECT %s AS reply, %s AS solve, COALESCE(%s, FALSE) AS below
              ) AS clock
              ) AS judged
            """,
            Case._reply_sql("crm_case"),
            Case._solve_sql("crm_case"),
            Case._below_floor_sql("crm_case"),
        )

    @api.model
    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Rates and averages of a group are ratios of sums; NULL where there is no figure."""
        name = aggregate_spec.partition(":")[0]
        if name not in RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        above, below = (self._field_to_sql(self._table, part, query) for part in RATIOS[name])
        return SQL("SUM(%s)::float / NULLIF(SUM(%s), 0)", above, below)

    def action_open_case(self) -> dict:
        """Open the case behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }
