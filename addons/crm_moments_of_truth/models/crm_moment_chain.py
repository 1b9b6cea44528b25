from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import derive, states

STATES = [
    (states.DRAFT, "Draft"),
    (states.ACTIVE, "Active"),
    (states.CLOSED, "Closed"),
]


class CrmMomentChain(models.Model):
    """A version of the chain of moments of truth (S000-9.6-0: modelling is a logical order).

    A chain may be made for segments; the one without segments serves all others. A company's own
    active chain wins over the shared one. A chain on which passes run is never edited: a new
    version opens, and the running passes stay on theirs.
    """

    _name = "crm.moment.chain"
    _description = "Chain of Moments of Truth"
    _inherit = [
        "crm.kept.mixin",
        "crm.audited.mixin",
        "crm.moment.chain.choice",
        "crm.moment.chain.preloaded",
    ]
    _kept_fields = ("state", "version", "is_general")
    _made_fields = ("state",)
    _order = "company_id, version desc, id desc"
    _audit_area = "moments"

    # identity
    name = fields.Char(required=True, translate=True, help="How people call this chain.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="The company that works by this chain. Empty: all companies without their own.",
    )
    version = fields.Integer(
        required=True,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts up with each new version. Passes keep the version on which they began.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default=states.DRAFT,
        readonly=True,
        copy=False,
        index=True,
        help="New passes begin on the active version. A closed version only finishes its passes.",
    )
    active = fields.Boolean(default=True, help="Untick to hide a version that nobody needs.")
    description = fields.Text(translate=True, help="What is special about this chain.")
    # links
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_moment_chain_segment_rel",
        "chain_id",
        "segment_id",
        string="Segments",
        domain="[('company_id', '=?', company_id)]",
        help="The segments whose customers go this way. Empty: all that have no chain of their "
        "own.",
    )
    is_general = fields.Boolean(
        string="For all segments",
        compute="_compute_is_general",
        store=True,
        help="The chain names no segment: it serves all that have no chain of their own.",
    )
    moment_ids = fields.One2many(
        "crm.moment", "chain_id", copy=True, string="Moments", help="The moments, in their order."
    )
    relationship_count = fields.Integer(
        string="Passes",
        compute="_compute_relationship_count",
        help="How many passes run or ran on this version.",
    )

    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'active' AND is_general",
        "A company works by one active chain for all its segments. Close the other version first.",
    )
    _version_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), version)",
        "This version number is taken. Use “New version” to get the next one.",
    )

    @api.depends("name", "version", "company_id")
    def _compute_display_name(self) -> None:
        for chain in self:
            chain.display_name = self.env._(
                "%(name)s, version %(version)s", name=chain.name or "", version=chain.version
            )

    @api.depends("segment_ids")
    def _compute_is_general(self) -> None:
        for chain in self:
            chain.is_general = not chain.segment_ids

    def _compute_relationship_count(self) -> None:
        counts = dict(
            self.env["crm.relationship"]
            .with_context(active_test=False)
            ._read_group([("chain_id", "in", self.ids)], ["chain_id"], ["__count"])
        )
        for chain in self:
            chain.relationship_count = counts.get(chain, 0)

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmMomentChain:
        """Create chains; each gets the next version number of its company."""
        for vals in vals_list:
            if not vals.get("version"):
                vals["version"] = self._next_version(vals.get("company_id"))
        return super().create(vals_list)

    def copy(self, default: dict | None = None) -> CrmMomentChain:
        """Copy chains with their moments; what may run side by side does so in the copy too."""
        copies = super().copy(default)
        for chain, copied in zip(self, copies, strict=True):
            by_code = {moment.code: moment for moment in copied.moment_ids}
            for moment in chain.moment_ids.filtered("parallel_ids"):
                beside = [by_code[code].id for code in moment.parallel_ids.mapped("code")]
                by_code[moment.code].parallel_ids = [fields.Command.set(beside)]
            if copied.company_id:
                copied.segment_ids = copied.segment_ids.filtered(
                    lambda segment, chain=copied: segment.company_id == chain.company_id
                )
        return copies

    def write(self, vals: dict) -> bool:
        """Write chains; what passes were judged by stays as it was."""
        if vals.keys() - {"state", "active"}:
            self._check_editable()
        if "state" in vals:
            self._check_transition(vals["state"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        self._check_editable()

    # actions
    def action_activate(self) -> bool:
        """Let new passes begin on this version; the version before it is closed."""
        self.check_access("write")
        for chain in self:
            if not chain.moment_ids:
                raise UserError(
                    self.env._(
                        "The chain “%(chain)s” has no moments. Add its moments first.",
                        chain=chain.display_name,
                    )
                )
            running = chain._replaced()
            # Access: checked above; states change by these buttons alone.
            running.sudo().write({"state": states.CLOSED})
            # The index allows one active chain, so the old one must be written before the new.
            running.flush_recordset(["state"])
            chain.sudo().write({"state": states.ACTIVE})
        # sudo: facts that waited for a chain are queued for the engine, not read.
        self.env["crm.moment.event"].sudo()._collect_pending()
        return True

    def action_close(self) -> bool:
        """Begin no new pass on this version."""
        self.check_access("write")
        # Access: checked above; states change by these buttons alone.
        return self.sudo().write({"state": states.CLOSED})

    def action_new_version(self) -> dict:
        """Copy the chain into a draft that may be edited, and open it."""
        self.ensure_one()
        return self._open_form(self.copy())

    def action_company_version(self) -> dict:
        """Copy a shared chain into a draft of the current company, and open it."""
        self.ensure_one()
        return self._open_form(self.copy({"company_id": self.env.company.id}))

    def action_open_relationships(self) -> dict:
        """Open the passes that run on this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        return {**action, "domain": [("chain_id", "=", self.id)], "context": {}}

    # business
    def _moments(self) -> tuple[derive.Moment, ...]:
        """The chain as the core reads it."""
        return tuple(
            derive.Moment(
                moment_id=moment.id,
                sequence=moment.sequence,
                starts=frozenset(moment.start_fact_ids.mapped("code")),
                ends=frozenset(moment.end_fact_ids.mapped("code")),
                any_end=moment.proof == "any",
                from_start=moment.is_from_start,
                opening=moment.is_opening,
                parallel=frozenset(moment._parallels().ids),
            )
            for moment in self.moment_ids
        )

    @api.model
    def _link_fact(self, fact_code: str, moment_code: str) -> None:
        """Let a fact start and prove the moment of this code in every chain that has it.

        For addons that bring facts: their data completes the shared chain, this call (from their
        post_init hook) also the companies' own chains.
        """
        fact = self.env["crm.moment.fact"].search([("code", "=", fact_code)])
        # Every chain, of every company and also in use: the addon's new fact belongs to all.
        moments = self.env["crm.moment"].sudo().search([("code", "=", moment_code)])
        moments.write(
            {
                "start_fact_ids": [fields.Command.link(fact.id)],
                "end_fact_ids": [fields.Command.link(fact.id)],
            }
        )

    def _check_editable(self) -> None:
        """Refuse to change a version on which passes run.

        :raise UserError: names the chain and says to open a new version
        """
        # Module data completes the preloaded chain when an addon brings new facts; it alone
        # writes as superuser, and nobody can become superuser over RPC.
        if self.env.su:
            return
        # sudo: whether anybody's pass runs on the chain, also one the user may not see.
        used = (
            self.env["crm.relationship"]
            .sudo()
            .with_context(active_test=False)
            .search([("chain_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Passes run on the chain “%(chain)s”, so it cannot be changed any more. "
                    "Open a new version of it, change that, and activate it: new passes begin "
                    "on the new version, running ones stay on theirs.",
                    chain=used.chain_id.display_name,
                )
            )

    def _check_transition(self, target: str) -> None:
        for chain in self.filtered(lambda chain: chain.state != target):
            if not states.may_become(chain.state, target):
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The chain “%(chain)s” is %(state)s and cannot become %(target)s. "
                        "Open a new version instead.",
                        chain=chain.display_name,
                        state=labels[chain.state].lower(),
                        target=labels[target].lower(),
                    )
                )

    @api.model
    def _next_version(self, company_id: int | bool | None) -> int:
        domain = [("company_id", "=", company_id or False)]
        last = self.with_context(active_test=False).search(domain, order="version desc", limit=1)
        return last.version + 1

    def _open_form(self, chain: CrmMomentChain) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": chain.id,
            "view_mode": "form",
            "name": chain.display_name,
        }
