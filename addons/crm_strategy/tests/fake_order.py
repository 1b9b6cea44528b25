from odoo import fields, models


class FakeOrder(models.Model):
    """A document of an addon above, as the moments addon will make of its orders."""

    _name = "crm.fake.order"
    _description = "Order of a Test"
    _inherit = "crm.legal.override.mixin"
    _module = None

    name = fields.Char(default="Order 1")
    partner_id = fields.Many2one("res.partner")
    company_id = fields.Many2one("res.company")

    def _crm_legal_gate(self):
        """What a button would do: the person asks, the document is written by the suite."""
        self.sudo()._crm_check_legal_needs()
