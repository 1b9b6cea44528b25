from __future__ import annotations

from odoo import api, fields, models


class CrmKnowledgeUse(models.Model):
    """That something known was used again, and where (S000-9.7-7, S002-II.3-L)."""

    _name = "crm.knowledge.use"
    _description = "Use of Knowledge"
    _inherit = "crm.pass.note.mixin"
    _order = "date desc, id desc"
    _kept_fields = ("company_id", "insight_id", "preference_id")
    _privacy_expiry = "keep"
    _privacy_texts = ("note",)
    _privacy_only_sure = True

    insight_id = fields.Many2one(
        "crm.insight",
        string="Insight",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The insight that was used.",
    )
    preference_id = fields.Many2one(
        "crm.preference",
        string="Preference",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The preference that was respected.",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        ondelete="set null",
        help="The opportunity in which it was used.",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Order",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The order in which it was used.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        index=True,
        help="The day on which it was used.",
    )
    note = fields.Char(string="What for", help="What was done differently, in a few words.")

    _what_check = models.Constraint(
        "CHECK ((insight_id IS NULL) <> (preference_id IS NULL))",
        "One insight or one preference was used. Choose one of the two.",
    )
    _insight_order_uniq = models.UniqueIndex(
        "(insight_id, order_id) WHERE order_id IS NOT NULL AND insight_id IS NOT NULL",
        "This insight is written down as used in the order already.",
    )
    _preference_order_uniq = models.UniqueIndex(
        "(preference_id, order_id) WHERE order_id IS NOT NULL AND preference_id IS NOT NULL",
        "This preference is written down as used in the order already.",
    )

    @api.depends("insight_id.name", "preference_id.name")
    def _compute_display_name(self) -> None:
        for use in self:
            use.display_name = use.insight_id.name or use.preference_id.name or ""

    @api.model
    def _ensure_use(self, what: dict) -> CrmKnowledgeUse:
        """The use of something in the order or opportunity of the context, made when missing."""
        context = self.env.context
        where = {
            name: context.get(f"default_{name}") for name in ("order_id", "lead_id", "customer_id")
        }
        place = {name: value for name, value in where.items() if value and name != "customer_id"}
        domain = [(name, "=", value) for name, value in {**what, **place}.items()]
        return self.search(domain, limit=1) or self.create({**what, **where})
