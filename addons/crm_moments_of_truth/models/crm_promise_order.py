from __future__ import annotations

from collections.abc import Collection

from odoo import api, fields, models
from odoo.tools import SQL

DELIVERING = ("goods_delivered", "receipt_confirmed")
NAMING = ("order_confirmed", "order_cancelled", "date_promised", *DELIVERING)
BATCH = 2000


class CrmPromiseOrder(models.AbstractModel):
    """Delivery dates of confirmed orders as promises, judged by what was delivered.

    An order without anything to deliver is kept by its first invoice, as its pass is.

    Everything here is a projection: the same orders and facts give the same promises, however
    often they are looked at. Days are days in the company's time zone.
    """

    _name = "crm.promise.order"
    _description = "Promises of Orders"
    _inherit = "crm.batch.mixin"

    @api.model
    @api.private
    def _follow_passes(self, passes: models.BaseModel) -> None:
        """Let the promises follow the orders of passes that were just derived."""
        if not passes:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT event.res_id
                  FROM crm_moment_event AS event
                 WHERE event.relationship_id = ANY(%(passes)s) AND event.fact = ANY(%(facts)s)
             UNION
                SELECT promise.order_id
                  FROM crm_promise AS promise
                 WHERE promise.relationship_id = ANY(%(passes)s)
                   AND promise.source = 'order' AND promise.order_id IS NOT NULL
                """,
                passes=passes.ids,
                facts=list(NAMING),
            )
        )
        self._follow_orders([order_id for (order_id,) in rows])

    @api.model
    @api.private
    def _follow_orders(self, order_ids: Collection[int]) -> None:
        """Make, move, withdraw and judge the promises of orders, in a fixed number of queries."""
        if not order_ids:
            return
        self.env.flush_all()
        wanted = self._wanted_sql(list(order_ids))
        self._withdraw_gone(list(order_ids), wanted)
        self._move_dates(wanted)
        self._insert_new(wanted)
        self._judge(SQL("promise.order_id = ANY(%s)", list(order_ids)))
        self.env["crm.promise"].invalidate_model(flush=False)

    @api.model
    @api.private
    def _judge_due(self) -> int:
        """Judge the promises of orders that fell due since; returns how many changed."""
        self.env.flush_all()
        due = SQL(
            """
            promise.id IN (
                SELECT document.id
                  FROM crm_promise AS document
                  %(zone)s
                 WHERE document.source = 'order' AND document.state IN ('made', 'enabled')
                   AND document.due_on <
                       (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date
              ORDER BY document.id
                 LIMIT %(limit)s)
            """,
            zone=self._zone_sql(),
            now=fields.Datetime.now(),
            limit=BATCH,
        )
        judged = self._judge(due)
        self.env["crm.promise"].invalidate_model(flush=False)
        return judged

    @api.model
    @api.private
    def _cron_due(self) -> int:
        """Judge what fell due, in batches with a commit after each; the scheduled action."""
        return self._run_lane(self._judge_due, self._count_due)

    @api.model
    def _count_due(self) -> int:
        return self.env["crm.promise"].search_count(
            [
                ("source", "=", "order"),
                ("state", "in", ("made", "enabled")),
                ("due_on", "<", fields.Date.context_today(self)),
            ]
        )

    # statements
    @api.model
    def _zone_sql(self) -> SQL:
        """Join of the zone in which the days of a company are cut, as ``zone.tz``."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT COALESCE(calendar.tz, 'UTC') AS tz
                  FROM res_company AS company
             LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
                 WHERE company.id = document.company_id
            ) AS zone ON TRUE
            """
        )

    @api.model
    def _wanted_sql(self, order_ids: list[int]) -> SQL:
        """SELECT of the promise that each order makes as it is now."""
        return SQL(
            """
            SELECT document.id AS order_id, document.company_id, document.name, document.user_id,
                   customer.id AS customer_id, pass.id AS relationship_id,
                   (document.commitment_date AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date
                       AS due_on,
                   (document.date_order AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date AS made_on,
                   (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date AS today
              FROM sale_order AS document
              JOIN res_partner AS person ON person.id = document.partner_id
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = person.commercial_partner_id
               AND customer.company_id = document.company_id
         LEFT JOIN LATERAL (
                SELECT event.relationship_id AS id
                  FROM crm_moment_event AS event
                 WHERE event.fact IN ('order_confirmed', 'date_promised')
                   AND event.res_id = document.id AND event.voided_at IS NULL
                   AND event.relationship_id IS NOT NULL
              ORDER BY event.id LIMIT 1
                 ) AS pass ON TRUE
              %(zone)s
             WHERE document.id = ANY(%(orders)s) AND document.state = 'sale'
               AND document.commitment_date IS NOT NULL
            """,
            now=fields.Datetime.now(),
            zone=self._zone_sql(),
            orders=order_ids,
        )

    @api.model
    def _withdraw_gone(self, order_ids: list[int], wanted: SQL) -> None:
        """Orders that are cancelled, or promise no date any more, promise nothing."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_promise AS promise
                   SET state = 'withdrawn', kept_on = NULL, write_uid = %(uid)s,
                       write_date = %(now)s
                 WHERE promise.order_id = ANY(%(orders)s) AND promise.source = 'order'
                   AND promise.state <> 'withdrawn'
                   AND promise.order_id NOT IN (SELECT order_id FROM (%(wanted)s) AS wanted)
                """,
                **self._stamp(),
                orders=order_ids,
                wanted=wanted,
            )
        )

    @api.model
    def _move_dates(self, wanted: SQL) -> None:
        """A standing promise takes the order's new day; one whose day is over stays as it was."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_promise AS promise
                   SET due_on = wanted.due_on,
                       moved_count = COALESCE(promise.moved_count, 0)
                           + (promise.due_on <> wanted.due_on)::int,
                       customer_id = wanted.customer_id,
                       relationship_id = wanted.relationship_id,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM (%(wanted)s) AS wanted
                 WHERE promise.order_id = wanted.order_id AND promise.source = 'order'
                   AND promise.state IN ('made', 'enabled')
                   AND (promise.due_on = wanted.due_on OR promise.due_on >= wanted.today)
                   AND (promise.due_on, promise.customer_id, promise.relationship_id)
                       IS DISTINCT FROM
                       (wanted.due_on, wanted.customer_id, wanted.relationship_id)
                """,
                **self._stamp(),
                wanted=wanted,
            )
        )

    @api.model
    def _insert_new(self, wanted: SQL) -> None:
        """A promise of each order whose day is in none yet; one withdrawn stands again."""
        stamp = self._stamp()
        # What was standing until its day was over ends before the next one begins: one stands.
        self._judge(
            SQL(
                "promise.state IN ('made', 'enabled') AND EXISTS (SELECT FROM (%s) AS wanted "
                "WHERE wanted.order_id = promise.order_id AND wanted.due_on <> promise.due_on)",
                wanted,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_promise AS promise
                   SET state = CASE WHEN promise.enabled_on IS NULL THEN 'made' ELSE 'enabled' END,
                       write_uid = %(uid)s, write_date = %(now)s
                 WHERE promise.id IN (
                        SELECT MAX(known.id)
                          FROM crm_promise AS known
                          JOIN (%(wanted)s) AS wanted USING (order_id, due_on)
                         WHERE known.source = 'order'
                      GROUP BY known.order_id
                        HAVING bool_and(known.state = 'withdrawn'))
                """,
                **stamp,
                wanted=wanted,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_promise
                       (name, kind, source, state, order_id, company_id, customer_id,
                        relationship_id, user_id, made_on, due_on, first_due_on, moved_count,
                        create_uid, create_date, write_uid, write_date)
                SELECT wanted.name, 'date', 'order', 'made', wanted.order_id, wanted.company_id,
                       wanted.customer_id, wanted.relationship_id, wanted.user_id,
                       CASE WHEN EXISTS (
                            SELECT FROM crm_promise AS earlier
                             WHERE earlier.order_id = wanted.order_id
                               AND earlier.source = 'order')
                           THEN wanted.today ELSE wanted.made_on END,
                       wanted.due_on, wanted.due_on, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(wanted)s) AS wanted
                 WHERE NOT EXISTS (
                        SELECT FROM crm_promise AS known
                         WHERE known.order_id = wanted.order_id AND known.source = 'order'
                           AND known.due_on = wanted.due_on)
           ON CONFLICT DO NOTHING
                """,
                **stamp,
                wanted=wanted,
            )
        )

    @api.model
    def _judge(self, which: SQL) -> int:
        """Kept, broken or still to keep, by the first day on which all of it was delivered."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_promise AS promise
                   SET state = judged.state, kept_on = judged.kept_on, write_uid = %(uid)s,
                       write_date = %(now)s
                  FROM (
                    SELECT promise.id, delivered.day AS kept_on,
                           CASE WHEN delivered.day <= promise.due_on THEN 'kept'
                                WHEN delivered.day IS NOT NULL THEN 'broken'
                                WHEN promise.due_on <
                                     (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date
                                    THEN 'broken'
                                WHEN promise.enabled_on IS NOT NULL THEN 'enabled'
                                ELSE 'made' END AS state
                      FROM crm_promise AS promise
                      JOIN sale_order AS document ON document.id = promise.order_id
                      %(zone)s
                 LEFT JOIN LATERAL (
                        SELECT MIN((event.fact_at AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date)
                                   AS day
                          FROM crm_moment_event AS event
                         WHERE event.voided_at IS NULL
                           AND ((event.fact = ANY(%(facts)s) AND event.res_id = promise.order_id)
                                OR (event.fact = 'invoice_posted'
                                    AND event.occurrence = promise.order_id
                                    AND NOT %(goods)s))
                      ) AS delivered ON TRUE
                     WHERE promise.source = 'order' AND promise.state <> 'withdrawn'
                       AND %(which)s
                  ) AS judged
                 WHERE judged.id = promise.id
                   AND (promise.state, promise.kept_on)
                       IS DISTINCT FROM (judged.state, judged.kept_on)
                """,
                **self._stamp(),
                zone=self._zone_sql(),
                facts=list(DELIVERING),
                goods=self._goods_sql(),
                which=which,
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _goods_sql(self) -> SQL:
        """Whether the promise's order delivers anything; otherwise its invoice is the delivery."""
        return SQL(
            """
            EXISTS (
                SELECT FROM sale_order_line AS line
                  JOIN product_product AS product ON product.id = line.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                 WHERE line.order_id = promise.order_id AND line.display_type IS NULL
                   AND line.product_uom_qty > 0 AND NOT COALESCE(line.is_downpayment, FALSE)
                   AND (template.type != 'service' OR template.invoice_policy = 'delivery'))
            """
        )

    @api.model
    def _stamp(self) -> dict:
        return {"uid": self.env.uid, "now": fields.Datetime.now()}
