from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class CrmLegalMixin(models.AbstractModel):
    """Warns on a document whose customer has legal needs that no commitment covers (S000-9.9).

    The document needs a ``partner_id``; ``_crm_legal_company()`` names the company it counts for.
    Nothing is stored, and lists do not show the fields, so lists pay nothing.
    """

    _name = "crm.legal.mixin"
    _description = "Warning of Uncovered Legal Needs"

    crm_legal_need_count = fields.Integer(
        string="Uncovered legal needs",
        compute="_compute_crm_legal_needs",
        groups=ROLES,
        help="Legal needs of the customer, or of its segment, that no approved commitment covers.",
    )
    crm_legal_need_text = fields.Text(
        string="Which legal needs",
        compute="_compute_crm_legal_needs",
        groups=ROLES,
        help="The uncovered legal needs with their reference.",
    )

    @api.depends("partner_id")
    def _compute_crm_legal_needs(self) -> None:
        for document, needs in self._crm_legal_needs().items():
            document.crm_legal_need_count = len(needs)
            document.crm_legal_need_text = "\n".join(
                f"{need.display_name} ({need.legal_reference})"
                if need.legal_reference
                else need.display_name
                for need in needs
            )

    def _crm_legal_company(self) -> models.BaseModel:
        """The company for which the document counts."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _crm_legal_needs(self) -> dict:
        """Document -> its customer's uncovered legal needs; one question per customer."""
        # Access: who sells to a customer is warned of what law demands, whoever analysed it; of
        # needs in other companies a form that names them learns nothing.
        Need = self.env["crm.need"].sudo()
        documents = defaultdict(self.browse)
        for document in self:
            company = document._crm_legal_company()
            if not self.env.su:
                company &= self.env.companies
            documents[document.partner_id.commercial_partner_id, company] |= document
        return {
            document: needs
            for (partner, company), group in documents.items()
            for needs in [Need._uncovered_legal_needs(partner, company)]
            for document in group
        }

    def action_crm_open_legal_needs(self) -> dict:
        """Open the uncovered legal needs of the customer that the reader may see."""
        self.ensure_one()
        needs = self._crm_legal_needs()[self]
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_need_action")
        return {**action, "domain": [("id", "in", needs.ids)], "context": {}}

    def action_crm_plan_legal_activity(self) -> bool:
        """Give the owner of the document the task to cover the legal needs, once."""
        for document in self:
            needs = document._crm_legal_needs()[document]
            summary = self.env._("Cover the legal needs of the customer")
            if needs and summary not in document.activity_ids.mapped("summary"):
                document.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=summary,
                    note=Markup("<br/>").join(needs.mapped("display_name")),
                    user_id=(document.user_id or self.env.user).id,
                )
        return True
