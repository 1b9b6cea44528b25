from __future__ import annotations

from datetime import date

from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals: dict) -> bool:
        """Write calendars; the zone of a company's calendar cuts the days of its figures."""
        result = super().write(vals)
        if "tz" in vals:
            # Access: which companies use the calendar; nothing of them is shown.
            companies = self.env["res.company"].sudo()
            using = companies.search([("resource_calendar_id", "in", self.ids)])
            self.env["crm.indicator"]._note_stale(using.ids, date.min)
        return result
