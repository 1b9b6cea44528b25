from __future__ import annotations

from collections.abc import Iterable

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.facts import local_day

COMPARED = {">": SQL(">"), ">=": SQL(">="), "<": SQL("<"), "<=": SQL("<=")}


class CompanyDayField(fields.Date):
    """The company's day of a time of the record, by which lists and reports cut their months.

    Odoo cuts times in the zone of the reader, so that people in several zones would read other
    totals of one month. ``moment`` names the time; the model has a stored ``company_id``. Nothing
    is stored: days follow the company's calendar as it is.
    """

    moment = None

    def __init__(self, string: str = "Day", **kwargs):
        if "_base_fields__" not in kwargs:
            kwargs = {
                "string": string,
                "help": "The day in the company's time zone, by which everybody reads the same "
                "months.",
                **kwargs,
            }
        super().__init__(compute=self._compute_day, search=self._search_day, **kwargs)

    def get_depends(self, model: models.BaseModel) -> tuple[Iterable[str], Iterable[str]]:
        """The time and the company."""
        return (self.moment, "company_id"), ()

    def to_sql(self, model: models.BaseModel, alias: str) -> SQL:
        """The day of the time in the zone of the company."""
        return model.env["crm.workdays"]._day_sql(
            model._fields[self.moment].to_sql(model, alias),
            model._fields["company_id"].to_sql(model, alias),
        )

    def _compute_day(self, records: models.BaseModel) -> None:
        facts = records.env["crm.facts"]
        zones = {company: facts._zone(company) for company in records.company_id}
        for record in records:
            moment = record[self.moment]
            record[self.name] = moment and local_day(moment, zones.get(record.company_id))

    def _search_day(self, records: models.BaseModel, operator: str, value: object) -> Domain:
        if operator in COMPARED:
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s %s %s", model._field_to_sql(alias, self.name), COMPARED[operator], value
                )
            )
        if operator != "in":
            return NotImplemented
        days = [day for day in value if day]
        domain = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = ANY(%s::date[])", model._field_to_sql(alias, self.name), days
            )
        )
        if len(days) != len(list(value)):
            domain |= Domain(self.moment, "=", False)
        return domain
