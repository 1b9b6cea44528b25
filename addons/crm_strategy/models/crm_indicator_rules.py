from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.measure import COMPANY, SEGMENT, MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """The rules of the charter that CRM's own records prove (S000-9.5-R1, -R5, -R8, -R9)."""

    _inherit = "crm.indicator"

    # rule 1: no relation hangs in the air
    @api.model
    def _states_rule_continuity(self, scope: MeasureScope) -> SQL:
        """A customer passes when it has an active owner, so have its open leads, and nothing of
        it is offered without an answer, on the last day of the period."""
        return SQL(
            """
            SELECT period.key AS period_key, customer.company_id, customer.partner_id, period.day,
                   customer.id AS record_id,
                   owner.id IS NOT NULL
                   AND orphan.partner_id IS NULL
                   AND hanging.partner_id IS NULL AS is_good
              FROM %(days)s
              JOIN (%(customers)s) AS customer ON customer.since <= period.day
         LEFT JOIN res_users AS owner ON owner.id = customer.user_id AND owner.active
         LEFT JOIN LATERAL (
                SELECT lead.partner_id FROM (%(leads)s) AS lead
             LEFT JOIN res_users AS seller ON seller.id = lead.user_id AND seller.active
                 WHERE lead.partner_id = customer.partner_id
                   AND lead.company_id = customer.company_id
                   AND lead.opened <= period.day
                   AND (lead.closed IS NULL OR lead.closed > period.day)
                   AND seller.id IS NULL LIMIT 1
              ) AS orphan ON TRUE
         LEFT JOIN LATERAL (
                SELECT handoff.partner_id FROM (%(handoffs)s) AS handoff
                 WHERE handoff.partner_id = customer.partner_id
                   AND handoff.company_id = customer.company_id
                   AND handoff.offered <= period.day
                   AND (handoff.answered IS NULL OR handoff.answered > period.day) LIMIT 1
              ) AS hanging ON TRUE
            """,
            days=self._state_days(scope),
            customers=self._state_customers(scope),
            leads=self._state_leads(),
            handoffs=self._state_handoffs(),
        )

    def _measure_rule_continuity(self, scope: MeasureScope) -> list[MeasureRow]:
        """Customers in good hands / customers."""
        return self._measure_states(scope, self._states_rule_continuity(scope))

    def _records_rule_continuity(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_continuity(scope)
        return "crm.customer", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_rule_continuity(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_continuity(scope)
        return "crm.customer", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_opportunity_owner(self, scope: MeasureScope) -> SQL:
        return SQL(
            """
            SELECT period.key AS period_key, lead.company_id, lead.partner_id, period.day,
                   lead.id AS record_id, owner.id IS NOT NULL AS is_good
              FROM %(days)s
              JOIN (%(leads)s) AS lead
                ON lead.opened <= period.day AND (lead.closed IS NULL OR lead.closed > period.day)
         LEFT JOIN res_users AS owner ON owner.id = lead.user_id AND owner.active
            """,
            days=self._state_days(scope),
            leads=self._state_leads(),
        )

    def _measure_opportunity_owner(self, scope: MeasureScope) -> list[MeasureRow]:
        """Open leads with an active owner / open leads, on the last day of the period."""
        return self._measure_states(scope, self._states_opportunity_owner(scope))

    def _records_opportunity_owner(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_opportunity_owner(scope)
        return "crm.lead", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_opportunity_owner(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_opportunity_owner(scope)
        return "crm.lead", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_handoff_accepted(self, scope: MeasureScope) -> SQL:
        return SQL(
            """
            SELECT period.key AS period_key, handoff.company_id, handoff.partner_id,
                   handoff.offered AS day, handoff.id AS record_id,
                   handoff.state = 'accepted' AS is_good
              FROM (%(handoffs)s) AS handoff
              %(periods)s
             WHERE handoff.state <> 'withdrawn'
            """,
            handoffs=self._state_handoffs(),
            periods=self._state_period(scope, SQL("handoff.offered")),
        )

    def _measure_handoff_accepted(self, scope: MeasureScope) -> list[MeasureRow]:
        """Hand-offs accepted / offered and not withdrawn, by the day of the offer."""
        return self._measure_states(scope, self._states_handoff_accepted(scope))

    def _records_handoff_accepted(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_handoff_accepted(scope)
        return "crm.handoff", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_handoff_accepted(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_handoff_accepted(scope)
        return "crm.handoff", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 5: a customer is people
    @api.model
    def _states_rule_people(self, scope: MeasureScope) -> SQL:
        """A customer passes with a named contact who has a role; a person is its own contact."""
        return SQL(
            """
            SELECT period.key AS period_key, customer.company_id, customer.partner_id, period.day,
                   customer.id AS record_id,
                   EXISTS (
                    SELECT FROM res_partner AS person
                     WHERE person.commercial_partner_id = customer.partner_id
                       AND person.active
                       AND NOT COALESCE(person.is_company, FALSE)
                       AND COALESCE(person.name, '') <> ''
                       AND (person.id = customer.partner_id
                            OR (person.type = 'contact' AND person.crm_decision_role IS NOT NULL))
                   ) AS is_good
              FROM %(days)s
              JOIN (%(customers)s) AS customer ON customer.since <= period.day
            """,
            days=self._state_days(scope),
            customers=self._state_customers(scope),
        )

    def _measure_rule_people(self, scope: MeasureScope) -> list[MeasureRow]:
        """Customers with a named contact and role / customers, on the last day."""
        return self._measure_states(scope, self._states_rule_people(scope))

    def _records_rule_people(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_people(scope)
        return "crm.customer", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_rule_people(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_rule_people(scope)
        return "crm.customer", Domain("id", "in", self._state_records(scope, facts, True))

    @api.model
    def _states_messages_answered(self, scope: MeasureScope) -> SQL:
        """A customer's message passes when somebody of the segment's team answered it later."""
        return SQL(
            """
            WITH contact AS MATERIALIZED (
                SELECT contact.*, message.model, message.res_id, message.date AS at
                  FROM (%(contacts)s) AS contact
                  JOIN mail_message AS message ON message.id = contact.message_id
                 WHERE contact.company_id = %(company)s
            )
            SELECT period.key AS period_key, question.company_id, question.partner_id,
                   question.date AS day, question.message_id AS record_id,
                   EXISTS (
                    SELECT FROM contact AS answer
                     WHERE NOT answer.is_incoming
                       AND answer.model = question.model
                       AND answer.res_id = question.res_id
                       AND answer.message_id > question.message_id
                       AND answer.user_id IN (
                            SELECT member.user_id FROM crm_team_member AS member
                             WHERE member.crm_team_id = team.id AND member.active
                         UNION ALL
                            SELECT seat.user_id FROM crm_team_seat AS seat
                             WHERE seat.team_id = team.id
                         UNION ALL
                            SELECT team.user_id)
                   ) AS is_good
              FROM contact AS question
              %(periods)s
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = question.partner_id
               AND customer.company_id = question.company_id
         LEFT JOIN crm_team AS team
                ON team.crm_segment_id = customer.segment_id AND team.active
             WHERE question.is_incoming
            """,
            contacts=self.env["crm.channel"]._contacts_sql(),
            company=scope.company_id,
            periods=self._state_period(scope, SQL("question.date")),
        )

    def _measure_messages_answered(self, scope: MeasureScope) -> list[MeasureRow]:
        """Messages of customers answered by the team / messages of customers, by their day."""
        return self._measure_states(scope, self._states_messages_answered(scope))

    def _records_messages_answered(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_messages_answered(scope)
        return "mail.message", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_messages_answered(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_messages_answered(scope)
        return "mail.message", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 8: what law and customer ask for
    def _measure_rule_requirements(self, scope: MeasureScope) -> list[MeasureRow]:
        """Needs, legal ones too, that an approved way leads to a commitment / needs noted."""
        return self._measure_needs(scope, "is_settled")

    def _records_rule_requirements(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_needs(scope)

    def _failing_rule_requirements(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._records_needs(scope, SQL("NOT COALESCE(need.is_settled, FALSE)"))

    # rule 9: all channels, the preferred one first
    @api.model
    def _channel_use(self, scope: MeasureScope) -> SQL:
        """(period_key, scope_id, channel_id, is_good) of allowed channels where anybody met."""
        joins, key = self._states_place(scope)
        place = {COMPANY: SQL("0"), SEGMENT: SQL("segment.id")}.get(scope.scope, SQL("team.id"))
        return SQL(
            """
            WITH used AS (
                SELECT DISTINCT fact.period_key, %(key)s AS scope_id, fact.channel_id
                  FROM (
                    SELECT period.key AS period_key, contact.company_id, contact.partner_id,
                           contact.date AS day, contact.channel_id
                      FROM (%(contacts)s) AS contact
                      %(periods)s
                     WHERE contact.company_id = %(company)s
                  ) AS fact
                  %(joins)s
            ), allowed AS (
                SELECT DISTINCT %(place)s AS scope_id, allowed.channel_id
                  FROM (%(allowed)s) AS allowed
                  JOIN crm_segment AS segment
                    ON segment.id = allowed.segment_id AND segment.active
                   AND segment.company_id = %(company)s
             LEFT JOIN crm_team AS team ON team.crm_segment_id = segment.id AND team.active
            )
            SELECT met.period_key, met.scope_id, allowed.channel_id,
                   used.channel_id IS NOT NULL AS is_good
              FROM (SELECT DISTINCT period_key, scope_id FROM used) AS met
              JOIN allowed ON allowed.scope_id = met.scope_id
         LEFT JOIN used ON used.period_key = met.period_key
               AND used.scope_id = met.scope_id
               AND used.channel_id = allowed.channel_id
            """,
            key=key,
            contacts=self.env["crm.channel"]._contacts_sql(),
            periods=self._state_period(scope, SQL("contact.date")),
            company=scope.company_id,
            joins=joins,
            place=place,
            allowed=self.env["crm.channel"]._allowed_sql(),
        )

    def _measure_rule_channels(self, scope: MeasureScope) -> list[MeasureRow]:
        """Channels used / channels allowed; without any contact there is no figure."""
        self.env.flush_all()
        wanted = SQL("TRUE")
        if scope.scope != COMPANY and scope.scope_ids is not None:
            wanted = SQL("scope_id = ANY(%s)", list(scope.scope_ids))
        rows = self.env.execute_query(
            SQL(
                "SELECT period_key, scope_id, COUNT(*) FILTER (WHERE is_good), COUNT(*), COUNT(*)"
                " FROM (%s) AS channel WHERE %s GROUP BY 1, 2",
                self._channel_use(scope),
                wanted,
            )
        )
        return [MeasureRow(*row) for row in rows]

    def _records_rule_channels(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._channel_records(scope, SQL("TRUE"))

    def _failing_rule_channels(self, scope: MeasureScope) -> tuple[str, Domain]:
        return self._channel_records(scope, SQL("NOT is_good"))

    def _channel_records(self, scope: MeasureScope, which: SQL) -> tuple[str, Domain]:
        scope_id, _key = scope.single()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT channel_id FROM (%s) AS channel WHERE scope_id = %s AND %s",
                self._channel_use(scope),
                scope_id,
                which,
            )
        )
        return "crm.channel", Domain("id", "in", [row[0] for row in rows])

    @api.model
    def _states_preferred_channel(self, scope: MeasureScope) -> SQL:
        return SQL(
            """
            SELECT period.key AS period_key, contact.company_id, contact.partner_id,
                   contact.date AS day, contact.person_id AS record_id,
                   contact.channel_id = person.crm_channel_id AS is_good
              FROM (%(contacts)s) AS contact
              JOIN res_partner AS person
                ON person.id = contact.person_id AND person.crm_channel_id IS NOT NULL
              %(periods)s
             WHERE NOT contact.is_incoming AND contact.company_id = %(company)s
            """,
            contacts=self.env["crm.channel"]._contacts_sql(),
            periods=self._state_period(scope, SQL("contact.date")),
            company=scope.company_id,
        )

    def _measure_preferred_channel(self, scope: MeasureScope) -> list[MeasureRow]:
        """People reached only as they prefer / people reached who told what they prefer."""
        return self._measure_states(scope, self._states_preferred_channel(scope))

    def _records_preferred_channel(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_preferred_channel(scope)
        return "res.partner", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_preferred_channel(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_preferred_channel(scope)
        return "res.partner", Domain("id", "in", self._state_records(scope, facts, True))
