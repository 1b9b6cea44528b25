from __future__ import annotations

from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.figure_field import FigureField

from ..core import rupture
from .company_day_field import CompanyDayField


class CrmRuptureCourse(models.AbstractModel):
    """The course of a rupture: opened, repaired or waived, and opened again when it comes back."""

    _name = "crm.rupture.course"
    _description = "Course of Ruptures"

    opened_at = fields.Datetime(
        string="Opened",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help="When it was first seen.",
    )
    opened_on = CompanyDayField("Opened on", moment="opened_at")
    since = fields.Datetime(
        string="Open since",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help="When it was opened the last time.",
    )
    closed_at = fields.Datetime(
        string="Settled", readonly=True, copy=False, help="When it was repaired or waived."
    )
    closed_on = CompanyDayField("Settled on", moment="closed_at")
    hours = FigureField(
        string="Hours to close",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 1),
        help="Hours during which it stood open, until it was repaired or waived. A group shows the "
        "median of those that were repaired. What was found in history does not count there: "
        "nobody knows when it began.",
    )
    repaired_fact_id = fields.Many2one(
        "crm.moment.fact",
        string="Repairing fact",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The kind of fact that repaired it.",
    )
    repaired_by = fields.Char(
        readonly=True, copy=False, help="The document or the person that repaired it."
    )
    waive_reason = fields.Text(
        string="Reason", readonly=True, copy=False, help="Why nobody repairs it."
    )
    reopen_count = fields.Integer(
        string="Times reopened",
        readonly=True,
        copy=False,
        help="How many times it came back after it was settled.",
    )
    is_backlog = fields.Boolean(
        string="Found in history",
        readonly=True,
        copy=False,
        help="Found while documents of the past were read; nobody was alarmed for it.",
    )
    is_judged = fields.Boolean(
        string="Seen by the suite",
        compute="_compute_is_judged",
        help="Facts and documents open and close it. Others are settled by people.",
    )

    @api.depends("cause")
    def _compute_is_judged(self) -> None:
        for item in self:
            item.is_judged = item.cause in rupture.JUDGED

    def _close(self, note: str = "") -> None:
        """Close open ruptures as repaired and end their activities."""
        now = fields.Datetime.now()
        for item in self:
            item.write(
                {
                    "state": rupture.CLOSED,
                    "closed_at": now,
                    "hours": (item.hours or 0) + item._hours_since(now),
                    "repaired_by": note or False,
                }
            )
        self.activity_unlink(["crm_moments_of_truth.crm_rupture_activity_type"])

    def _note_facts(self) -> None:
        """Write down by which fact these were repaired: the latest of those that could."""
        owned = self.filtered(lambda item: item.cause == rupture.OWNERLESS)
        for item in owned:
            item.repaired_by = item.relationship_id.user_id.name
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (rupture.id) rupture.id, fact.id, event.name
                  FROM crm_rupture AS rupture
                  JOIN crm_moment_event AS event
                    ON event.relationship_id = rupture.relationship_id
                   AND event.voided_at IS NULL AND event.create_date >= rupture.since
                  JOIN crm_moment_fact AS fact ON fact.code = event.fact
                 WHERE rupture.id = ANY(%(ids)s)
                   AND CASE WHEN rupture.cause = 'silent' THEN fact.is_trace IS NOT TRUE
                            WHEN rupture.cause = 'out_of_order' THEN TRUE
                            WHEN event.fact = 'order_cancelled' THEN TRUE
                            WHEN rupture.cause = 'short' THEN event.fact = ANY(%(deliveries)s)
                            WHEN rupture.cause = 'unbilled' THEN event.fact = 'invoice_posted'
                            WHEN rupture.cause = 'unpaid' THEN event.fact = ANY(%(payments)s)
                            ELSE EXISTS (
                                 SELECT FROM crm_moment_end_fact_rel AS proof
                                  WHERE proof.moment_id = rupture.moment_id
                                    AND proof.fact_id = fact.id)
                            END
              ORDER BY rupture.id, event.id DESC
                """,
                ids=(self - owned).ids,
                deliveries=["goods_delivered", "receipt_confirmed"],
                payments=["payment_received", "credit_posted"],
            )
        )
        for rupture_id, fact_id, name in rows:
            self.browse(rupture_id).write({"repaired_fact_id": fact_id, "repaired_by": name})

    def _reopen(self) -> None:
        now = fields.Datetime.now()
        for item in self:
            item.write(
                {
                    "state": rupture.OPEN,
                    "since": now,
                    "closed_at": False,
                    "repaired_fact_id": False,
                    "repaired_by": False,
                    "waive_reason": False,
                    "reopen_count": item.reopen_count + 1,
                    "is_announced": False,
                    "digested_on": False,
                    # What comes back is news, also where the first time was history.
                    "is_backlog": bool(self.env.context.get("crm_history")),
                }
            )

    def _hours_since(self, now: datetime) -> float:
        self.ensure_one()
        return max((now - self.since).total_seconds(), 0) / 3600
