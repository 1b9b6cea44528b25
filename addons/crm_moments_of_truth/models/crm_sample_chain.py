from __future__ import annotations

from odoo import Command, api, fields, models

CHAIN, MOMENT = "crm.moment.chain", "crm.moment"


class CrmSampleItem(models.Model):
    _inherit = "crm.sample.item"

    kind = fields.Selection(
        selection_add=[("chain", "Chain of moments"), ("moment", "Moment of the chain")],
        ondelete={"chain": "cascade", "moment": "cascade"},
    )


class CrmSampleSet(models.Model):
    """Samples bring a chain for their segments: a draft that the company activates itself.

    The item of kind “chain” copies the preloaded ten moments; items of kind “moment” name what is
    different in this kind of business, and in how many working days.
    """

    _inherit = "crm.sample.set"

    @api.model
    def _removal_order(self) -> tuple[str, ...]:
        return (MOMENT, CHAIN, *super()._removal_order())

    # chains
    def _find_chain(self, item, company):
        chains = self.env[CHAIN].with_context(active_test=False)
        return self._own(item, company, CHAIN) or chains.search(
            [("company_id", "=", company.id), ("name", "in", self._names(item))], limit=1
        )

    def _load_chain(self, item, company) -> list:
        shared = self.env.ref(
            "crm_moments_of_truth.crm_moment_chain_default", raise_if_not_found=False
        ) or self.env[CHAIN]._for_company(company)
        if not shared:
            return []
        parts = self.item_ids.filtered(lambda part: part.kind == "segment")
        segments = self.env["crm.segment"].union(
            *(self._find_segment(part, company) or self.env["crm.segment"] for part in parts)
        )
        chain = shared.copy(
            {
                "company_id": company.id,
                "name": self._english(item, "name"),
                "description": self._english(item, "description"),
                "segment_ids": [Command.set(segments.ids)],
            }
        )
        self._translate(item, "name", chain, "name")
        self._translate(item, "description", chain, "description")
        return [chain, *chain.moment_ids]

    # moments
    def _find_moment(self, item, company):
        return self._own(item, company, MOMENT)

    def _load_moment(self, item, company) -> list:
        moment = self._new_chain(company).moment_ids.filtered(
            lambda moment: moment.code == item.key
        )[:1]
        if not moment:
            return []
        moment.write({"name": self._english(item, "name"), "target_days": int(item.amount)})
        self._translate(item, "name", moment, "name")
        return [moment]

    def _new_chain(self, company):
        """The chain that this load has just made; what was made is noted at its end only."""
        parts = self.item_ids.filtered(lambda part: part.kind == "chain")
        return self.env[CHAIN].search(
            [
                ("company_id", "=", company.id),
                ("name", "in", [name for part in parts for name in self._names(part)]),
                ("create_date", ">=", self.env.cr.now()),
            ],
            limit=1,
        )

    def _keep_needed(self, states: dict) -> dict:
        """A chain that stays keeps its moments."""
        states = super()._keep_needed(states)
        staying = {
            line.res_id
            for line, state in states.items()
            if line.res_model == CHAIN and state in ("changed", "used")
        }
        for line, state in states.items():
            if line.res_model == MOMENT and state == "loaded":
                if self.env[MOMENT].browse(line.res_id).chain_id.id in staying:
                    states[line] = "used"
        return states
