from __future__ import annotations

from collections.abc import Callable

from odoo import Command, api, models

from ..core import states

ADDON = "crm_moments_of_truth"
PRELOADED = f"{ADDON}.crm_moment_chain_default"


class CrmMomentChainPreloaded(models.AbstractModel):
    """The chain that comes with the addon, and what an update makes of it."""

    _name = "crm.moment.chain.preloaded"
    _description = "Preloaded Chain"

    @api.model
    @api.private
    def _activate_preloaded(self) -> None:
        """Let new passes begin on the preloaded chain, where it is new."""
        chain = self.env.ref(PRELOADED, raise_if_not_found=False)
        if chain and chain.state == states.DRAFT:
            chain.action_activate()

    @api.model
    @api.private
    def _renew_preloaded(self, load: Callable[[], object]) -> None:
        """Bring the definitions of an update into the preloaded chain.

        A chain without passes is completed. One on which passes run stays as it is, with its
        passes; a new version of it opens, gets the definitions and becomes the active one. A
        company that closed the preloaded chain works by its own, and nothing happens.

        :param load: loads the data file of the chain
        """
        chain = self.env.ref(PRELOADED, raise_if_not_found=False)
        if not chain or chain.state == states.CLOSED:
            return
        facts = {moment.code: moment._foreign_facts() for moment in chain.moment_ids}
        passes = self.env["crm.relationship"].with_context(active_test=False)
        if passes.search_count([("chain_id", "=", chain.id)], limit=1):
            self._repoint(chain, chain.copy())
        load()
        renewed = self.env.ref(PRELOADED)
        for moment in renewed.moment_ids:
            links = [Command.link(fact.id) for fact in facts.get(moment.code, ())]
            moment.write({"start_fact_ids": links, "end_fact_ids": links})

    @api.model
    def _repoint(self, old: models.BaseModel, new: models.BaseModel) -> None:
        """Let the names under which the chain and its moments were loaded mean the new ones."""
        by_code = {moment.code: moment.id for moment in new.moment_ids}
        pairs = {("crm.moment.chain", old.id): new.id}
        for moment in old.moment_ids:
            pairs["crm.moment", moment.id] = by_code[moment.code]
        names = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "in", ("crm.moment.chain", "crm.moment"))]
        )
        for name in names:
            if (name.model, name.res_id) in pairs:
                name.res_id = pairs[name.model, name.res_id]
        # Names are looked up by plain SQL and kept in a cache.
        names.flush_model()
        self.env.registry.clear_cache()
