from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.company_day_field import CompanyDayField

# Cases that came in without a message stand behind the messages.
BRANCH = 10**12


class CrmMessageReport(models.Model):
    """Messages with customers in and out by channel, and how long the first reply took."""

    _name = "crm.message.report"
    _description = "Messages with Customers"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "channel_id"
    _depends = {
        "crm.case": ["company_id", "contact_id", "partner_id", "channel_id", "opened_at", "intake"],
        "crm.channel": ["message_kind", "activity_type_ids", "medium_ids", "active"],
        "crm.customer": ["segment_id", "user_id", "partner_id", "company_id"],
        "crm.lead": ["partner_id", "company_id", "team_id", "user_id"],
        "mail.message": ["date", "author_id", "model", "res_id", "message_type"],
    }

    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    at = fields.Datetime(string="Date", readonly=True)
    date = CompanyDayField(moment="at")
    direction = fields.Selection(
        [("in", "From the customer"), ("out", "From us")], string="Direction", readonly=True
    )
    channel_id = fields.Many2one("crm.channel", string="Channel", readonly=True)
    user_id = fields.Many2one("res.users", string="Our person", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer's company", readonly=True)
    customer_id = fields.Many2one("crm.customer", string="Customer", readonly=True)
    segment_id = fields.Many2one("crm.segment", string="Segment today", readonly=True)
    res_model = fields.Char(string="Document kind", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document number", model_field="res_model", readonly=True, aggregator=None
    )
    message_count = fields.Integer(string="Messages", readonly=True)
    asked_count = fields.Integer(
        string="Waited for a reply",
        readonly=True,
        help="Messages of the customer that began to wait: the first after our last word.",
    )
    replied_count = fields.Integer(
        string="Replied", readonly=True, help="Of these, those that got a reply of ours."
    )
    reply_sum = fields.Float(string="Hours waited", readonly=True)
    reply_rate = fields.Float(
        string="Replied (share)",
        readonly=True,
        aggregator="avg",
        help="Replied / waited for a reply; on whatever channel we replied.",
    )
    reply_hours = fields.Float(
        string="First reply after (hours)",
        readonly=True,
        aggregator="avg",
        help="Hours by the clock from the customer's message to our first word after it, on "
        "average of those replied.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH said AS (
                SELECT contact.message_id::bigint AS id, contact.company_id, contact.partner_id,
                       contact.channel_id, contact.user_id, contact.is_incoming, message.date AS at,
                       message.model AS res_model, message.res_id
                  FROM (%(contacts)s) AS contact
                  JOIN mail_message AS message ON message.id = contact.message_id
                 WHERE contact.company_id = ANY(%(companies)s)
             UNION ALL
                SELECT %(branch)s::bigint + reported.id, reported.company_id, reported.partner_id,
                       reported.channel_id, NULL::int, TRUE, reported.opened_at,
                       'crm.case', reported.id
                  FROM crm_case AS reported
                  JOIN crm_channel AS channel
                    ON channel.id = reported.channel_id AND channel.active
                 WHERE reported.partner_id IS NOT NULL AND reported.intake != 'mail'
                   AND reported.company_id = ANY(%(companies)s)
            ),
            placed AS (
                SELECT said.*,
                       LAG(is_incoming) OVER talk AS was_incoming,
                       MIN(at) FILTER (WHERE NOT is_incoming) OVER (
                           PARTITION BY company_id, partner_id ORDER BY at, id
                           ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
                       ) AS replied_at
                  FROM said
                WINDOW talk AS (PARTITION BY company_id, partner_id ORDER BY at, id)
            ),
            counted AS (
                SELECT placed.*, is_incoming AND NOT COALESCE(was_incoming, FALSE) AS asks
                  FROM placed
            )
            SELECT counted.id, counted.company_id, counted.at, counted.channel_id, counted.user_id,
                   counted.partner_id, customer.id AS customer_id, customer.segment_id,
                   counted.res_model, counted.res_id,
                   CASE WHEN is_incoming THEN 'in' ELSE 'out' END AS direction,
                   1 AS message_count,
                   asks::int AS asked_count,
                   (asks AND replied_at IS NOT NULL)::int AS replied_count,
                   CASE WHEN asks THEN EXTRACT(EPOCH FROM replied_at - at) / 3600 END AS reply_sum,
                   CASE WHEN asks THEN (replied_at IS NOT NULL)::int::float END AS reply_rate,
                   CASE WHEN asks THEN EXTRACT(EPOCH FROM replied_at - at) / 3600 END
                       AS reply_hours
              FROM counted
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = counted.partner_id
               AND customer.company_id = counted.company_id
            """,
            contacts=self.env["crm.channel"]._contacts_sql(),
            branch=BRANCH,
            companies=self.env.companies.ids,
        )

    @api.model
    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Share and hours of a group are ratios of sums; NULL where there is no figure."""
        name = aggregate_spec.partition(":")[0]
        ratios = {
            "reply_rate": ("replied_count", "asked_count"),
            "reply_hours": ("reply_sum", "replied_count"),
        }
        if name not in ratios:
            return super()._read_group_select(aggregate_spec, query)
        above, below = (self._field_to_sql(self._table, part, query) for part in ratios[name])
        return SQL("SUM(%s)::float / NULLIF(SUM(%s), 0)", above, below)

    @api.readonly
    def action_open_document(self) -> dict:
        """Open what the message stands on, with the reader's rights."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
