from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

GROUPS = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"
DECISION_ROLES = [
    ("user", "Uses it"),
    ("influencer", "Influences the choice"),
    ("buyer", "Buys"),
    ("decider", "Decides"),
    ("gatekeeper", "Opens or closes the door"),
    ("initiator", "Starts the purchase"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_is_customer = fields.Boolean(
        string="Customer",
        groups=GROUPS,
        help="Tick to treat the contact as a customer before there is any opportunity or order. "
        "It becomes a customer of its company, or of yours.",
    )
    crm_customer_ids = fields.One2many(
        "crm.customer", "partner_id", string="Customer of", groups=GROUPS
    )
    crm_segment_id = fields.Many2one(
        "crm.segment",
        string="Segment today",
        compute="_compute_crm_segment_id",
        search="_search_crm_segment_id",
        groups=GROUPS,
        help="The segment in which your company serves this customer today.",
    )

    crm_decision_role = fields.Selection(
        DECISION_ROLES,
        string="Role in the purchase",
        index="btree_not_null",
        groups=GROUPS,
        help="What this person does when the customer buys. A customer is people: without a named "
        "contact who has a role, the customer fails rule 5 of the team charter.",
    )
    crm_channel_id = fields.Many2one(
        "crm.channel",
        string="Preferred channel",
        index="btree_not_null",
        ondelete="set null",
        groups=GROUPS,
        help="How this contact wants to be reached. Contacts through other channels count against "
        "rule 9 of the team charter.",
    )

    crm_consent_ids = fields.One2many("crm.consent", "partner_id", string="Consents", groups=GROUPS)
    crm_consent_count = fields.Integer(
        string="Agrees to",
        compute="_compute_crm_consent_count",
        groups=GROUPS,
        help="To how many purposes the contact, or the people of the company, agree today.",
    )

    @api.depends("commercial_partner_id", "crm_customer_ids.segment_id")
    @api.depends_context("company")
    def _compute_crm_segment_id(self) -> None:
        customers = self.env["crm.customer"].search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id", "segment_id"],
        )
        segments = {customer.partner_id.id: customer.segment_id for customer in customers}
        for partner in self:
            partner.crm_segment_id = segments.get(partner.commercial_partner_id.id, False)

    def _search_crm_segment_id(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        segment_ids = [segment_id for segment_id in value if segment_id]
        own = Domain("company_id", "=", self.env.company.id)
        Customer = self.env["crm.customer"]
        found = Customer._search(own & Domain("segment_id", "in", segment_ids))
        domain = Domain("commercial_partner_id", "in", found.subselect("partner_id"))
        if len(segment_ids) != len(list(value)):
            placed = Customer._search(own & Domain("segment_id", "!=", False))
            domain |= Domain("commercial_partner_id", "not in", placed.subselect("partner_id"))
        return domain

    def _field_to_sql(self, alias: str, field_expr: str, query=None) -> SQL:
        """Let partners be grouped by the segment of the active company, which is not stored."""
        if field_expr != "crm_segment_id" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["crm_segment_id"], "read")
        hub = query.make_alias(alias, "crm_customer")
        query.add_join(
            "LEFT JOIN",
            hub,
            "crm_customer",
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(hub, "partner_id"),
                self._field_to_sql(alias, "commercial_partner_id", query),
                SQL.identifier(hub, "company_id"),
                self.env.company.id,
            ),
        )
        return SQL.identifier(hub, "segment_id")

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> ResPartner:
        """Create partners; those marked as customers get their customer row."""
        partners = super().create(vals_list)
        if any(vals.get("crm_is_customer") for vals in vals_list):
            partners._crm_ensure_customers()
        return partners

    def write(self, vals: dict) -> bool:
        """Write partners; marked ones get their customer, moved ones take theirs along."""
        before = {}
        if {"parent_id", "is_company"} & set(vals):
            before = {partner: partner.commercial_partner_id for partner in self}
        result = super().write(vals)
        for partner, commercial in before.items():
            if partner.commercial_partner_id != commercial:
                partner._crm_follow_commercial(commercial)
        if vals.get("crm_is_customer"):
            self._crm_ensure_customers()
        return result

    def _crm_ensure_customers(self) -> None:
        # Access: whoever may mark a partner as a customer may have its row, without the right
        # to create customers by hand.
        marked = self.sudo().filtered("crm_is_customer")
        self.env["crm.customer"]._ensure(
            (partner.id, (partner.company_id or self.env.company).id) for partner in marked
        )

    def _crm_follow_commercial(self, before: ResPartner) -> None:
        """Let customers follow a contact that now buys for somebody else, or for itself."""
        self.ensure_one()
        # Access: whoever may move a contact moves what hangs on it, in all companies.
        Customer = self.env["crm.customer"].sudo()
        after = self.commercial_partner_id
        if before == self:
            Customer._merge_hub(self.ids, after.id)
        companies = Customer.search([("partner_id", "in", (before + after).ids)]).company_id
        Customer._collect_everything(companies.ids, (before + after).ids)

    def _crm_recompute_commercial(self) -> None:
        """Let contacts and those below find out anew for whom they buy, as after a merge by SQL."""
        family = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        self.env.add_to_compute(self._fields["commercial_partner_id"], family)
        family.flush_recordset(["commercial_partner_id"])

    def action_crm_open_customer(self) -> dict:
        """Open the customer of the active company, or the list when there are several."""
        self.ensure_one()
        customers = self.env["crm.customer"].search(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_customer_action")
        if len(customers) == 1:
            return {**action, "views": [(False, "form")], "res_id": customers.id}
        return {**action, "domain": [("id", "in", customers.ids)], "context": {}}

    # privacy
    @api.depends("crm_consent_ids")
    def _compute_crm_consent_count(self) -> None:
        for partner in self:
            partner.crm_consent_count = self.env["crm.consent"].search_count(
                [("partner_id", "child_of", partner.ids), ("state", "=", "given")]
            )

    def action_crm_open_consents(self) -> dict:
        """Open what the contact, or the people of the company, answered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_consent_action")
        context = {} if self.is_company else {"default_partner_id": self.id}
        return {
            **action,
            "domain": [("partner_id", "child_of", self.ids)],
            "context": context,
        }

    def action_crm_export(self) -> dict:
        """Download everything the suite keeps about the contact, as a workbook."""
        self.ensure_one()
        self.env["crm.privacy.engine"]._export_companies()
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm/privacy/export/{self.id}",
            "target": "download",
        }

    def _crm_anonymise(self) -> None:
        """Take everything that names the contacts out of what the suite keeps.

        Figures and dates stay, so that totals do not change; documents of the ERP and the
        contacts themselves are left to Odoo. Each model says in its own attributes what goes
        (``crm.privacy.mixin``); an addon extends this for what hangs on no model of ours.
        """
        self.env["crm.privacy.engine"]._erase(self)
        self.write({"crm_decision_role": False, "crm_channel_id": False})
