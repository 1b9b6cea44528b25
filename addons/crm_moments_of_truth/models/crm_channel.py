from __future__ import annotations

from odoo import api, models
from odoo.tools import SQL


class CrmChannel(models.Model):
    """Messages on cases, and cases that came in without one, are contacts (S002-2.2-V2)."""

    _inherit = "crm.channel"

    @api.model
    def _contact_threads(self) -> SQL:
        return SQL(
            """
            %s
         UNION ALL
            SELECT 'crm.case', thread_case.id, NULL, thread_case.company_id,
                   thread_case.contact_id, thread_case.partner_id
              FROM crm_case AS thread_case
             WHERE thread_case.partner_id IS NOT NULL
            """,
            super()._contact_threads(),
        )

    @api.model
    def _contact_queries(self) -> list[SQL]:
        # An e-mail is a message of its own; a call or a form in the portal leaves only the case.
        reported = SQL(
            """
            SELECT reported.company_id, reported.partner_id, reported.contact_id AS person_id,
                   reported.channel_id, reported.opened_at AS at,
                   NULL::integer AS user_id, TRUE AS is_incoming, NULL::integer AS message_id,
                   NULL::integer AS lead_id
              FROM crm_case AS reported
              JOIN crm_channel AS channel ON channel.id = reported.channel_id AND channel.active
             WHERE reported.partner_id IS NOT NULL AND reported.intake != 'mail'
            """
        )
        return [*super()._contact_queries(), reported]
