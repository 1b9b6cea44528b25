from __future__ import annotations

from odoo import fields, models

from .field_words import field_label, field_words


class CrmCustomerNeed(models.AbstractModel):
    """The part of a customer that is about its needs and ideas."""

    _name = "crm.customer.need"
    _description = "Needs and Ideas of a Customer"

    need_analysis_count = fields.Integer(
        string="Number of analyses",
        compute="_compute_need_counts",
        help="Analyses of the customer's needs.",
    )
    idea_count = fields.Integer(
        string="Number of ideas", compute="_compute_need_counts", help="Ideas the customer gave us."
    )

    def _compute_need_counts(self) -> None:
        for model, name in (
            ("crm.need.analysis", "need_analysis_count"),
            ("crm.idea", "idea_count"),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
                )
            )
            for customer in self:
                customer[name] = counts.get(customer, 0)

    def action_open_need_analyses(self) -> dict:
        """Open the analyses of the customer's needs."""
        return self._open_need_records("crm_strategy.crm_need_analysis_action")

    def action_open_ideas(self) -> dict:
        """Open the ideas that the customer gave us."""
        return self._open_need_records("crm_strategy.crm_idea_action")

    def _open_need_records(self, xml_id: str) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        context = {"default_customer_id": self.id, "default_company_id": self.company_id.id}
        return {**action, "domain": [("customer_id", "=", self.id)], "context": context}

    def _profile_words(self) -> list[tuple[str, str]]:
        """What is known of the customer today, label and words; addons above add their figures."""
        names = ("partner_id", "segment_id", "user_id", "country_id", "city", "category_id")
        names += tuple(
            name
            for name in ("customer_type_id", "loyalty_class_id", "loyalty_phase_id")
            if name in self._fields
        )
        return [
            (field_label(self, name), words)
            for customer in self
            for name in names
            if (words := field_words(customer, name))
        ]
