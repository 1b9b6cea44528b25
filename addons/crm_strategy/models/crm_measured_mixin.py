from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, models


class CrmMeasuredMixin(models.AbstractModel):
    """Documents that stored figures are measured from: what changes in them is noted.

    A model names the fields by which a record counts, for whom, when and how much, and says for
    which company and day records count as they are now. Nothing is measured here; a lane does so
    seconds later, and until then readers measure.
    """

    _name = "crm.measured.mixin"
    _description = "Measured Document"

    _measured_fields: frozenset[str] = frozenset()

    def _measured_days(self) -> Iterable[tuple[int, date]]:
        """(company id, day) of each of these records that counts in some figure."""
        return []

    def _measured_note(self) -> None:
        # Access: whoever saves the document need not read all of it; company and day are taken.
        since: dict[int, date] = {}
        for company_id, day in self.sudo()._measured_days():
            since[company_id] = min(day, since.get(company_id, day))
        for company_id, day in since.items():
            self.env["crm.indicator"]._note_stale([company_id], day)

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create records; what counts from the start is noted."""
        records = super().create(vals_list)
        records._measured_note()
        return records

    def write(self, vals: dict) -> bool:
        """Write records; the periods in which they counted until now are noted."""
        if not self._measured_fields.isdisjoint(vals):
            self._measured_note()
        return super().write(vals)

    def _write_multi(self, vals_list: list[dict]) -> None:
        # Computed fields pass here only, and all others too: the periods in which they count now.
        watched = self._measured_fields
        touched = [
            record.id
            for record, vals in zip(self, vals_list, strict=True)
            if not watched.isdisjoint(vals)
        ]
        if touched:
            self.browse(touched)._measured_note()
        return super()._write_multi(vals_list)

    def unlink(self) -> bool:
        """Delete records; the periods in which they counted are noted."""
        self._measured_note()
        return super().unlink()
