from __future__ import annotations

from datetime import timedelta

from odoo import api, models

from ..core.rupture import OPEN, UNPAID, RuptureRow

# An address that was missing came after so many days.
LATE_BY = timedelta(days=3)
# Invoices that nobody paid: one customer asked to wait, for the other one somebody speaks.
WAIVED, SPOKEN_FOR, REPORTED = "order_s07.2", "order_k05.4", "order_k07.5"


class CrmDemoStory(models.AbstractModel):
    """Where relationships of the story break, and what its people do about it."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "ruptures"]

    @api.model
    def _tell_ruptures(self) -> None:
        """The documents have raised most of it; one is waived, one has an advocate."""
        self.env.flush_all()
        self.env["crm.change"]._run_all("moments_history")
        self.env["crm.change"]._run_all("moments")
        self._date_inputs()
        leader = self._get("story.leader") or self.env.user
        for item in self._unpaid(WAIVED):
            item._waive("The shop rebuilds after the flood and asked to pay next month.")
        self._unpaid(SPOKEN_FOR).advocate_id = leader
        late = self._pass_of(REPORTED)
        if late:
            self.env["crm.rupture"]._raise(
                [
                    RuptureRow(
                        late.id,
                        "reported",
                        late.current_moment_id.id or None,
                        why="The chief engineer called: without the booster stations the heating "
                        "season cannot begin, and nobody of ours had told him.",
                    )
                ]
            )

    @api.model
    def _date_inputs(self) -> None:
        """Addresses were known when their moments began; every ninth was asked for too late."""
        rows = self.env["crm.relationship.input"].search(
            [("company_id", "=", self._get("company").id), ("filled_on", "!=", False)]
        )
        for number, row in enumerate(rows.filtered("started_on")):
            if row.kind == "field":
                late = LATE_BY if number % 9 == 8 else timedelta()
                row.write(
                    {
                        "filled_on": row.started_on + late,
                        "missed_on": row.started_on if late else False,
                    }
                )
        rows._judge()

    @api.model
    def _pass_of(self, order: str) -> models.BaseModel:
        events = self.env["crm.moment.event"].search(
            [
                ("fact", "=", "order_confirmed"),
                ("res_id", "=", self._get(order).id),
                ("voided_at", "=", False),
            ]
        )
        return events.relationship_id[:1]

    @api.model
    def _unpaid(self, order: str) -> models.BaseModel:
        domain = [("cause", "=", UNPAID), ("state", "=", OPEN)]
        return self._pass_of(order).rupture_ids.filtered_domain(domain)
