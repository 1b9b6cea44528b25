from __future__ import annotations

from odoo import api, fields, models, tools
from odoo.fields import Domain


class CrmMomentFact(models.Model):
    """Catalog of what the documents of the ERP can prove. Each addon brings its facts as data."""

    _name = "crm.moment.fact"
    _description = "Kind of Fact"
    _inherit = "crm.audited.mixin"
    _order = "sequence, id"
    _audit_area = "moments"

    # identity
    name = fields.Char(required=True, translate=True, help="What the document proves, in words.")
    code = fields.Char(
        required=True, help="Short name by which facts are kept. It implies the kind of document."
    )
    sequence = fields.Integer(default=10, help="Order in lists: the natural order of a sale.")
    description = fields.Text(
        translate=True, help="When the fact comes into being, what its date is, when it is voided."
    )
    label = fields.Selection(
        [("erp", "ERP (after the fact)"), ("crm", "CRM (before the fact)")],
        string="Side",
        required=True,
        default="erp",
        help="Whether the fact is a document of the ERP or was witnessed by CRM.",
    )
    # meaning
    res_model = fields.Char(
        string="Document kind", required=True, help="Technical kind of the proving document."
    )
    is_trace = fields.Boolean(
        string="Keeps no pass alive",
        help="Ticked for facts that follow others, such as a cancellation: a pass of which nothing "
        "else is left is archived.",
    )
    cover_ids = fields.Many2many(
        "crm.moment.fact",
        "crm_moment_fact_cover_rel",
        "fact_id",
        "cover_id",
        string="Must cover",
        help="The fact counts as arrived once its amounts reach the amounts of these facts: "
        "payments prove their moment when they cover the invoices less the credit notes.",
    )
    start_moment_ids = fields.Many2many(
        "crm.moment",
        "crm_moment_start_fact_rel",
        "fact_id",
        "moment_id",
        string="Starts the moments",
        help="The moments that begin when this fact arrives.",
    )
    end_moment_ids = fields.Many2many(
        "crm.moment",
        "crm_moment_end_fact_rel",
        "fact_id",
        "moment_id",
        string="Proves the moments",
        help="The moments that need this fact to be proven.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE (code)",
        "Another kind of fact has this code already. Choose a code of its own.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmMomentFact:
        """Create kinds of facts."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals: dict) -> bool:
        """Write kinds of facts."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self) -> bool:
        """Remove kinds of facts, as an uninstalled addon does."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _document_models(self) -> dict[str, str]:
        """Model of the proving document by fact code."""
        # sudo: kept for everybody alike in a cache; the kinds of documents are no secret.
        facts = self.sudo().search(Domain.TRUE)
        return {fact.code: fact.res_model for fact in facts}

    @api.model
    @tools.ormcache()
    def _trace_codes(self) -> frozenset[str]:
        """Codes of the facts that keep no pass alive."""
        # sudo: kept for everybody alike in a cache; the catalog is no secret.
        return frozenset(self.sudo().search([("is_trace", "=", True)]).mapped("code"))

    @api.model
    def _covers(self) -> dict[str, frozenset[str]]:
        """Codes that each covering fact must cover, by its code."""
        facts = self.search([("cover_ids", "!=", False)])
        return {fact.code: frozenset(fact.cover_ids.mapped("code")) for fact in facts}
