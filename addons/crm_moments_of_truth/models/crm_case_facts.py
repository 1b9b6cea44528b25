from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from ..core.facts import FactRow
from .crm_case import DROPPED, SOLVED

# What the facts of a case are made of; the customer follows from the first two.
WATCHED = {"contact_id", "order_id", "relationship_id", "kind", "state", "opened_at", "solved_at"}


class CrmCase(models.Model):
    """An anomaly and its solution are facts of moment 8 (S000-9.6-M8)."""

    _name = "crm.case"
    _inherit = ["crm.case", "crm.moment.source.mixin"]

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmCase:
        """Create cases; anomalies are facts at once."""
        cases = super().create(vals_list)
        cases._moment_collect()
        return cases

    def write(self, vals: dict) -> bool:
        """Write cases; their facts follow."""
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._moment_collect()
        return result

    def unlink(self) -> bool:
        """Delete cases; what they proved no longer counts."""
        self._moment_collect_gone()
        return super().unlink()

    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return ("anomaly_reported", "case_solved")

    def _moment_facts(self) -> list[FactRow]:
        rows = []
        for case in self:
            root = case._moment_root()
            if case.kind != "anomaly" or case.state == DROPPED or not root or not case.partner_id:
                continue
            moments = {"anomaly_reported": case.opened_at}
            if case.state == SOLVED:
                moments["case_solved"] = case.solved_at
            rows += [
                FactRow(
                    fact=code,
                    res_id=case.id,
                    occurrence=0,
                    company_id=case.company_id.id,
                    partner_id=case.partner_id.id,
                    root_model=root[0],
                    root_id=root[1],
                    fact_at=moment,
                    name=case.reference or "",
                )
                for code, moment in moments.items()
            ]
        return rows

    def _moment_root(self) -> tuple[str, int] | None:
        """The root of the pass to which the case belongs; None while it belongs to none."""
        self.ensure_one()
        for fact in self.order_id._moment_facts():
            return fact.root_model, fact.root_id
        relation = self.relationship_id
        return (relation.root_model, relation.root_id) if relation else None

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = (
            Domain("company_id", "in", companies.ids)
            & Domain("kind", "=", "anomaly")
            & Domain("state", "!=", DROPPED)
        )
        if partner_ids is not None:
            domain &= Domain("partner_id", "in", partner_ids)
        return domain
