from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import FactRow

WATCHED = {"start", "stop", "active", "partner_ids", "opportunity_id", "user_id"}
LOOK_BACK = timedelta(days=8)


class CalendarEvent(models.Model):
    """Meetings with customers that are over are contacts.

    A meeting counts from the day after it on, for the opportunity that it is about, else for each
    customer who takes part.
    """

    _name = "calendar.event"
    _inherit = ["calendar.event", "crm.moment.source.mixin"]

    # capture
    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CalendarEvent:
        """Create meetings; those that are over already are contacts."""
        events = super().create(vals_list)
        events._moment_collect()
        return events

    def write(self, vals: dict) -> bool:
        """Write meetings; a meeting that is moved or cancelled was no contact."""
        result = super().write(vals)
        if vals.keys() & WATCHED:
            self._moment_collect()
        return result

    def unlink(self) -> bool:
        """Delete meetings; they were no contact."""
        self._moment_collect_gone()
        return super().unlink()

    @api.model
    def _moment_collect_past(self) -> None:
        """Collect the meetings that ended in the last days."""
        since = fields.Datetime.now() - LOOK_BACK
        self.search([("stop", ">=", since), ("stop", "<", fields.Datetime.now())])._moment_collect()

    # facts
    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return ("meeting_held",)

    def _moment_facts(self) -> list[FactRow]:
        self.flush_recordset()
        rows = self.env.execute_query(self._moment_plain_facts(self.ids))
        return [FactRow(*row) for row in rows]

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        return self._moment_meetings_sql(SQL("meeting.id = ANY(%s)", ids))

    @api.model
    def _moment_meetings_sql(self, which: SQL) -> SQL:
        """Occurrence: 0 for the opportunity's meeting, else the customer who took part."""
        return SQL(
            """
            WITH meeting AS (
                SELECT meeting.*, seller.company_id AS counts_id
                  FROM calendar_event AS meeting
             LEFT JOIN res_users AS seller ON seller.id = meeting.user_id
                 WHERE meeting.active AND meeting.stop < %(today)s AND (%(which)s)
            )
            SELECT 'meeting_held' AS fact, meeting.id AS res_id, 0 AS occurrence,
                   lead.counts_id AS company_id, partner.commercial_partner_id AS partner_id,
                   'crm.lead' AS root_model, lead.id AS root_id, meeting.start AS fact_at,
                   NULL::numeric AS amount, NULL::int AS currency_id, meeting.name
              FROM meeting
              JOIN (%(leads)s) AS lead ON lead.id = meeting.opportunity_id
              JOIN res_partner AS partner ON partner.id = lead.partner_id
         UNION ALL
            SELECT DISTINCT 'meeting_held', meeting.id, customer.partner_id,
                   customer.company_id, customer.partner_id, 'crm.customer', customer.id,
                   meeting.start, NULL::numeric, NULL::int, meeting.name
              FROM meeting
              JOIN calendar_event_res_partner_rel AS link ON link.calendar_event_id = meeting.id
              JOIN res_partner AS guest ON guest.id = link.res_partner_id
              JOIN crm_customer AS customer
                ON customer.partner_id = guest.commercial_partner_id
               AND customer.company_id = meeting.counts_id
             WHERE guest.partner_share AND NOT EXISTS (
                   SELECT FROM (%(leads)s) AS lead WHERE lead.id = meeting.opportunity_id
               )
            """,
            today=fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0),
            which=which,
            leads=self.env["crm.relationship"]._leads_sql(),
        )

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = Domain("opportunity_id", "!=", False) | Domain(
            "partner_ids.partner_share", "=", True
        )
        if partner_ids is not None:
            domain &= Domain(
                "opportunity_id.partner_id.commercial_partner_id", "in", partner_ids
            ) | Domain("partner_ids.commercial_partner_id", "in", partner_ids)
        return domain & Domain("stop", "<", fields.Datetime.now())

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        return SQL(
            """
            SELECT fact, res_id, partner_id, fact_at, amount
              FROM (%s) AS found WHERE company_id = %s AND %s
            """,
            self._moment_meetings_sql(SQL("TRUE")),
            company.id,
            self.env["crm.moment.event"]._in_range(SQL("found.partner_id"), partners),
        )
