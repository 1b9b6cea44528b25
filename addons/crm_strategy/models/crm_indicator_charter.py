from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import COMPANY, SEGMENT, MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """Indicators of which each record passes or fails, as the rules of the charter ask.

    A rule is one SELECT, ``_states_<code>(scope)``, of period_key, company_id, partner_id
    (commercial), day, record_id and is_good. It gives the figure, the records behind it and the
    failing ones. A record that appears several times is good when every row of it is.
    """

    _inherit = "crm.indicator"

    # the contract with the charter
    @api.private
    def _failing(self, scope: MeasureScope) -> tuple[str, Domain] | None:
        """Model and domain of the records that fail behind one figure; None: cannot be told.

        Dispatches to ``_failing_<code>(scope)``, which an addon brings beside ``_measure_<code>``.
        """
        self.ensure_one()
        method = getattr(self, f"_failing_{self.code}", None)
        return method(scope) if method else None

    # counting
    @api.model
    def _measure_states(self, scope: MeasureScope, facts: SQL) -> list[MeasureRow]:
        """Passing records / all records, per period and per company, segment or team."""
        joins, key = self._states_place(scope)
        wanted = SQL("TRUE")
        if scope.scope != COMPANY and scope.scope_ids is not None:
            wanted = SQL("%s = ANY(%s)", key, list(scope.scope_ids))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period_key, scope_id, COUNT(*) FILTER (WHERE is_good), COUNT(*), COUNT(*)
                  FROM (
                    SELECT fact.period_key, %(key)s AS scope_id, fact.record_id,
                           bool_and(fact.is_good) AS is_good
                      FROM (%(facts)s) AS fact %(joins)s
                     WHERE fact.company_id = %(company)s AND %(wanted)s
                  GROUP BY 1, 2, 3
                  ) AS record
              GROUP BY 1, 2
                """,
                key=key,
                facts=facts,
                joins=joins,
                company=scope.company_id,
                wanted=wanted,
            )
        )
        return [MeasureRow(*row) for row in rows]

    @api.model
    def _state_records(self, scope: MeasureScope, facts: SQL, failing: bool) -> list[int]:
        """Records behind one figure, all of them or those that fail."""
        scope_id, _key = scope.single()
        joins, key = self._states_place(scope)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.record_id
                  FROM (%(facts)s) AS fact %(joins)s
                 WHERE fact.company_id = %(company)s AND %(key)s = %(scope_id)s
              GROUP BY fact.record_id
                HAVING %(all)s OR NOT bool_and(fact.is_good)
                """,
                facts=facts,
                joins=joins,
                key=key,
                company=scope.company_id,
                scope_id=scope_id,
                all=not failing,
            )
        )
        return [record_id for (record_id,) in rows]

    @api.model
    def _states_place(self, scope: MeasureScope) -> tuple[SQL, SQL]:
        """Joins to the segment and team of the day, and the column with the scope's number."""
        if scope.scope == COMPANY:
            return SQL(), SQL("0")
        Membership = self.env["crm.segment.membership"]
        joins = Membership._join_at(SQL("fact.partner_id"), SQL("fact.company_id"), SQL("fact.day"))
        if scope.scope == SEGMENT:
            return joins, SQL("COALESCE(membership.segment_id, 0)")
        return (
            SQL("%s %s", joins, Membership._team_join()),
            SQL("COALESCE(segment_team.id, 0)"),
        )

    # pieces of the SELECTs
    @api.model
    def _state_days(self, scope: MeasureScope) -> SQL:
        """(key, day): the last day of each period asked, today for those that still run."""
        company = self.env["res.company"].browse(scope.company_id)
        today = self.env["crm.segment.membership"]._today(company)
        return SQL(
            "(SELECT period.key, LEAST(COALESCE(period.date_to - 1, %(today)s), %(today)s) AS day"
            " FROM %(periods)s"
            " WHERE period.date_from IS NULL OR period.date_from <= %(today)s) AS period",
            today=today,
            periods=self._periods_sql(scope.periods),
        )

    @api.model
    def _state_period(self, scope: MeasureScope, day: SQL) -> SQL:
        """Join of the periods asked in which a dated fact lies."""
        return SQL(
            "JOIN %(periods)s ON (period.date_from IS NULL OR period.date_from <= %(day)s)"
            " AND (period.date_to IS NULL OR %(day)s < period.date_to)",
            periods=self._periods_sql(scope.periods),
            day=day,
        )

    @api.model
    def _state_leads(self) -> SQL:
        """Leads with the company they count for, the commercial partner and their two days."""
        return SQL(
            """
            SELECT lead.id, lead.user_id, lead.create_date::date AS opened,
                   COALESCE(lead.date_closed::date,
                            CASE WHEN NOT lead.active THEN lead.write_date::date END) AS closed,
                   person.commercial_partner_id AS partner_id,
                   COALESCE(lead.company_id, team.company_id, salesperson.company_id)
                       AS company_id
              FROM crm_lead AS lead
              JOIN res_partner AS person ON person.id = lead.partner_id
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS salesperson ON salesperson.id = lead.user_id
            """
        )

    @api.model
    def _state_customers(self, scope: MeasureScope) -> SQL:
        """Customers of the company, each with the day from which it is known (since).

        That is the day its contact was written down, or its first lead, whichever was earlier.
        """
        return SQL(
            """
            SELECT customer.id, customer.company_id, customer.partner_id, customer.user_id,
                   LEAST(partner.create_date::date, customer.create_date::date, first.opened)
                       AS since
              FROM crm_customer AS customer
              JOIN res_partner AS partner ON partner.id = customer.partner_id
         LEFT JOIN (SELECT lead.partner_id, lead.company_id, MIN(lead.opened) AS opened
                      FROM (%(leads)s) AS lead GROUP BY 1, 2) AS first
                ON first.partner_id = customer.partner_id
               AND first.company_id = customer.company_id
             WHERE customer.company_id = %(company)s
            """,
            leads=self._state_leads(),
            company=scope.company_id,
        )

    @api.model
    def _state_handoffs(self) -> SQL:
        """Hand-offs with the commercial partner they are about."""
        return SQL(
            """
            SELECT handoff.id, handoff.company_id, handoff.state,
                   handoff.offered_on::date AS offered, handoff.answered_on::date AS answered,
                   COALESCE(customer.partner_id, person.commercial_partner_id) AS partner_id
              FROM crm_handoff AS handoff
         LEFT JOIN crm_customer AS customer ON customer.id = handoff.customer_id
         LEFT JOIN crm_lead AS lead ON lead.id = handoff.lead_id
         LEFT JOIN res_partner AS person ON person.id = lead.partner_id
            """
        )
