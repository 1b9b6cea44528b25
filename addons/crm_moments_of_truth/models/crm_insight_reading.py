from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL


class CrmInsightReading(models.Model):
    """That a colleague read an insight of somebody else on a day (S000-9.3-07)."""

    _name = "crm.insight.reading"
    _description = "Reading of an Insight"
    _inherit = "crm.privacy.mixin"
    _order = "date desc, id desc"
    _rec_name = "insight_id"
    _privacy_purpose = "accountability"
    _privacy_expiry = "delete"
    _privacy_date_field = "date"

    insight_id = fields.Many2one(
        "crm.insight",
        string="Insight",
        required=True,
        index=True,
        ondelete="cascade",
        help="What was read.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", help="Our company."
    )
    user_id = fields.Many2one(
        "res.users", string="Reader", index=True, ondelete="cascade", help="Who read it."
    )
    date = fields.Date(required=True, help="The day of the reading; each reader counts once a day.")

    _day_uniq = models.UniqueIndex(
        "(insight_id, user_id, date)", "This reading is counted already."
    )

    @api.model
    @api.private
    def _note(self, insight: models.BaseModel) -> None:
        """Count that the person has the insight before the eyes; the author does not count."""
        # Raw SQL: two pages opened at once count once, and nobody waits or fails.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_insight_reading
                       (insight_id, company_id, user_id, date,
                        create_uid, create_date, write_uid, write_date)
                SELECT insight.id, insight.company_id, %(user)s, %(today)s,
                       %(user)s, %(now)s, %(user)s, %(now)s
                  FROM crm_insight AS insight
                 WHERE insight.id = %(insight)s
                   AND insight.user_id IS DISTINCT FROM %(user)s
                   AND insight.create_uid IS DISTINCT FROM %(user)s
           ON CONFLICT DO NOTHING
                """,
                insight=insight.id,
                user=self.env.uid,
                today=fields.Date.context_today(insight),
                now=self.env.cr.now(),
            )
        )
