from odoo import api, models

FIELDS = ("name", "street", "street2", "city", "zip", "phone", "email", "website", "vat", "ref")


class CrmExchangeHandlerPartner(models.AbstractModel):
    """Customers and suppliers, each with one contact person."""

    _name = "crm.exchange.handler.partner"
    _inherit = "crm.exchange.handler.master"
    _description = "Exchange Handler of Partners"

    _record_model = "res.partner"
    _satellite = ("contact", "res.partner", "parent_id")

    @api.model
    def _targets(self, exchange_type):
        return (*FIELDS, "country_id", "region", "contact.name", "contact.function")

    @api.model
    def _defaults(self, kind):
        role = {"customer_rank": 1, "crm_is_customer": True}
        if kind.partner_role == "supplier":
            role = {"supplier_rank": 1}
        return {"is_company": True, "company_id": self.env.company.id, "user_id": False, **role}

    @api.model
    def _satellite_defaults(self, kind):
        return {"type": "contact", "company_id": self.env.company.id, "user_id": False}

    @api.model
    def _help(self, kind):
        """State ids by (country, name or code)."""
        states = {}
        for state in self.env["res.country.state"].search_fetch([], ["name", "code", "country_id"]):
            states[state.country_id.id, state.name.casefold()] = state.id
            states[state.country_id.id, state.code.casefold()] = state.id
        return states

    @api.model
    def _prepare(self, kind, row, help_):
        values = super()._prepare(kind, row, help_)
        region = values.pop("region", None)
        if region:
            # A region that is no state of the country stays in the address as it is written.
            state = help_.get((values.get("country_id"), region.casefold()))
            values.update({"state_id": state} if state else {"street2": region})
        return values
