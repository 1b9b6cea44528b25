from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow
from .crm_moment_history import PLAIN_BATCH
from .crm_relationship_writer import Root

CODES = ("no_anomaly", "next_step_planned", "churn_flagged")
TRANSFER = "M7"
# Where the daily run remembers how far it came.
WALK = "crm_moments_of_truth.looked_at_pass"
SERVING = "crm_strategy.crm_strategy_group_user"


class CrmRelationshipSigns(models.AbstractModel):
    """What follows from a pass itself: silence after the transfer, a next step, its end.

    Moment 8 is proven by an anomaly that was solved, or by nobody reporting one within N days
    (S000-9.6-M8); moment 10 by a planned next step, or by the relation having ended
    (S000-9.6-M10).
    """

    _name = "crm.relationship.signs"
    _description = "Signs of a Pass"
    _inherit = ["crm.moment.source.mixin", "crm.batch.mixin"]

    # facts
    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return CODES

    def _moment_facts(self) -> list[FactRow]:
        rows = self.env.execute_query(self._moment_plain_facts(self.ids))
        return [FactRow(*row) for row in rows]

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        return self._signs_sql(SQL("known.id = ANY(%s)", ids))

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = Domain("company_id", "in", companies.ids) & Domain("active", "=", True)
        if partner_ids is not None:
            domain &= Domain("partner_id", "in", partner_ids)
        return domain

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        return SQL(
            "SELECT fact, res_id, partner_id, fact_at, amount FROM (%s) AS sign",
            self._signs_sql(
                SQL(
                    "known.company_id = %s AND %s",
                    company.id,
                    self.env["crm.moment.event"]._in_range(
                        SQL("partner.commercial_partner_id"), partners
                    ),
                )
            ),
        )

    @api.model
    def _signs_sql(self, which: SQL) -> SQL:
        """SELECT of the signs of passes, columns as in ``FactRow``.

        The transfer is moment 7 of the pass. Silence counts from the day after its last day on,
        so that a night sees the same as the day before it.
        """
        return SQL(
            """
            WITH own AS (
                SELECT known.id, known.company_id,
                       partner.commercial_partner_id AS partner_id, known.root_model,
                       known.root_id, known.lead_id, known.name, known.churned_on,
                       MIN(line.proven_on) + TIME '12:00' AS moved_at
                  FROM crm_relationship AS known
                  JOIN res_partner AS partner ON partner.id = known.partner_id
             LEFT JOIN crm_relationship_moment AS line
                    ON line.relationship_id = known.id AND line.state = 'proven'
                   AND line.moment_id IN (SELECT id FROM crm_moment WHERE code = %(transfer)s)
                 WHERE known.active AND (%(which)s)
              GROUP BY known.id, partner.commercial_partner_id
            ),
            moved AS (
                SELECT own.*,
                       own.moved_at + company.crm_quiet_days * INTERVAL '1 day' AS quiet_at
                  FROM own JOIN res_company AS company ON company.id = own.company_id
                 WHERE own.moved_at IS NOT NULL
            ),
            sign AS (
                SELECT moved.*, 'no_anomaly' AS fact, moved.quiet_at AS fact_at
                  FROM moved
                 WHERE moved.quiet_at::date < %(today)s
                   AND NOT EXISTS (
                       SELECT FROM crm_moment_event AS event
                        WHERE event.relationship_id = moved.id AND event.voided_at IS NULL
                          AND event.fact = 'anomaly_reported'
                          AND event.fact_at >= moved.moved_at::date
                          AND event.fact_at <= moved.quiet_at
                   )
             UNION ALL
                SELECT moved.*, 'next_step_planned', step.step_at
                  FROM moved
            CROSS JOIN LATERAL (%(steps)s) AS step
                 WHERE step.step_at IS NOT NULL
             UNION ALL
                SELECT own.*, NULL::timestamp, 'churn_flagged', ended.ended_at
                  FROM own
             LEFT JOIN crm_lead AS lead ON lead.id = own.lead_id AND lead.won_status = 'lost'
            CROSS JOIN LATERAL (
                    SELECT LEAST(lead.date_closed, own.churned_on + TIME '12:00') AS ended_at
                  ) AS ended
                 WHERE ended.ended_at IS NOT NULL
            )
            SELECT sign.fact, sign.id AS res_id, 0 AS occurrence, sign.company_id,
                   sign.partner_id, sign.root_model, sign.root_id,
                   DATE_TRUNC('second', sign.fact_at) AS fact_at,
                   NULL::numeric AS amount, NULL::int AS currency_id, sign.name
              FROM sign
            """,
            transfer=TRANSFER,
            which=which,
            today=self.env["crm.workdays"]._today_sql(SQL("moved.company_id")),
            steps=self._steps_sql(),
        )

    @api.model
    def _steps_sql(self) -> SQL:
        """The first step after the transfer of the pass ``moved``, as ``step_at``: a newer
        opportunity or order of the customer, or an activity on it or on the pass's documents."""
        return SQL(
            """
            SELECT MIN(found.step_at) AS step_at FROM (
                SELECT MIN(event.fact_at) AS step_at
                  FROM crm_moment_event AS event
                 WHERE event.partner_id = moved.partner_id
                   AND event.company_id = moved.company_id AND event.voided_at IS NULL
                   AND event.fact IN ('lead_opened', 'order_confirmed')
                   AND event.relationship_id IS DISTINCT FROM moved.id
                   AND event.fact_at > moved.moved_at
             UNION ALL
                SELECT MIN(activity.create_date)
                  FROM mail_activity AS activity
                 WHERE activity.create_date > moved.moved_at
                   AND (activity.res_model, activity.res_id) IN (
                       ('res.partner', moved.partner_id),
                       (moved.root_model, moved.root_id)
                   )
            ) AS found
            """
        )

    @api.model
    def _derive_signs(self, roots: list[Root]) -> set[Root]:
        """Project the signs of the passes of roots and of the open passes of their customers.

        Passes whose signs changed are derived once more; returns their roots.
        """
        ids = [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """
                    SELECT known.id
                      FROM crm_relationship AS known
                      JOIN unnest(%(models)s::varchar[], %(ids)s::int[])
                           AS root(root_model, root_id)
                     USING (root_model, root_id)
                     UNION
                    SELECT other.id
                      FROM crm_relationship AS known
                      JOIN unnest(%(models)s::varchar[], %(ids)s::int[])
                           AS root(root_model, root_id)
                     USING (root_model, root_id)
                      JOIN crm_relationship AS other
                        ON other.partner_id = known.partner_id
                       AND other.company_id = known.company_id
                     WHERE other.is_open
                  ORDER BY 1
                    """,
                    models=[root_model for root_model, _id in roots],
                    ids=[root_id for _model, root_id in roots],
                )
            )
        ]
        changed = self._project_signs(ids)
        if changed:
            self._derive_once(changed)
        return set(changed)

    @api.model
    def _project_signs(self, ids: list[int]) -> list[Root]:
        """Make the signs of passes stand as they are now; returns the roots where one changed."""
        Event = self.env["crm.moment.event"]
        rows = [FactRow(*row) for row in self.env.execute_query(self._moment_plain_facts(ids))]
        known = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT fact, res_id FROM crm_moment_event
                 WHERE fact = ANY(%s) AND res_id = ANY(%s) AND voided_at IS NULL
                   AND kind = 'derived'
                """,
                list(CODES),
                ids,
            )
        )
        owned = sorted({*known, *((row.fact, row.res_id) for row in rows)})
        if not owned or not Event._write_rows(owned, rows):
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT known.root_model, known.root_id
                  FROM crm_moment_event AS event
                  JOIN crm_relationship AS known
                    ON known.root_model = event.root_model AND known.root_id = event.root_id
                 WHERE event.fact = ANY(%s) AND event.res_id = ANY(%s) AND event.is_pending
              ORDER BY 1, 2
                """,
                list(CODES),
                ids,
            )
        )

    # days
    @api.model
    def _cron_days(self) -> None:
        """Note what the last day brought by passing: silence, meetings that are over."""
        self._run_walk(WALK, self._open_after, self._project_signs)
        self.env["calendar.event"]._moment_collect_past()
        self.env.cr.flush()
        self.env["crm.moment.event"]._collect_pending()

    @api.model
    def _open_after(self, last: int) -> list[int]:
        domain = [("is_open", "=", True), ("id", ">", last)]
        return self.search(domain, order="id", limit=PLAIN_BATCH).ids

    # people
    def action_end(self) -> bool:
        """Say that the customer does not come back: the pass is over, moment 10 is answered."""
        self._check_serving()
        self.check_access("read")
        for relationship in self:
            if not relationship.is_open:
                raise UserError(
                    self.env._(
                        "The pass “%(name)s” is over already. Open the newest pass of the "
                        "customer and end that one.",
                        name=relationship.name,
                    )
                )
        return self._set_churned(fields.Date.context_today(self))

    def action_resume(self) -> bool:
        """Take back that the customer does not come back."""
        self._check_serving()
        self.check_access("read")
        return self._set_churned(False)

    def _check_serving(self) -> None:
        """Who only reads passes, as finance does, says nothing to the customer or for it."""
        if not self.env.su and not self.env.user.has_group(SERVING):
            raise AccessError(self.env._("Only people of the sales teams do this."))

    def _set_churned(self, day: object) -> bool:
        # Access: whoever serves and reads a pass answers for the customer; passes are written by
        # the engine alone, and only this one field is changed here.
        self.sudo().write({"churned_on": day})
        self.env["crm.moment.event"]._touch(
            self.mapped(lambda item: (item.root_model, item.root_id))
        )
        return True
