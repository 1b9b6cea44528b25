from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import judge, rupture
from ..core.judge import Debt, Delivery, Pass, Step, Verdict
from ..core.rupture import RuptureRow
from ..core.workdays import Workdays

BATCH = 500
# Where the daily run remembers how far it came.
WALK = "crm_moments_of_truth.judged_pass"


class CrmRuptureJudge(models.AbstractModel):
    """Judges passes: reads their moments and documents set-based, and has the ruptures raised.

    Called when passes were derived, and once a day for what only time breaks.
    """

    _name = "crm.rupture.judge"
    _description = "Judging of Passes"
    _inherit = ["crm.batch.mixin"]

    @api.model
    @api.private
    def _judge(self, passes: models.BaseModel) -> models.BaseModel:
        """Raise what breaks in the passes now and repair what no longer does.

        Idempotent, in a fixed number of queries for a batch. Returns the open ruptures that were
        judged; those that people reported or answers raised are left alone.
        """
        # Access: judged for everybody alike, whoever's document was the reason.
        passes = passes.sudo().with_context(active_test=False)
        judged = self.sudo().browse()
        for start in range(0, len(passes), BATCH):
            judged |= self.sudo()._judge_batch(passes[start : start + BATCH])
        return judged.with_env(self.env)

    @api.model
    def _judge_batch(self, passes: models.BaseModel) -> models.BaseModel:
        self.env.flush_all()
        ids = passes.ids
        clocks = {company: self._clock(company) for company in passes.company_id}
        silences = {company: company.crm_silent_days for company in clocks}
        items = self._read_passes(ids)
        active = {item.id for item in passes if item.active}
        rows = []
        for item in passes:
            if item.id not in active or item.id not in items:
                continue
            today, days = clocks[item.company_id]
            verdicts = judge.judge(items[item.id], today, days, silences[item.company_id])
            rows += [self._row(item, verdict) for verdict in verdicts]
        refused = self._refused_causes()
        rows = [row for row in rows if row.cause not in refused]
        standing = self.search(
            [
                ("relationship_id", "in", ids),
                ("state", "=", rupture.OPEN),
                ("cause", "in", rupture.JUDGED),
            ]
        )
        seen = {row.key for row in rows}
        gone = {key for key in map(self._key, standing) if key not in seen}
        if gone:
            # Of a cause that nobody watches any more nothing was repaired.
            self._repair(gone).filtered(lambda item: item.cause not in refused)._note_facts()
        return self._raise(rows)

    @api.model
    def _key(self, item: models.BaseModel) -> tuple[int, int | None, str]:
        return (item.relationship_id.id, item.moment_id.id or None, item.cause)

    @api.model
    def _clock(self, company: models.BaseModel) -> tuple[date, Workdays]:
        """Today of the company, in the zone of its calendar, and its working days."""
        days = self.env["crm.workdays"]._of(company)
        now = fields.Datetime.context_timestamp(self.with_context(tz=days.zone), self._now())
        return now.date(), days

    @api.model
    def _now(self):
        return fields.Datetime.now()

    @api.model
    def _row(self, item: models.BaseModel, verdict: Verdict) -> RuptureRow:
        amount = verdict.amount
        return RuptureRow(
            relationship_id=item.id,
            cause=verdict.cause,
            moment_id=verdict.moment_id,
            amount=float(amount) if amount is not None else None,
            sign=verdict.sign,
            due_on=verdict.due_on,
            values=verdict.values,
        )

    # reading
    @api.model
    def _read_passes(self, ids: list[int]) -> dict[int, Pass]:
        """What the core judges, of many passes in a few queries."""
        steps, deliveries, debts = (
            self._read_steps(ids),
            self._read_deliveries(ids),
            self._read_debts(ids),
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT pass.id, pass.is_open, pass.date_last, pass.user_id, owner.active,
                       pass.current_moment_id
                  FROM crm_relationship AS pass
             LEFT JOIN res_users AS owner ON owner.id = pass.user_id
                 WHERE pass.id = ANY(%s)
                """,
                ids,
            )
        )
        return {
            pass_id: Pass(
                pass_id,
                bool(is_open),
                last,
                user_id,
                bool(active),
                current_id,
                tuple(steps.get(pass_id, ())),
                deliveries.get(pass_id),
                tuple(debts.get(pass_id, ())),
            )
            for pass_id, is_open, last, user_id, active, current_id in rows
        }

    @api.model
    def _read_steps(self, ids: list[int]) -> dict[int, list[Step]]:
        lines = self.env["crm.relationship.moment"].search(
            [("relationship_id", "in", ids)], order="relationship_id, id"
        )
        ends = {moment: frozenset(moment.end_fact_ids.mapped("code")) for moment in lines.moment_id}
        missing = self.env["crm.relationship.input"]._missing_ids(lines)
        steps: dict[int, list[Step]] = defaultdict(list)
        for line in lines.sorted(lambda line: (line.moment_id.sequence, line.moment_id.id)):
            moment = line.moment_id
            steps[line.relationship_id.id].append(
                Step(
                    moment.id,
                    line.state,
                    line.started_on or None,
                    moment.target_days,
                    moment.tolerance_days,
                    ends[moment],
                    line.order_state or "",
                    tuple(missing.get(line.id, ())),
                )
            )
        return steps

    @api.model
    def _read_deliveries(self, ids: list[int]) -> dict[int, Delivery]:
        """What the confirmed orders of passes still owe; amounts in the company's currency.

        A delivery is begun when a line was delivered; what services nobody enters is not short.
        Down payments that were invoiced are no longer to invoice.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.relationship_id, MIN(%(ordered)s), MAX(%(promised)s),
                       MAX(%(delivered)s),
                       BOOL_OR(owed.is_begun),
                       SUM(owed.undelivered / rate.value)::numeric(20, 2)::varchar,
                       SUM(owed.to_invoice / rate.value)::numeric(20, 2)::varchar
                  FROM crm_moment_event AS event
                  JOIN sale_order AS document ON document.id = event.res_id
                  JOIN res_company AS company ON company.id = document.company_id
             LEFT JOIN resource_calendar AS calendar
                    ON calendar.id = company.resource_calendar_id
        CROSS JOIN LATERAL (
                    SELECT COALESCE(NULLIF(document.currency_rate, 0), 1)::numeric AS value
                  ) AS rate
             LEFT JOIN LATERAL (
                    SELECT MAX(delivered.fact_at) AS at
                      FROM crm_moment_event AS delivered
                     WHERE delivered.relationship_id = event.relationship_id
                       AND delivered.fact = 'goods_delivered' AND delivered.voided_at IS NULL
                  ) AS delivered ON TRUE
             LEFT JOIN LATERAL (
                    SELECT BOOL_OR(goods.is_ordered AND line.qty_delivered > 0) AS is_begun,
                           SUM(CASE WHEN goods.is_ordered
                                     AND line.product_uom_qty > line.qty_delivered
                                    THEN line.price_subtotal::numeric
                                         * (line.product_uom_qty - line.qty_delivered)::numeric
                                         / line.product_uom_qty::numeric
                                    ELSE 0 END) AS undelivered,
                           SUM(line.untaxed_amount_to_invoice::numeric) AS to_invoice
                      FROM sale_order_line AS line
        CROSS JOIN LATERAL (
                            SELECT line.product_uom_qty > 0
                                   AND NOT COALESCE(line.is_downpayment, FALSE) AS is_ordered
                          ) AS goods
                     WHERE line.order_id = document.id AND line.display_type IS NULL
                  ) AS owed ON TRUE
                 WHERE event.relationship_id = ANY(%(ids)s) AND event.fact = 'order_confirmed'
                   AND event.voided_at IS NULL AND document.state = 'sale'
              GROUP BY event.relationship_id
                """,
                ordered=_local_day(SQL("document.date_order")),
                promised=_local_day(SQL("document.commitment_date")),
                delivered=_local_day(SQL("delivered.at")),
                ids=ids,
            )
        )
        return {
            pass_id: Delivery(
                ordered,
                promised,
                delivered,
                bool(is_begun),
                Decimal(undelivered or 0),
                Decimal(to_invoice or 0),
            )
            for pass_id, ordered, promised, delivered, is_begun, undelivered, to_invoice in rows
        }

    @api.model
    def _read_debts(self, ids: list[int]) -> dict[int, list[Debt]]:
        """Open parts of the posted invoices of passes, each with the day on which it is due.

        An invoice is due in the parts of its payment term; a part later than the first, paid or
        not, is named by its day. An invoice that serves several passes is
        shared as its fact is: a pass owes the open part in the proportion of its share.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.relationship_id, move.id,
                       COALESCE(part.due_on, move.invoice_date_due, move.invoice_date, move.date),
                       ROUND((part.residual * event.amount
                              / NULLIF(move.amount_total, 0))::numeric,
                             currency.decimal_places)::varchar,
                       part.due_on > part.first_due_on
                  FROM crm_moment_event AS event
                  JOIN account_move AS move ON move.id = event.res_id
                  JOIN res_company AS company ON company.id = move.company_id
                  JOIN res_currency AS currency ON currency.id = company.currency_id
    CROSS JOIN LATERAL (
                        SELECT item.date_maturity AS due_on, SUM(item.amount_residual) AS residual,
                               MIN(item.date_maturity) OVER () AS first_due_on
                          FROM account_move_line AS item
                         WHERE item.move_id = move.id AND item.display_type = 'payment_term'
                      GROUP BY item.date_maturity
                      ) AS part
                 WHERE part.residual <> 0
                   AND event.relationship_id = ANY(%s) AND event.fact = 'invoice_posted'
                   AND event.voided_at IS NULL AND move.state = 'posted'
                   AND move.payment_state IN ('not_paid', 'partial')
                """,
                ids,
            )
        )
        debts: dict[int, list[Debt]] = defaultdict(list)
        for pass_id, move_id, due_on, amount, is_later in rows:
            if amount is not None:
                part = due_on.isoformat() if is_later else ""
                debts[pass_id].append(Debt(move_id, due_on, Decimal(amount), part))
        return debts

    # once a day
    @api.model
    def _cron_judge(self) -> None:
        """Judge what only time breaks, in batches; then tell each owner the rest in one digest."""
        passes = self.env["crm.relationship"]
        if self._run_walk(
            WALK,
            lambda last: self._passes_to_judge(last).ids,
            lambda ids: self._judge_day(passes.browse(ids)),
        ):
            self._attempt(self._send_digests)

    @api.model
    def _judge_day(self, passes: models.BaseModel) -> None:
        """Judge passes by what is at hand today; not everything that is filled in is noticed."""
        self.env["crm.relationship.input"]._look_again(passes)
        self._judge(passes)

    @api.model
    def _passes_to_judge(self, after_id: int) -> models.BaseModel:
        """Passes that are under way, have money outstanding, or have a rupture that is open."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT pass.id FROM crm_relationship AS pass
                 WHERE pass.id > %(after)s
                   AND ((pass.active AND pass.is_open)
                        OR EXISTS (SELECT FROM crm_rupture AS rupture
                                    WHERE rupture.relationship_id = pass.id
                                      AND rupture.state = 'open')
                        OR (pass.active AND EXISTS (
                            SELECT FROM crm_moment_event AS event
                              JOIN account_move AS move ON move.id = event.res_id
                             WHERE event.relationship_id = pass.id
                               AND event.fact = 'invoice_posted' AND event.voided_at IS NULL
                               AND move.state = 'posted'
                               AND move.payment_state IN ('not_paid', 'partial'))))
              ORDER BY pass.id
                 LIMIT %(limit)s
                """,
                after=after_id,
                limit=BATCH,
            )
        )
        return self.env["crm.relationship"].browse(pass_id for (pass_id,) in rows)


def _local_day(moment: SQL) -> SQL:
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date", moment)
