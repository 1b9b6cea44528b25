from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

from .account_move import SALE_TYPES

# Numbers of the profile: without one they are unknown.
FIGURES = frozenset(("posted_revenue", "open_amount", "invoice_count"))


class CrmCustomer(models.Model):
    """Customers show what the books say about them, and segment rules may ask for it."""

    _inherit = "crm.customer"

    currency_id = fields.Many2one(related="company_id.currency_id", string="Currency")
    profile_ids = fields.One2many(
        "crm.customer.profile",
        "customer_id",
        string="Customer value",
        help="The figures of this customer from the books; at most one line.",
    )
    has_posted_invoice = fields.Boolean(
        string="Has posted invoices",
        compute="_compute_profile",
        search="_search_has_posted_invoice",
        help="Without a posted invoice there is no data: the figures are not 0, they are unknown.",
    )
    posted_revenue = fields.Monetary(
        string="Posted revenue (all time)",
        compute="_compute_profile",
        search="_search_posted_revenue",
        help="Sum of all posted invoices and receipts less credit notes, without taxes. A rule "
        "such as “at least 25,000” never fits customers without a posted document.",
    )
    open_amount = fields.Monetary(
        string="Still open",
        compute="_compute_profile",
        search="_search_open_amount",
        help="What is left to pay of the posted documents, with taxes.",
    )
    invoice_count = fields.Integer(
        string="Posted invoices",
        compute="_compute_profile",
        search="_search_invoice_count",
        help="Number of posted invoices and receipts.",
    )
    first_invoice_date = fields.Date(
        string="First invoice on",
        compute="_compute_profile",
        search="_search_first_invoice_date",
    )
    last_invoice_date = fields.Date(
        string="Last invoice on",
        compute="_compute_profile",
        search="_search_last_invoice_date",
    )

    @api.model
    def _profile_fields(self) -> tuple[str, ...]:
        """Fields of the customer that come from the profile."""
        return (
            "profile_ids",
            "has_posted_invoice",
            "posted_revenue",
            "open_amount",
            "invoice_count",
            "first_invoice_date",
            "last_invoice_date",
        )

    # What a reader sees depends on the profiles that the reader may see.
    @api.depends("profile_ids")
    @api.depends_context("uid")
    def _compute_profile(self) -> None:
        profiles = self.env["crm.customer.profile"]
        if profiles.has_access("read"):
            profiles = profiles.search([("customer_id", "in", self._origin.ids)])
        found = {profile.customer_id.id: profile for profile in profiles}
        for customer in self:
            profile = found.get(customer._origin.id)
            customer.has_posted_invoice = bool(profile)
            for name in self._profile_fields()[2:]:
                customer[name] = profile[name] if profile else False

    # reading
    def _read_format(self, fnames, load="_classic_read"):
        """Rows of these fields; a figure that the reader has no data for is False, never 0.

        So lists leave the cell empty, do not add it up, and programs do not take it for a nought.
        """
        rows = super()._read_format(fnames, load)
        figures = FIGURES.intersection(fnames)
        if figures:
            unknown = {customer.id for customer in self if not customer.has_posted_invoice}
            for row in rows:
                if row["id"] in unknown:
                    row.update(dict.fromkeys(figures, False))
        return rows

    # searching
    @api.model
    def _search_has_posted_invoice(self, operator: str, value) -> Domain:
        if operator != "in":
            return NotImplemented
        wanted = {bool(item) for item in value}
        if len(wanted) == 2:
            return Domain.TRUE
        return Domain("profile_ids", "!=" if True in wanted else "=", False)

    @api.model
    def _search_posted_revenue(self, operator: str, value) -> Domain:
        return self._search_profile("posted_revenue", operator, value)

    @api.model
    def _search_open_amount(self, operator: str, value) -> Domain:
        return self._search_profile("open_amount", operator, value)

    @api.model
    def _search_invoice_count(self, operator: str, value) -> Domain:
        return self._search_profile("invoice_count", operator, value)

    @api.model
    def _search_first_invoice_date(self, operator: str, value) -> Domain:
        return self._search_profile("first_invoice_date", operator, value)

    @api.model
    def _search_last_invoice_date(self, operator: str, value) -> Domain:
        return self._search_profile("last_invoice_date", operator, value)

    @api.model
    def _search_profile(self, name: str, operator: str, value) -> Domain:
        """Condition on a figure; whoever has no data fits only a search for “not set”."""
        if operator in ("in", "not in"):
            known = [item for item in value if item is not False and item is not None]
            domain = Domain("profile_ids", "any", [(name, "in", known)]) if known else Domain.FALSE
            if len(known) < len(list(value)):
                domain |= Domain("profile_ids", "=", False)
            # “not in” is about customers with data, unless no data is what shall be left out.
            if operator == "not in":
                has_data = Domain("profile_ids", "!=", False)
                domain = ~domain & has_data
            return domain
        return Domain("profile_ids", "any", [(name, operator, value)])

    # drill-down
    def _posted_document_domain(self) -> Domain:
        """Posted sales documents of these customers; they add up to the posted revenue."""
        return Domain.OR(
            Domain("state", "=", "posted")
            & Domain("move_type", "in", SALE_TYPES)
            & Domain("company_id", "=", customer.company_id.id)
            & Domain("partner_id.commercial_partner_id", "=", customer.partner_id.id)
            for customer in self
        )

    def action_open_invoices(self) -> dict:
        """Open the posted invoices, receipts and credit notes of the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Posted documents of %(customer)s", customer=self.display_name),
            "res_model": "account.move",
            "domain": list(self._posted_document_domain()),
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
