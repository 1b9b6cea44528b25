from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class Comparison(NamedTuple):
    """What the nightly comparison looks at, and who heals what it finds."""

    model: str
    consumer: str
    label: str
    is_by_customer: bool = True


class Compared(NamedTuple):
    """What was found: rows looked at, and of each that differs its partner and stale day."""

    checked: int = 0
    differing: tuple[tuple[int, date], ...] = ()
    sample: str = ""


class CrmComparedMixin(models.AbstractModel):
    """A model whose stored rows can be compared with what would be computed from scratch.

    Everything follows its documents through the ORM; the comparison finds what went past it: a
    correction by SQL, a row that somebody deleted, a mistake of ours.
    """

    _name = "crm.compared.mixin"
    _description = "Compared with its Sources"

    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Compare the rows of one company whose commercial partner's id lies in ``partners``.

        Set-based and without writing anything. ``differing`` holds (partner id, earliest stale
        day) of each row that differs; ``sample`` tells the first one in one sentence.
        """
        return Compared()

    @api.model
    def _compared(
        self, checked: int, found: Iterable[tuple[int, date | None]], sample: str
    ) -> Compared:
        """``Compared`` of differences as they come from the database; no day means: all of them."""
        differing = tuple((partner_id, day or date.min) for partner_id, day in found if partner_id)
        return Compared(checked, differing, sample or "")

    @api.model
    def _in_range(self, column: SQL, partners: range) -> SQL:
        """Condition that a column of partner ids lies in the range."""
        return SQL("(%s >= %s AND %s < %s)", column, partners.start, column, partners.stop)

    @api.model
    def _partner_name(self, partner_id: int) -> str:
        # Access: the sample is read by people who read all customers of the company.
        return self.env["res.partner"].sudo().browse(partner_id).display_name
