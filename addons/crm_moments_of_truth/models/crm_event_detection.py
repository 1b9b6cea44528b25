from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.event_rule import CLIENT_CHANGE, REQUEST

LIMIT = 500
# What was written before we looked may be committed after.
OVERLAP = timedelta(minutes=10)
# Days that are looked back, for when the server stood still.
LOOK_BACK = 3
# A customer uses a price list when it ordered by it within this time.
PRICE_LIST_MONTHS = 12


class CrmEventDetection(models.AbstractModel):
    """Finds what rules react to, set-based; each event of a rule is noted once and for ever.

    ``_detect_<trigger>()`` gives a SELECT of event_key, company_id, partner_id (commercial),
    contact_id, lead_id, order_id, public_event_id and event_at, for one rule.
    """

    _name = "crm.event.detection"
    _description = "Detection of Events"

    @api.model
    @api.private
    def _detect(self, triggers: tuple[str, ...] = ()) -> int:
        """Note what happened since; returns how many reactions wait because of it."""
        found = 0
        domain = [("trigger", "in", list(triggers))] if triggers else []
        rules = self.search(domain)
        for trigger, same in rules.grouped("trigger").items():
            for rule in same:
                found += rule._note_events(getattr(rule, f"_detect_{trigger}")())
            if trigger == CLIENT_CHANGE:
                self._remember_clients()
        return found

    def _note_events(self, events: SQL) -> int:
        """Insert the reactions to events that the rule does not know yet."""
        self.ensure_one()
        self.env.flush_all()
        company, segments = SQL("TRUE"), SQL("TRUE")
        if self.company_id:
            company = SQL("event.company_id = %s", self.company_id.id)
        if self.segment_ids:
            segments = SQL("customer.segment_id = ANY(%s)", self.segment_ids.ids)
        # Raw SQL: two servers that see one event at once meet on its key, and one of them wins.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_event_reaction
                       (rule_id, event_key, company_id, partner_id, customer_id, contact_id,
                        lead_id, order_id, public_event_id, event_at, due_at, trigger, state,
                        tries, create_uid, create_date, write_uid, write_date)
                SELECT %(rule)s, event.event_key, event.company_id, event.partner_id, customer.id,
                       event.contact_id, event.lead_id, event.order_id, event.public_event_id,
                       event.event_at, event.event_at + %(minutes)s * INTERVAL '1 minute',
                       %(trigger)s, 'waiting', 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(events)s) AS event
             LEFT JOIN crm_customer AS customer
                    ON customer.partner_id = event.partner_id
                   AND customer.company_id = event.company_id
                 WHERE event.company_id IS NOT NULL AND event.event_at >= %(since)s
                   AND %(company)s AND %(segments)s
                   AND NOT EXISTS (
                       SELECT FROM crm_event_reaction AS known
                        WHERE known.rule_id = %(rule)s AND known.event_key = event.event_key)
              ORDER BY event.event_at, event.event_key
                 LIMIT %(limit)s
           ON CONFLICT (rule_id, event_key) DO NOTHING
                """,
                rule=self.id,
                trigger=self.trigger,
                minutes=self.minutes,
                events=events,
                since=self.since,
                company=company,
                segments=segments,
                limit=LIMIT,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env["crm.event.reaction"].invalidate_model(flush=False)
        return self.env.cr.rowcount

    def _detect_request(self) -> SQL:
        """Leads, those that came by mail and web or all of them; none that a rule opened."""
        incoming = SQL("(creator.share OR creator.id = 1)")
        return SQL(
            """
            SELECT 'lead:' || lead.id AS event_key,
                   COALESCE(lead.company_id, team.company_id, salesperson.company_id,
                            %(company)s::int, creator.company_id) AS company_id,
                   person.commercial_partner_id AS partner_id, lead.partner_id AS contact_id,
                   lead.id AS lead_id, NULL::int AS order_id, NULL::int AS public_event_id,
                   lead.create_date AS event_at
              FROM crm_lead AS lead
              JOIN res_users AS creator ON creator.id = lead.create_uid
         LEFT JOIN res_partner AS person ON person.id = lead.partner_id
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS salesperson ON salesperson.id = lead.user_id
             WHERE lead.active AND lead.create_date >= %(since)s
               AND (%(incoming)s OR NOT %(only)s)
               AND NOT EXISTS (
                   SELECT FROM crm_event_reaction AS ours
                    WHERE ours.lead_id = lead.id AND ours.trigger <> %(request)s
                      AND ours.create_date <= lead.create_date + INTERVAL '1 minute')
            """,
            company=self.company_id.id or None,
            since=self.since,
            incoming=incoming,
            only=self.is_incoming_only,
            request=REQUEST,
        )

    def _detect_contract_end(self) -> SQL:
        """Confirmed orders whose contract ends within the days."""
        workdays, company = self.env["crm.workdays"], SQL("document.company_id")
        return SQL(
            """
            SELECT 'contract:' || document.id || ':' || document.crm_contract_end AS event_key,
                   document.company_id, person.commercial_partner_id AS partner_id,
                   document.partner_id AS contact_id, document.opportunity_id AS lead_id,
                   document.id AS order_id, NULL::int AS public_event_id,
                   GREATEST(%(begin)s, %(since)s)
                       AS event_at
              FROM sale_order AS document
              JOIN res_partner AS person ON person.id = document.partner_id
             WHERE document.state = 'sale' AND document.crm_contract_end >= %(today)s
               AND document.crm_contract_end - %(days)s <= %(today)s
            """,
            days=self.days,
            since=self.since,
            today=workdays._today_sql(company),
            begin=workdays._begin_sql(SQL("document.crm_contract_end - %s", self.days), company),
        )

    def _detect_silence(self) -> SQL:
        """Customers of whom no fact and no contact came for more than the days."""
        workdays = self.env["crm.workdays"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer_id, day, today
                  FROM (SELECT seen.*, %(today)s AS today
                          FROM (SELECT customer_id, company_id, MAX(date_last) AS day
                                  FROM crm_relationship
                                 WHERE active AND customer_id IS NOT NULL
                              GROUP BY customer_id, company_id) AS seen) AS seen
                 WHERE day + %(days)s < today
                """,
                days=self.days,
                today=workdays._today_sql(SQL("seen.company_id")),
            )
        )
        last = {customer_id: day for customer_id, day, _today in rows}
        today = {customer_id: now for customer_id, _day, now in rows}
        for customer_id, day in self.env["crm.customer"].browse(last)._last_contacts().items():
            last[customer_id] = max(last[customer_id], day)
        silent = {
            customer_id: day
            for customer_id, day in last.items()
            if day + timedelta(days=self.days) < today[customer_id]
        }
        return SQL(
            """
            SELECT 'silence:' || customer.id || ':' || spell.day AS event_key,
                   customer.company_id, customer.partner_id, NULL::int AS contact_id,
                   NULL::int AS lead_id, NULL::int AS order_id, NULL::int AS public_event_id,
                   %(begin)s AS event_at
              FROM unnest(%(ids)s::int[], %(last)s::date[]) AS spell(customer_id, day)
              JOIN crm_customer AS customer ON customer.id = spell.customer_id
            """,
            begin=workdays._begin_sql(
                SQL("spell.day + %s + 1", self.days), SQL("customer.company_id")
            ),
            ids=list(silent),
            last=list(silent.values()),
        )

    def _detect_birthday(self) -> SQL:
        """Customers whose first fact was some whole years before the day to come."""
        workdays, company = self.env["crm.workdays"], SQL("customer.company_id")
        return SQL(
            """
            SELECT 'birthday:' || customer.id || ':' || kept.day AS event_key,
                   customer.company_id, customer.partner_id, NULL::int AS contact_id,
                   NULL::int AS lead_id, NULL::int AS order_id, NULL::int AS public_event_id,
                   %(begin)s AS event_at
              FROM (SELECT customer_id, MIN(date_first) AS first
                      FROM crm_relationship
                     WHERE active AND customer_id IS NOT NULL
                  GROUP BY customer_id) AS begun
              JOIN crm_customer AS customer ON customer.id = begun.customer_id
        CROSS JOIN LATERAL (SELECT %(today)s AS day) AS today
        CROSS JOIN LATERAL (
                SELECT today.day + %(days)s - back AS day FROM generate_series(0, %(back)s) AS back
             ) AS kept
             WHERE EXTRACT(YEAR FROM kept.day) > EXTRACT(YEAR FROM begun.first)
               AND (begun.first + make_interval(
                       years => (EXTRACT(YEAR FROM kept.day)
                                 - EXTRACT(YEAR FROM begun.first))::int))::date = kept.day
            """,
            days=self.days,
            today=workdays._today_sql(company),
            begin=workdays._begin_sql(SQL("kept.day - %s", self.days), company),
            back=LOOK_BACK,
        )

    def _detect_price_list(self) -> SQL:
        """Customers who ordered lately by a price list of which a line was changed."""
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT 'price:' || change.pricelist_id || ':' || buyer.partner_id || ':'
                       || buyer.company_id || ':' || change.day AS event_key,
                   buyer.company_id, buyer.partner_id, NULL::int AS contact_id,
                   NULL::int AS lead_id, NULL::int AS order_id, NULL::int AS public_event_id,
                   (%(now)s)::timestamp AS event_at
              FROM (SELECT DISTINCT pricelist_id, write_date::date AS day
                      FROM product_pricelist_item
                     WHERE write_date >= %(since)s AND write_date >= %(recent)s) AS change
              JOIN (SELECT DISTINCT document.pricelist_id, document.company_id,
                           person.commercial_partner_id AS partner_id
                      FROM sale_order AS document
                      JOIN res_partner AS person ON person.id = document.partner_id
                     WHERE document.state = 'sale' AND document.pricelist_id IS NOT NULL
                       AND document.date_order >= %(now)s - %(months)s * INTERVAL '1 month'
                   ) AS buyer ON buyer.pricelist_id = change.pricelist_id
            """,
            now=now,
            since=self.since,
            recent=now - timedelta(days=LOOK_BACK),
            months=PRICE_LIST_MONTHS,
        )

    def _detect_client_change(self) -> SQL:
        """Customers whose name, numbers, address or people differ from when they were looked at."""
        return SQL(
            """
            SELECT 'client:' || look.customer_id || ':' || look.print AS event_key,
                   look.company_id, look.partner_id, NULL::int AS contact_id,
                   NULL::int AS lead_id, NULL::int AS order_id, NULL::int AS public_event_id,
                   (%(now)s)::timestamp AS event_at
              FROM (%(looks)s) AS look
             WHERE look.known IS NOT NULL AND look.known <> look.print
            """,
            now=fields.Datetime.now(),
            looks=self._client_looks(),
        )

    def _detect_public_event(self) -> SQL:
        """The customers of the event's segments, from so many days before it."""
        workdays, company = self.env["crm.workdays"], SQL("customer.company_id")
        return SQL(
            """
            SELECT 'public:' || event.id || ':' || customer.id AS event_key,
                   customer.company_id, customer.partner_id, NULL::int AS contact_id,
                   NULL::int AS lead_id, NULL::int AS order_id, event.id AS public_event_id,
                   GREATEST(%(begin)s, %(since)s, event.create_date)
                       AS event_at
              FROM crm_public_event AS event
              JOIN crm_customer AS customer
                ON event.company_id IS NULL OR event.company_id = customer.company_id
             WHERE event.active AND event.date >= %(today)s AND event.date - %(days)s <= %(today)s
               AND (NOT EXISTS (SELECT FROM crm_public_event_segment_rel AS link
                                 WHERE link.event_id = event.id)
                    OR EXISTS (SELECT FROM crm_public_event_segment_rel AS link
                                WHERE link.event_id = event.id
                                  AND link.segment_id = customer.segment_id))
            """,
            days=self.days,
            since=self.since,
            today=workdays._today_sql(company),
            begin=workdays._begin_sql(SQL("event.date - %s", self.days), company),
        )

    # how customers look
    @api.model
    def _client_looks(self) -> SQL:
        """SELECT of customers touched since the last look: a print of what matters, and the old.

        The print is a hash: it tells that something changed, and names nobody.
        """
        return SQL(
            """
            SELECT customer.id AS customer_id, customer.company_id, customer.partner_id,
                   customer.crm_client_print AS known,
                   md5(concat_ws('|', partner.name, partner.vat, partner.email, partner.phone,
                                 partner.website, partner.street, partner.street2, partner.zip,
                                 partner.city, partner.state_id, partner.country_id,
                                 people.words)) AS print
              FROM crm_customer AS customer
              JOIN res_partner AS partner ON partner.id = customer.partner_id
         LEFT JOIN LATERAL (
                SELECT string_agg(
                           concat_ws('|', person.id, person.name, person.email, person.phone,
                                     person.function), ';' ORDER BY person.id)
                           FILTER (WHERE person.active AND person.type = 'contact') AS words,
                       MAX(person.write_date) AS touched
                  FROM res_partner AS person WHERE person.parent_id = partner.id
             ) AS people ON TRUE
             WHERE customer.crm_client_seen_at IS NULL
                OR GREATEST(partner.write_date, people.touched) >= customer.crm_client_seen_at
            """
        )

    @api.model
    def _remember_clients(self) -> None:
        """Remember how the customers look now, to see the next change."""
        self.env.flush_all()
        # Raw SQL: one statement for all customers that were touched.
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer AS customer
                   SET crm_client_print = look.print, crm_client_seen_at = %s
                  FROM (%s) AS look
                 WHERE look.customer_id = customer.id
                """,
                fields.Datetime.now() - OVERLAP,
                self._client_looks(),
            )
        )
        self.env["crm.customer"].invalidate_model(
            ["crm_client_print", "crm_client_seen_at"], flush=False
        )
