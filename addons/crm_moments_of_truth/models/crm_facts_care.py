from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.loyalty import CareFacts
from odoo.addons.crm_strategy.core.value import UNDEFINED, Undefined


class CrmFacts(models.AbstractModel):
    """Whether a customer was cared for: the floor of service, and what surveys say."""

    _inherit = "crm.facts"

    @api.model
    def _care_facts(
        self, company: models.BaseModel, customer_ids: Sequence[int], day: date
    ) -> dict[int, CareFacts] | Undefined:
        """The floor was kept when no case of the twelve months ran below it; expectations were
        exceeded when more was perceived than expected, on average over the answers."""
        workdays = self.env["crm.workdays"]
        first, after = day + relativedelta(years=-1, days=1), day + relativedelta(days=1)
        scope = {
            "company": company.id,
            "customers": list(customer_ids),
            "from": workdays._begin_sql(SQL("%s::date", first), SQL("%s", company.id)),
            "to": workdays._begin_sql(SQL("%s::date", after), SQL("%s", company.id)),
        }
        self.env.flush_all()
        floors = dict(self.env.execute_query(self._floor_sql(scope)))
        gaps = dict(self.env.execute_query(self._gap_sql(scope)))
        return {
            customer_id: CareFacts(
                floors.get(customer_id, UNDEFINED), gaps.get(customer_id, UNDEFINED)
            )
            for customer_id in floors.keys() | gaps.keys()
        }

    @api.model
    def _floor_sql(self, scope: dict) -> SQL:
        """SELECT of (customer, whether the floor was kept) of those who had a case."""
        return SQL(
            """
            SELECT document.customer_id, NOT bool_or(%(below)s)
              FROM crm_case AS document
             WHERE document.company_id = %(company)s
               AND document.customer_id = ANY(%(customers)s)
               AND document.opened_at >= %(from)s AND document.opened_at < %(to)s
               AND (document.floor_reply_due_at IS NOT NULL
                    OR document.floor_solve_due_at IS NOT NULL)
          GROUP BY document.customer_id
            """,
            below=self.env["crm.case"]._below_floor_sql("document"),
            **scope,
        )

    @api.model
    def _gap_sql(self, scope: dict) -> SQL:
        """SELECT of (customer, whether expectations were exceeded) of those who answered."""
        return SQL(
            """
            SELECT answer.customer_id, AVG(line.perceived - line.expected) > 0
              FROM crm_satisfaction_line AS line
              JOIN crm_satisfaction_answer AS answer ON answer.id = line.answer_id
             WHERE answer.company_id = %(company)s
               AND answer.customer_id = ANY(%(customers)s)
               AND answer.answered_at >= %(from)s AND answer.answered_at < %(to)s
               AND line.perceived IS NOT NULL AND line.expected IS NOT NULL
          GROUP BY answer.customer_id
            """,
            **scope,
        )
