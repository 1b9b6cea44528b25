from __future__ import annotations

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import states


class CrmMomentChainChoice(models.AbstractModel):
    """Which chain a new pass begins on, and that each segment has one answer."""

    _name = "crm.moment.chain.choice"
    _description = "Choice of a Chain"

    @api.model
    def _for(self, company: models.BaseModel, segment: models.BaseModel) -> models.BaseModel:
        """The active chain on which a pass of a customer begins.

        The company's own chain for the segment wins over the shared one for it, that over the
        company's own for all, and that over the shared one for all.
        """
        return self._for_segments(company, segment)[segment.id]

    @api.model
    def _for_company(self, company: models.BaseModel) -> models.BaseModel:
        """The chain of customers whose segment has no chain of its own."""
        return self._for(company, self.env["crm.segment"])

    @api.model
    def _for_segments(
        self, company: models.BaseModel, segments: models.BaseModel
    ) -> dict[int | bool, models.BaseModel]:
        """Chain by segment id, and under False that of customers without a segment."""
        chains = self.search(
            [("state", "=", states.ACTIVE), ("company_id", "in", (company.id, False))]
        ).sorted(lambda chain: not chain.company_id)
        general = chains.filtered("is_general")[:1]
        found: dict[int | bool, models.BaseModel] = {False: general}
        for segment in segments:
            own = chains.filtered(lambda chain, segment=segment: segment in chain.segment_ids)
            found[segment.id] = own[:1] or general
        return found

    def _replaced(self) -> models.BaseModel:
        """Active chains that this one replaces once it is active: those of the same segments.

        :raise UserError: a segment of this chain works by another active chain, which serves
            further segments too
        """
        self.ensure_one()
        active = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", states.ACTIVE),
                ("id", "!=", self.id),
            ]
        )
        if self.is_general:
            return active.filtered("is_general")
        self._touch_segments()
        rivals = active.filtered(lambda chain: chain.segment_ids & self.segment_ids)
        for rival in rivals:
            shared = rival.segment_ids & self.segment_ids
            if rival.segment_ids - self.segment_ids:
                raise UserError(
                    self.env._(
                        "The segments %(segments)s work by the chain “%(rival)s”, which serves "
                        "further segments. Open a new version of that chain without them, "
                        "activate it, and then activate “%(chain)s”.",
                        segments=", ".join(shared.mapped("name")),
                        rival=rival.display_name,
                        chain=self.display_name,
                    )
                )
        return rivals

    def _touch_segments(self) -> None:
        """Let people who give one segment two chains at once wait for each other.

        Many-to-many links know no unique index, so whoever comes second must see what the first
        one did: writing the segments makes the database refuse the older view, and Odoo tries
        again.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_segment SET write_date = write_date WHERE id = ANY(%s)",
                self.segment_ids.ids,
            )
        )

    @api.constrains("segment_ids", "state", "company_id")
    def _check_segments(self) -> None:
        """A segment works by one active chain of its company."""
        for chain in self.filtered(lambda chain: chain.state == states.ACTIVE):
            if chain.is_general:
                continue
            chain._touch_segments()
            rivals = self.search(
                [
                    ("company_id", "=", chain.company_id.id),
                    ("state", "=", states.ACTIVE),
                    ("id", "!=", chain.id),
                    ("segment_ids", "in", chain.segment_ids.ids),
                ]
            )
            if rivals:
                raise UserError(
                    self.env._(
                        "“%(rival)s” is the active chain of %(segments)s already. Close it, or "
                        "take these segments off “%(chain)s”.",
                        rival=rivals[0].display_name,
                        segments=", ".join(
                            (rivals[0].segment_ids & chain.segment_ids).mapped("name")
                        ),
                        chain=chain.display_name,
                    )
                )
