from __future__ import annotations

from odoo import fields, models

CRM_TYPES = [
    ("strategic", "Strategic"),
    ("operational", "Operational"),
    ("analytic", "Analytic"),
    ("collaborative", "Collaborative"),
]


class CrmTypeMixin(models.AbstractModel):
    """One of the four types of CRM (S002-T1..4), for whatever serves one of them."""

    _name = "crm.type.mixin"
    _description = "Type of CRM"

    crm_type = fields.Selection(
        CRM_TYPES,
        string="Type of CRM",
        required=True,
        default="strategic",
        index=True,
        help="Strategic: whom we serve and why. Operational: selling, marketing and serving. "
        "Analytic: what the figures tell. Collaborative: what we do together with partners.",
    )
