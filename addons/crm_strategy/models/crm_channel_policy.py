from __future__ import annotations

from odoo import api, fields, models

VALUE_CLASSES = [("high", "High value"), ("middle", "Middle value"), ("low", "Low value")]


class CrmChannelPolicy(models.Model):
    """Which channels we use for customers of which value: a visit for some, a call for others.

    S002-2.3-C. The compliance is made on the plan, from contacts as ``crm.channel`` counts them.
    """

    _name = "crm.channel.policy"
    _description = "Channel Policy"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "plan_id, value_class, id"
    _audit_parent = "plan_id"

    plan_id = fields.Many2one(
        "crm.segment.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="The plan of the segment for which this holds.",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    value_class = fields.Selection(
        VALUE_CLASSES,
        required=True,
        default="high",
        help="Customers of which value: as the installed addons judge it, else by the value of "
        "their customer type.",
    )
    channel_ids = fields.Many2many(
        "crm.channel",
        string="Channels",
        required=True,
        help="The channels that our people use for these customers.",
    )
    note = fields.Char(string="Reason", help="Why these channels fit customers of this value.")

    _class_uniq = models.UniqueIndex(
        "(plan_id, value_class)",
        "The plan has a line for this value class already. Add the channels there.",
    )

    @api.depends("value_class")
    def _compute_display_name(self) -> None:
        words = dict(self._fields["value_class"]._description_selection(self.env))
        for policy in self:
            policy.display_name = words.get(policy.value_class, "")
