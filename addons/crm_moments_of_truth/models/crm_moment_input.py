from __future__ import annotations

from odoo import api, fields, models, tools
from odoo.fields import Domain

FIELD, DOCUMENT, ANSWER, MANUAL = "field", "document", "answer", "manual"
KINDS = [
    (FIELD, "A field is filled in"),
    (DOCUMENT, "A document is there"),
    (ANSWER, "The customer answered a question"),
    (MANUAL, "Somebody ticks it off"),
]
# A document without a kind is any file.
FILES = Domain("kind", "=", DOCUMENT) & Domain("fact_id", "=", False)
# What says on which document a file is.
FILED = ("res_model", "res_id")
# Where the fields of inputs are looked up.
FIELD_MODELS = ("res.partner", "crm.customer", "crm.lead", "sale.order")


class CrmMomentInput(models.Model):
    """What must be at hand when a moment begins (S000-9.5-R3: know the input data)."""

    _name = "crm.moment.input"
    _description = "Input of a Moment"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "moment_id, sequence, id"
    _audit_area = "moments"
    _audit_parent = "moment_id"
    _kept_fields = ("company_id",)

    # identity
    moment_id = fields.Many2one(
        "crm.moment",
        required=True,
        index=True,
        ondelete="cascade",
        help="The moment that needs the input.",
    )
    chain_id = fields.Many2one(
        related="moment_id.chain_id", help="The version of the chain to which the moment belongs."
    )
    company_id = fields.Many2one(
        related="moment_id.chain_id.company_id",
        help="The company that works by this chain. Empty: all companies without their own.",
    )
    sequence = fields.Integer(default=10, help="Order within the moment.")
    name = fields.Char(
        required=True, translate=True, help="What has to be at hand, in a few words."
    )
    # meaning
    kind = fields.Selection(
        KINDS,
        string="Proven by",
        required=True,
        default=MANUAL,
        help="How the suite sees that the input is there. What nothing can show is ticked off by "
        "a person.",
    )
    is_required = fields.Boolean(
        string="Required",
        default=True,
        help="Ticked: the moment lacks something without it, and it counts in the completeness of "
        "inputs. Not ticked: good to have.",
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        ondelete="cascade",
        domain=[("model", "in", FIELD_MODELS), ("store", "=", True)],
        help="The field of the contact, the customer, the opportunity or the order that must not "
        "be empty.",
    )
    fact_id = fields.Many2one(
        "crm.moment.fact",
        string="Document",
        ondelete="cascade",
        help="The kind of document that must have arrived in the pass. Empty: any file attached "
        "to the opportunity or the order.",
    )
    question_id = fields.Many2one(
        "survey.question",
        string="Question",
        ondelete="cascade",
        help="The question of a survey that somebody of the customer must have answered.",
    )

    _kind_check = models.Constraint(
        "CHECK ((kind <> 'field' OR field_id IS NOT NULL)"
        " AND (kind <> 'answer' OR question_id IS NOT NULL))",
        "Choose the field that must be filled in, or the question that must be answered.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmMomentInput:
        """Create inputs of a chain on which no pass runs yet."""
        inputs = super().create(vals_list)
        self.env.registry.clear_cache()
        inputs.chain_id._check_editable()
        return inputs

    def write(self, vals: dict) -> bool:
        """Write inputs of a chain on which no pass runs yet."""
        self.chain_id._check_editable()
        result = super().write(vals)
        self.env.registry.clear_cache()
        self.chain_id._check_editable()
        return result

    def unlink(self) -> bool:
        """Remove inputs of a chain on which no pass runs yet."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        self.chain_id._check_editable()

    @api.model
    @tools.ormcache()
    def _watched_fields(self) -> dict[str, frozenset[str]]:
        """Names of the fields that inputs ask for, by their model; of files where one is asked."""
        # sudo: kept for everybody alike in a cache; what chains ask for is no secret.
        asked = self.sudo().search(Domain("kind", "=", FIELD) | FILES)
        watched = {
            model: frozenset(found.mapped("name"))
            for model, found in asked.field_id.grouped("model").items()
        }
        if asked.filtered_domain(FILES):
            watched["ir.attachment"] = frozenset(FILED)
        return watched

    def _audit_company(self) -> models.BaseModel:
        return self.moment_id.chain_id.company_id
