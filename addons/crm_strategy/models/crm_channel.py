from __future__ import annotations

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Odoo's own activities and media, by the channel of ours for which they count.
KNOWN = {
    "crm_strategy.crm_channel_visit": {
        "activity_type_ids": ["mail.mail_activity_data_meeting"],
        "medium_ids": ["utm.utm_medium_direct"],
    },
    "crm_strategy.crm_channel_phone": {
        "activity_type_ids": ["mail.mail_activity_data_call"],
        "medium_ids": ["utm.utm_medium_phone"],
    },
    "crm_strategy.crm_channel_email": {
        "activity_type_ids": ["mail.mail_activity_data_email"],
        "medium_ids": ["utm.utm_medium_email"],
    },
    "crm_strategy.crm_channel_web": {"medium_ids": ["utm.utm_medium_website"]},
}


class CrmChannel(models.Model):
    """A way in which we and a customer meet: a visit, the telephone, e-mail (S000-9.8-07)."""

    _name = "crm.channel"
    _description = "Channel"
    _inherit = ["crm.audited.mixin", "crm.channel.contact"]
    _order = "sequence, name, id"

    # identity
    name = fields.Char(
        required=True, translate=True, help="What your people and your customers call the channel."
    )
    code = fields.Char(required=True, help="A short word for files and figures; it stays.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick when you no longer use the channel.")
    is_personal = fields.Boolean(
        string="Person to person",
        help="Ticked: somebody of yours talks to somebody of theirs. Not ticked: a machine or a "
        "public place answers, as a web page does.",
    )
    description = fields.Text(translate=True, help="What the channel is good for, and for whom.")
    # where its contacts are found
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        "crm_channel_activity_type_rel",
        "channel_id",
        "activity_type_id",
        string="Activities",
        help="An activity of these types that is done on a customer or an opportunity counts as a "
        "contact through this channel.",
    )
    medium_ids = fields.Many2many(
        "utm.medium",
        "crm_channel_medium_rel",
        "channel_id",
        "medium_id",
        string="Media",
        help="An opportunity that came through one of these media counts as a contact that the "
        "customer made through this channel.",
    )
    message_kind = fields.Selection(
        [
            ("email", "E-mails from and to the customer"),
            ("portal", "Messages that the customer writes in the portal"),
            ("sms", "Text messages to the customer"),
        ],
        string="Messages",
        help="Messages of this kind on a customer or an opportunity count as contacts through "
        "this channel.",
    )
    contact_count = fields.Integer(
        string="Contacts of 12 months",
        compute="_compute_contact_count",
        help="Contacts of your companies with customers through this channel, both ways.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another channel has this code already. Choose another code."
    )
    _message_kind_uniq = models.UniqueIndex(
        "(message_kind) WHERE active AND message_kind IS NOT NULL",
        "Another channel counts these messages already. Change that channel first.",
    )

    def _compute_contact_count(self) -> None:
        counts = self._count_contacts(self.env.companies)
        for channel in self:
            channel.contact_count = counts.get(channel.id, 0)

    @api.constrains("activity_type_ids", "medium_ids", "active")
    def _check_counted_once(self) -> None:
        """A contact counts for one channel."""
        others = self.search(Domain.TRUE)
        for channel in self.filtered("active"):
            for other in others - channel:
                shared = [
                    *(channel.activity_type_ids & other.activity_type_ids).mapped("name"),
                    *(channel.medium_ids & other.medium_ids).mapped("name"),
                ]
                if shared:
                    raise ValidationError(
                        self.env._(
                            "“%(kind)s” counts for channel “%(other)s” already. Take it away "
                            "there before you give it to “%(channel)s”.",
                            kind=", ".join(shared),
                            other=other.name,
                            channel=channel.name,
                        )
                    )

    @api.model
    @api.private
    def _map_known(self) -> None:
        """Give the channels of the first installation Odoo's activities and media, where kept."""
        for channel_name, links in KNOWN.items():
            channel = self.env.ref(channel_name, raise_if_not_found=False)
            if not channel:
                continue
            for field_name, names in links.items():
                found = [self.env.ref(name, raise_if_not_found=False) for name in names]
                channel[field_name] = [Command.link(record.id) for record in found if record]
