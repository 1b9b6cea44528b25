from __future__ import annotations

from odoo import fields, models


class CrmSampleRecord(models.Model):
    """A record that loading a sample made, and how it looked then."""

    _name = "crm.sample.record"
    _description = "Loaded Record of a Sample"
    _order = "id"
    _rec_name = "res_model"

    set_id = fields.Many2one(
        "crm.sample.set", string="Sample", required=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one("crm.sample.item", string="Part", index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    res_model = fields.Char(string="Kind of record", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Record", required=True, readonly=True
    )
    fingerprint = fields.Char(
        readonly=True, help="Of its contents when it was loaded; another one means: changed."
    )
    uses = fields.Json(string="Used by", readonly=True)
