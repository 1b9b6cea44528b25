from __future__ import annotations

from odoo import api, fields, models

LETTERS = [("p", "Plan"), ("d", "Do"), ("c", "Check"), ("a", "Act")]
PROOFS = [("all", "All of these facts have arrived"), ("any", "One of these facts has arrived")]

# What a customer reads of a moment judges no pass.
PORTAL_FIELDS = {"portal_name", "portal_text", "is_portal"}


class CrmMoment(models.Model):
    """One moment of truth of a chain: what starts it, what proves it, how long it may take."""

    _name = "crm.moment"
    _description = "Moment of Truth"
    _inherit = "crm.audited.mixin"
    _order = "chain_id, sequence, id"
    _audit_area = "moments"

    # identity
    chain_id = fields.Many2one(
        "crm.moment.chain",
        required=True,
        index=True,
        ondelete="cascade",
        help="The version of the chain to which the moment belongs.",
    )
    company_id = fields.Many2one(
        related="chain_id.company_id",
        help="The company that works by this chain. Empty: all companies without their own.",
    )
    sequence = fields.Integer(
        required=True, default=1, aggregator=None, help="Place of the moment in the chain."
    )
    code = fields.Char(
        required=True, help="Short name of the moment, the same in all versions: M1 to M10."
    )
    name = fields.Char(required=True, translate=True, help="What happens in this moment.")
    description = fields.Text(
        translate=True, help="What the moment is about, and what counts as its proof."
    )
    # meaning
    letter = fields.Selection(
        LETTERS,
        string="PDCA",
        required=True,
        default="d",
        help="Stage of the improvement cycle that the moment serves: plan, do, check or act.",
    )
    target_days = fields.Integer(
        string="Target (working days)",
        aggregator=None,
        help="Working days in which the moment should be over once it has started.",
    )
    tolerance_days = fields.Integer(
        string="Tolerance (working days)",
        default=1,
        aggregator=None,
        help="Working days beyond the target that nobody needs to explain.",
    )
    start_fact_ids = fields.Many2many(
        "crm.moment.fact",
        "crm_moment_start_fact_rel",
        "moment_id",
        "fact_id",
        string="Started by",
        help="The moment begins with the first of these facts.",
    )
    end_fact_ids = fields.Many2many(
        "crm.moment.fact",
        "crm_moment_end_fact_rel",
        "moment_id",
        "fact_id",
        string="Proven by",
        help="The facts that show that the moment is over. Without any fact it stays not proven.",
    )
    proof = fields.Selection(
        PROOFS,
        string="Proven when",
        required=True,
        default="all",
        help="Whether every fact of “Proven by” must have arrived, or one of them is enough.",
    )
    is_from_start = fields.Boolean(
        string="Only what comes after the start",
        help="Ticked: facts of before the moment's start do not prove it. A message of before the "
        "order does not answer the order.",
    )
    is_opening = fields.Boolean(
        string="Only before later moments",
        help="Ticked: once a later moment is proven, nothing begins this one any more. A message "
        "after the order does not begin the first evaluation again.",
    )
    parallel_ids = fields.Many2many(
        "crm.moment",
        "crm_moment_parallel_rel",
        "moment_id",
        "parallel_id",
        string="May run beside",
        domain="[('chain_id', '=', chain_id), ('id', '!=', id)]",
        copy=False,
        help="Moments of the same chain that may be under way at the same time: neither counts as "
        "out of order because of the other.",
    )
    beside_ids = fields.Many2many(
        "crm.moment",
        "crm_moment_parallel_rel",
        "parallel_id",
        "moment_id",
        string="Named beside",
        copy=False,
        help="Moments that name this one as running beside them.",
    )
    # people
    owner_role_id = fields.Many2one(
        "crm.team.role",
        string="Owner",
        index="btree_not_null",
        ondelete="set null",
        help="The role that answers for this moment. The person is whoever has the role in the "
        "pass's team; without one it is the salesperson.",
    )
    channel_ids = fields.Many2many(
        "crm.channel",
        "crm_moment_channel_rel",
        "moment_id",
        "channel_id",
        string="Channels",
        help="The ways in which we and the customer meet in this moment.",
    )
    value_client_ids = fields.Many2many(
        "crm.value.type",
        "crm_moment_value_client_rel",
        "moment_id",
        "type_id",
        string="Value for the customer",
        domain=[("side", "=", "client")],
        help="What the customer takes home from this moment.",
    )
    value_firm_ids = fields.Many2many(
        "crm.value.type",
        "crm_moment_value_firm_rel",
        "moment_id",
        "type_id",
        string="Value for us",
        domain=[("side", "=", "firm")],
        help="What we take home from this moment.",
    )
    input_ids = fields.One2many(
        "crm.moment.input",
        "moment_id",
        string="Inputs",
        copy=True,
        help="What has to be at hand when the moment begins.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE (chain_id, code)",
        "The chain has a moment with this code already. Give each moment its own code.",
    )
    _days_positive = models.Constraint(
        "CHECK (target_days >= 0 AND tolerance_days >= 0)",
        "Target and tolerance are working days: enter 0 or more.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self) -> None:
        for moment in self:
            moment.display_name = f"{moment.code or ''} {moment.name or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmMoment:
        """Create moments of a chain on which no pass runs yet."""
        moments = super().create(vals_list)
        moments.chain_id._check_editable()
        return moments

    def write(self, vals: dict) -> bool:
        """Write moments of a chain on which no pass runs yet; words for customers at any time."""
        if vals.keys() - PORTAL_FIELDS:
            self.chain_id._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        self.chain_id._check_editable()

    def _parallels(self) -> CrmMoment:
        """Moments beside which this one may run, whichever of the two names the other."""
        return self.parallel_ids | self.beside_ids

    def _foreign_facts(self) -> models.BaseModel:
        """Facts of other addons that prove the moment."""
        names = self.end_fact_ids._get_external_ids()
        own = "crm_moments_of_truth."
        return self.end_fact_ids.filtered(
            lambda fact: any(not name.startswith(own) for name in names[fact.id])
        )

    def _audit_company(self) -> models.BaseModel:
        return self.chain_id.company_id
