from ast import literal_eval
from contextlib import suppress

from odoo import api, models


class CrmExchangeHandlerSegment(models.AbstractModel):
    """Customer segments with their rule and their team."""

    _name = "crm.exchange.handler.segment"
    _inherit = "crm.exchange.handler.master"
    _description = "Exchange Handler of Segments"

    _record_model = "crm.segment"
    _satellite = ("team", "crm.team", "crm_segment_id")

    @api.model
    def _targets(self, exchange_type):
        return ("name", "code", "sequence", "rule_domain", "description", "team.name")

    @api.model
    def _defaults(self, kind):
        return {"company_id": self.env.company.id}

    @api.model
    def _satellite_defaults(self, kind):
        return {"company_id": self.env.company.id, "user_id": False}

    @api.model
    def _prepare(self, kind, row, help_):
        values = super()._prepare(kind, row, help_)
        if values.get("rule_domain"):
            # One spelling for one rule, so that blanks do not count as a change.
            # A rule that cannot be read stays as it is: the segment says what is wrong with it.
            with suppress(ValueError, SyntaxError):
                values["rule_domain"] = repr(literal_eval(values["rule_domain"]))
        return values
