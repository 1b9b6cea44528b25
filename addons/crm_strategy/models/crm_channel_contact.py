from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL


class CrmChannelContact(models.AbstractModel):
    """The one way in which contacts with customers are counted (S000-9.5-R9)."""

    _name = "crm.channel.contact"
    _description = "Contacts by Channel"

    @api.model
    @api.private
    def _contacts_sql(self) -> SQL:
        """SELECT of one row per contact made, of all companies and times, whoever asks.

        Columns: company_id, partner_id (the commercial partner), person_id (the contact of the
        customer, or the customer itself), channel_id, date (in the zone of the company), user_id
        (our person; NULL when nobody of ours took part), is_incoming, message_id (NULL for what is
        no message) and lead_id (NULL for what is on no lead). Flush before; filter by company and
        date outside.

        A contact is an activity done, a message exchanged with the customer, or a lead that came
        through a medium. What counts for no channel is not there. An addon adds documents in
        ``_contact_queries``.
        """
        return SQL(
            """
            SELECT made.company_id, made.partner_id, made.person_id, made.channel_id,
                   (made.at AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS date,
                   made.user_id, made.is_incoming, made.message_id, made.lead_id
              FROM (%s) AS made
         LEFT JOIN res_company AS company ON company.id = made.company_id
         LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
            """,
            SQL(" UNION ALL ").join(SQL("(%s)", query) for query in self._contact_queries()),
        )

    @api.model
    def _contact_queries(self) -> list[SQL]:
        """The branches of ``_contacts_sql``, with the time ``at`` (in UTC) in place of the date."""
        return [self._contact_activities(), self._contact_messages(), self._contact_leads()]

    @api.model
    def _contact_threads(self) -> SQL:
        """(model, id, lead, company, person, commercial partner) of what messages hang on."""
        return SQL(
            """
            SELECT 'crm.lead' AS model, lead.id, lead.id AS lead_id,
                   COALESCE(lead.company_id, team.company_id, salesperson.company_id)
                       AS company_id,
                   person.id AS person_id, person.commercial_partner_id AS partner_id
              FROM crm_lead AS lead
              JOIN res_partner AS person ON person.id = lead.partner_id
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS salesperson ON salesperson.id = lead.user_id
         UNION ALL
            SELECT 'res.partner', person.id, NULL, person.company_id,
                   person.id, person.commercial_partner_id
              FROM res_partner AS person
            """
        )

    @api.model
    def _contact_activities(self) -> SQL:
        # Odoo leaves one message for each activity done, also where activities are not kept.
        return SQL(
            """
            SELECT COALESCE(thread.company_id, message.record_company_id, colleague.company_id)
                       AS company_id,
                   thread.partner_id, thread.person_id, channel.id AS channel_id,
                   message.date AS at, colleague.id AS user_id,
                   FALSE AS is_incoming, message.id AS message_id, thread.lead_id
              FROM mail_message AS message
              JOIN (%s) AS thread ON thread.model = message.model AND thread.id = message.res_id
              JOIN crm_channel_activity_type_rel AS way
                ON way.activity_type_id = message.mail_activity_type_id
              JOIN crm_channel AS channel ON channel.id = way.channel_id AND channel.active
         LEFT JOIN LATERAL (%s) AS colleague ON TRUE
             WHERE message.mail_activity_type_id IS NOT NULL
            """,
            self._contact_threads(),
            self._contact_colleague(SQL("message.author_id")),
        )

    @api.model
    def _contact_messages(self) -> SQL:
        return SQL(
            """
            SELECT COALESCE(thread.company_id, message.record_company_id, colleague.company_id)
                       AS company_id,
                   thread.partner_id,
                   COALESCE(reader.id, CASE WHEN author.commercial_partner_id = thread.partner_id
                        THEN author.id ELSE thread.person_id END) AS person_id,
                   channel.id AS channel_id, message.date AS at,
                   colleague.id AS user_id, colleague.id IS NULL AS is_incoming,
                   message.id AS message_id, thread.lead_id
              FROM mail_message AS message
              JOIN (%(threads)s) AS thread
                ON thread.model = message.model AND thread.id = message.res_id
         LEFT JOIN res_partner AS author ON author.id = message.author_id
         LEFT JOIN LATERAL (%(colleague)s) AS colleague ON TRUE
         LEFT JOIN LATERAL (%(received)s) AS reader ON colleague.id IS NOT NULL
         LEFT JOIN mail_message_subtype AS subtype ON subtype.id = message.subtype_id
              JOIN crm_channel AS channel
                ON channel.active
               AND channel.message_kind = CASE
                   WHEN message.message_type = 'sms' THEN 'sms'
                   WHEN colleague.id IS NULL AND message.message_type = 'comment' THEN 'portal'
                   ELSE 'email' END
             WHERE message.mail_activity_type_id IS NULL
               AND message.message_type IN ('email', 'comment', 'email_outgoing', 'sms')
               AND NOT COALESCE(message.is_internal, FALSE)
               AND NOT COALESCE(subtype.internal, FALSE)
               AND (
                    (colleague.id IS NULL AND author.commercial_partner_id = thread.partner_id)
                 OR reader.id IS NOT NULL
               )
            """,
            threads=self._contact_threads(),
            colleague=self._contact_colleague(SQL("message.author_id")),
            received=self._contact_received(),
        )

    @api.model
    def _contact_received(self) -> SQL:
        """Who of the customer got the message of ours; the person of the record before others."""
        return SQL(
            """
            SELECT person.id
              FROM (SELECT notice.res_partner_id AS id FROM mail_notification AS notice
                     WHERE notice.mail_message_id = message.id
                 UNION ALL
                    SELECT address.res_partner_id FROM mail_message_res_partner_rel AS address
                     WHERE address.mail_message_id = message.id) AS got
              JOIN res_partner AS person ON person.id = got.id
             WHERE person.commercial_partner_id = thread.partner_id
          ORDER BY person.id = thread.person_id DESC, person.id
             LIMIT 1
            """
        )

    @api.model
    def _contact_leads(self) -> SQL:
        return SQL(
            """
            SELECT thread.company_id, thread.partner_id, thread.person_id,
                   channel.id AS channel_id, lead.create_date AS at,
                   NULL::integer AS user_id, TRUE AS is_incoming,
                   NULL::integer AS message_id, lead.id AS lead_id
              FROM crm_lead AS lead
              JOIN (%s) AS thread ON thread.model = 'crm.lead' AND thread.id = lead.id
              JOIN crm_channel_medium_rel AS way ON way.medium_id = lead.medium_id
              JOIN crm_channel AS channel ON channel.id = way.channel_id AND channel.active
            """,
            self._contact_threads(),
        )

    @api.model
    def _contact_colleague(self, partner: SQL) -> SQL:
        """The user of ours behind a partner; none for customers with a portal login."""
        return SQL(
            "SELECT colleague.id, colleague.company_id FROM res_users AS colleague "
            "WHERE colleague.partner_id = %s AND NOT COALESCE(colleague.share, FALSE) "
            "ORDER BY colleague.id LIMIT 1",
            partner,
        )

    @api.model
    @api.private
    def _allowed_sql(self) -> SQL:
        """SELECT of (segment_id, channel_id): the channels by which a segment is to be met.

        Those that the channel policy in the plan of the segment names; without one every active
        channel whose contacts can be recognised.
        """
        return SQL(
            """
            WITH named AS (
                SELECT plan.segment_id, way.crm_channel_id AS channel_id
                  FROM crm_channel_policy AS policy
                  JOIN crm_segment_plan AS plan ON plan.id = policy.plan_id
                  JOIN crm_channel_crm_channel_policy_rel AS way
                    ON way.crm_channel_policy_id = policy.id
                  JOIN crm_channel AS channel ON channel.id = way.crm_channel_id AND channel.active
            )
            SELECT segment_id, channel_id FROM named
         UNION
            SELECT segment.id, channel.id
              FROM crm_segment AS segment
        CROSS JOIN crm_channel AS channel
             WHERE channel.active
               AND NOT EXISTS (SELECT FROM named WHERE named.segment_id = segment.id)
               AND (channel.message_kind IS NOT NULL
                    OR EXISTS (SELECT FROM crm_channel_activity_type_rel AS way
                                WHERE way.channel_id = channel.id)
                    OR EXISTS (SELECT FROM crm_channel_medium_rel AS way
                                WHERE way.channel_id = channel.id))
            """
        )

    @api.model
    @api.private
    def _count_contacts(
        self,
        companies: models.BaseModel,
        date_from: date | None = None,
        date_to: date | None = None,
    ) -> dict[int, int]:
        """Channel id -> contacts of the companies in [date_from, date_to), default 12 months."""
        today = self.env["crm.segment.membership"]._today(self.env.company)
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT contact.channel_id, COUNT(*)
                      FROM (%(contacts)s) AS contact
                     WHERE contact.company_id = ANY(%(companies)s)
                       AND contact.date >= %(date_from)s AND contact.date < %(date_to)s
                  GROUP BY contact.channel_id
                    """,
                    contacts=self._contacts_sql(),
                    companies=companies.ids,
                    date_from=date_from or today - relativedelta(years=1),
                    date_to=date_to or today + relativedelta(days=1),
                )
            )
        )
