from __future__ import annotations

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.measure import MeasureRow, MeasureScope


class CrmIndicator(models.Model):
    """What orders and contacts prove of the charter: rules 8 and 9, and needs from surveys."""

    _inherit = "crm.indicator"

    # rule 8: the right answer at delivery
    @api.model
    def _states_specs_delivered(self, scope: MeasureScope) -> SQL:
        """A specification on a line delivered in full passes when it was checked and met."""
        company = self.env["res.company"].browse(scope.company_id)
        day = SQL(
            "(document.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            self.env["crm.facts"]._zone(company),
        )
        return SQL(
            """
            SELECT period.key AS period_key, document.company_id,
                   person.commercial_partner_id AS partner_id, %(day)s AS day,
                   spec.id AS record_id, spec.verdict = 'met' AS is_good
              FROM sale_order_line AS line
              JOIN sale_order AS document ON document.id = line.order_id
              JOIN res_partner AS person ON person.id = document.partner_id
              JOIN crm_order_line_specification_rel AS rel ON rel.order_line_id = line.id
              JOIN crm_specification AS spec ON spec.id = rel.specification_id
              %(periods)s
             WHERE document.state = 'sale' AND document.company_id = %(company)s
               AND line.product_uom_qty > 0 AND line.qty_delivered >= line.product_uom_qty
            """,
            day=day,
            periods=self._state_period(scope, day),
            company=scope.company_id,
        )

    def _measure_specs_delivered(self, scope: MeasureScope) -> list[MeasureRow]:
        """Specifications met / specifications on order lines delivered in full."""
        return self._measure_states(scope, self._states_specs_delivered(scope))

    def _records_specs_delivered(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_specs_delivered(scope)
        return "crm.specification", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_specs_delivered(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_specs_delivered(scope)
        return "crm.specification", Domain("id", "in", self._state_records(scope, facts, True))

    # rule 9: one to one
    @api.model
    def _states_personal_share(self, scope: MeasureScope) -> SQL:
        """A contact of ours passes when a person of ours made it with a named person."""
        return SQL(
            """
            SELECT period.key AS period_key, contact.company_id, contact.partner_id,
                   contact.date AS day, contact.message_id AS record_id,
                   COALESCE(contact.user_id <> %(system)s
                            AND message.message_type <> 'email_outgoing'
                            AND NOT COALESCE(person.is_company, FALSE)
                            AND COALESCE(person.name, '') <> '', FALSE) AS is_good
              FROM (%(contacts)s) AS contact
              JOIN mail_message AS message ON message.id = contact.message_id
         LEFT JOIN res_partner AS person ON person.id = contact.person_id
              %(periods)s
             WHERE NOT contact.is_incoming AND contact.company_id = %(company)s
            """,
            system=SUPERUSER_ID,
            contacts=self.env["crm.channel"]._contacts_sql(),
            periods=self._state_period(scope, SQL("contact.date")),
            company=scope.company_id,
        )

    def _measure_personal_share(self, scope: MeasureScope) -> list[MeasureRow]:
        """Personal contacts / contacts that we made, by their day (S002-4.1-C)."""
        return self._measure_states(scope, self._states_personal_share(scope))

    def _records_personal_share(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_personal_share(scope)
        return "mail.message", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_personal_share(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_personal_share(scope)
        return "mail.message", Domain("id", "in", self._state_records(scope, facts, True))

    # needs that surveys told of
    @api.model
    def _states_needs_from_surveys(self, scope: MeasureScope) -> SQL:
        """A need passes when the input it was learned from is a survey or an answer to one."""
        day = self.env["crm.workdays"]._day_sql(SQL("need.create_date"), SQL("analysis.company_id"))
        return SQL(
            """
            SELECT period.key AS period_key, analysis.company_id, customer.partner_id,
                   %(day)s AS day, need.id AS record_id,
                   COALESCE(source.reference LIKE 'crm.satisfaction.answer,%%'
                            OR source.reference LIKE 'survey.survey,%%', FALSE) AS is_good
              FROM crm_need AS need
              JOIN crm_need_analysis AS analysis ON analysis.id = need.analysis_id
         LEFT JOIN crm_customer AS customer ON customer.id = analysis.customer_id
         LEFT JOIN crm_need_input AS source ON source.id = need.input_id
              %(periods)s
             WHERE need.active AND analysis.company_id = %(company)s
            """,
            day=day,
            periods=self._state_period(scope, day),
            company=scope.company_id,
        )

    def _measure_needs_from_surveys(self, scope: MeasureScope) -> list[MeasureRow]:
        """Needs that a survey told of / needs noted in the period (S000-9.9-I2)."""
        return self._measure_states(scope, self._states_needs_from_surveys(scope))

    def _records_needs_from_surveys(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_needs_from_surveys(scope)
        return "crm.need", Domain("id", "in", self._state_records(scope, facts, False))

    def _failing_needs_from_surveys(self, scope: MeasureScope) -> tuple[str, Domain]:
        facts = self._states_needs_from_surveys(scope)
        return "crm.need", Domain("id", "in", self._state_records(scope, facts, True))
