from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL


class CrmChannelMix(models.Model):
    """Contacts with customers by channel: which way, when, by whom, in which segment (R9)."""

    _name = "crm.channel.mix"
    _description = "Channel Mix"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "channel_id"
    _depends = {
        "mail.message": ["date", "author_id", "model", "res_id", "message_type"],
        "crm.lead": ["partner_id", "company_id", "medium_id"],
        "crm.channel": ["active", "message_kind", "activity_type_ids", "medium_ids"],
        "crm.customer": ["partner_id", "company_id", "user_id"],
        "crm.segment.membership": ["partner_id", "segment_id", "date_from", "date_to"],
    }

    date = fields.Date(
        string="Day", readonly=True, help="The day of the contact, in the time zone of the company."
    )
    channel_id = fields.Many2one("crm.channel", string="Channel", readonly=True)
    direction = fields.Selection(
        [("in", "From the customer"), ("out", "From us")],
        readonly=True,
        help="Who began the contact.",
    )
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    customer_id = fields.Many2one("crm.customer", string="Customer record", readonly=True)
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment then",
        readonly=True,
        help="The segment in which the customer was on the day of the contact.",
    )
    team_id = fields.Many2one(
        "crm.team", string="Team", readonly=True, help="The team of that segment."
    )
    owner_id = fields.Many2one("res.users", string="Owner of the customer", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Our person",
        readonly=True,
        help="Who of us made the contact; empty where the customer made it.",
    )
    contact_count = fields.Integer(
        string="Contacts", readonly=True, help="How many contacts of that day, channel and person."
    )

    @property
    def _table_query(self) -> SQL:
        Membership = self.env["crm.segment.membership"]
        return SQL(
            """
            SELECT ('x' || substr(md5(concat_ws('|', contact.company_id, contact.partner_id,
                    contact.channel_id, contact.date, contact.user_id, contact.is_incoming)),
                    1, 13))::bit(52)::bigint AS id,
                   contact.date, contact.channel_id,
                   CASE WHEN contact.is_incoming THEN 'in' ELSE 'out' END AS direction,
                   contact.company_id, contact.partner_id, customer.id AS customer_id,
                   membership.segment_id, segment_team.id AS team_id,
                   customer.user_id AS owner_id, contact.user_id, contact.contact_count
              FROM (
                SELECT company_id, partner_id, channel_id, date, user_id, is_incoming,
                       COUNT(*) AS contact_count
                  FROM (%(contacts)s) AS one
                 WHERE company_id = ANY(%(companies)s)
              GROUP BY 1, 2, 3, 4, 5, 6
              ) AS contact
         LEFT JOIN crm_customer AS customer
                ON customer.partner_id = contact.partner_id
               AND customer.company_id = contact.company_id
            %(membership)s
            %(team)s
            """,
            contacts=self.env["crm.channel"]._contacts_sql(),
            companies=self.env.companies.ids,
            membership=Membership._join_at(
                SQL("contact.partner_id"), SQL("contact.company_id"), SQL("contact.date")
            ),
            team=Membership._team_join(),
        )

    @api.readonly
    def action_open_customer(self) -> dict:
        """Open the customer behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.customer",
            "res_id": self.customer_id.id,
            "views": [(False, "form")],
        }
