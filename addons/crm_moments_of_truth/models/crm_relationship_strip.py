from __future__ import annotations

from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

from ..core import states

LATE, NEAR, CALM = "late", "near", ""


class CrmRelationshipStrip(models.AbstractModel):
    """How a pass is drawn: its moments side by side, where it stands, since when, and what broke.

    Read with the rights of the reader. Days are working days of the pass's company.
    """

    _name = "crm.relationship.strip"
    _description = "Strip of Moments"

    strip = fields.Json(
        string="Moments at a glance",
        compute="_compute_strip",
        help="The moments of the pass side by side: proven, under way, still ahead.",
    )

    def _compute_strip(self) -> None:
        strips = {strip["id"]: strip for strip in self._strips()}
        for relationship in self:
            relationship.strip = {"passes": [strips[relationship.id]], "more": 0}

    def _strips(self) -> list[dict]:
        """The strips of these passes, in their order."""
        standing = self._standing()
        broken = self._open_ruptures()
        return [
            {
                "id": relationship.id,
                "name": relationship.name,
                "is_open": relationship.is_open,
                "iteration": relationship.iteration,
                "moment": relationship.current_moment_id.display_name or "",
                **standing[relationship.id],
                "moments": [
                    relationship._strip_moment(line, broken[relationship.id])
                    for line in relationship.line_ids.sorted(
                        lambda line: (line.moment_id.sequence, line.id)
                    )
                ],
            }
            for relationship in self
        ]

    def _strip_moment(self, line: models.BaseModel, broken: list[models.BaseModel]) -> dict:
        moment = line.moment_id
        is_passed = (
            line.state == states.OPEN
            and self.current_moment_id
            and moment.sequence < self.current_moment_id.sequence
        )
        return {
            "code": moment.code,
            "name": moment.name,
            "letter": moment.letter,
            "state": "passed" if is_passed else line.state,
            "is_current": moment == self.current_moment_id,
            "started": fields.Date.to_string(line.started_on) or "",
            "proven": fields.Date.to_string(line.proven_on) or "",
            "ruptures": [rupture.display_name for rupture in broken if rupture.moment_id == moment],
        }

    def _standing(self) -> dict[int, dict]:
        """Pass id -> working days at the current moment, the day they began, and the tone.

        The days count from the beginning of a moment under way, and from the proof of a moment
        that is over, until the next one begins.
        """
        lines = {
            (line.relationship_id.id, line.moment_id.id): line
            for line in self.env["crm.relationship.moment"].search(
                [
                    ("relationship_id", "in", self.ids),
                    ("moment_id", "in", self.current_moment_id.ids),
                ]
            )
        }
        tables = {company: self.env["crm.workdays"]._of(company) for company in self.company_id}
        found = {}
        for relationship in self:
            moment = relationship.current_moment_id
            line = lines.get((relationship.id, moment.id))
            since = (line and (line.proven_on or line.started_on)) or relationship.date_last
            table = tables[relationship.company_id]
            today = self._today_of(relationship.company_id)
            days = max(table.between(since, today), 0) if since else None
            is_running = bool(line) and line.state == states.STARTED and relationship.is_open
            found[relationship.id] = {
                "since": fields.Date.to_string(since) or "",
                "days": days,
                "target": moment.target_days,
                "tone": self._tone(moment, days) if is_running else CALM,
            }
        return found

    @api.model
    def _tone(self, moment: models.BaseModel, days: int | None) -> str:
        """Late beyond target and tolerance, near beyond the target."""
        if days is None or not moment.target_days or days <= moment.target_days:
            return CALM
        return LATE if days > moment.target_days + moment.tolerance_days else NEAR

    def _open_ruptures(self) -> dict[int, list[models.BaseModel]]:
        """Pass id -> its open ruptures that the reader may read."""
        found = defaultdict(list)
        Rupture = self.env["crm.rupture"]
        if Rupture.has_access("read"):
            for rupture in Rupture.search(
                self._rupture_domain() & Domain("relationship_id", "in", self.ids)
            ):
                found[rupture.relationship_id.id].append(rupture)
        return found

    @api.model
    def _rupture_domain(self) -> Domain:
        return Domain("state", "=", "open")

    @api.model
    def _today_of(self, company: models.BaseModel) -> date:
        zone = company.resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))
