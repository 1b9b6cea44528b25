from __future__ import annotations

from odoo import Command, api, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.demo import story_world as world

from . import story_documents as documents

BOOKS = ("account.move", "account.move.line", "account.partial.reconcile")


class CrmDemoStory(models.AbstractModel):
    """The sell side of the story: orders, invoices, a credit note, payments, and their passes."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "books", "orders", "invoices", "payments"]

    # books
    @api.model
    def _tell_books(self) -> None:
        """An accountant, a chart of accounts, and the two taxes of the story."""
        self._make_people([documents.ACCOUNTANT])
        company = self._get("company")
        currency, country = company.currency_id, company.country_id
        # Odoo's public entry warns of a registry that is not whole yet, as when all is installed in
        # one go; the generic chart needs nothing of what is missing then.
        self.env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        # The generic chart makes an American company of everybody.
        groups = self.env["account.tax.group"].search([("company_id", "=", company.id)])
        taxes = self.env["account.tax"].search([("company_id", "=", company.id)])
        company.write(
            {
                "currency_id": currency.id,
                "country_id": country.id,
                "account_fiscal_country_id": country.id,
                "anglo_saxon_accounting": False,
            }
        )
        groups.country_id = country
        taxes.country_id = country
        home = company.account_sale_tax_id
        home.write({"name": "VAT 21%", "amount": float(documents.TAX["RO"])})
        # Orders and invoices print the name of the group below their lines.
        home.tax_group_id.name = "VAT"
        company.account_purchase_tax_id.write({"name": "VAT 21% purchases", "amount": 21.0})
        abroad = home.copy({"name": "Intra-Community supply 0%", "amount": 0.0})
        self._name_records({"tax_RO": home, "tax_PL": abroad})
        services = {f"product_{item.key}": not item.is_goods for item in world.PRODUCTS}
        for name in services:
            self._get(name).write(
                {
                    "invoice_policy": "order",
                    "taxes_id": [Command.set(home.ids)],
                    "supplier_taxes_id": [Command.set(company.account_purchase_tax_id.ids)],
                }
            )

    # orders
    @api.model
    def _tell_orders(self) -> None:
        """Confirmed orders on their own days, and quotations of the most likely deals."""
        self._need_warehouse()
        orders = self._make(
            "sale.order",
            {
                f"order_{sale.key}": self._order_values(sale, sale.lines)
                for sale in world.sales().values()
            },
        )
        deals = {deal.sale: deal for deal in world.deals() if deal.sale}
        for sale, order in zip(world.sales().values(), orders, strict=True):
            if sale.key in deals:
                order.opportunity_id = self._get(f"deal_{deals[sale.key].key}")
        # Goods leave later, in the chapter of an addon that knows of stock.
        orders.with_context(skip_procurement=True).action_confirm()
        for sale, order in zip(world.sales().values(), orders, strict=True):
            order.date_order = self._moment(sale.days)
        self._deliver_services(orders)
        self._make_quotations()

    @api.model
    def _need_warehouse(self) -> None:
        """Orders of goods ask for a warehouse as soon as Odoo's stock is installed."""
        Warehouse, company = self.env.get("stock.warehouse"), self._get("company")
        if Warehouse is not None and not Warehouse.search_count([("company_id", "=", company.id)]):
            Warehouse.create({"name": company.name, "code": "BT", "company_id": company.id})

    @api.model
    def _order_values(self, sale: world.Sale, lines) -> dict:
        partner = self._get(sale.customer)
        tax = self._get(f"tax_{world.customers()[sale.customer].country}")
        return {
            "partner_id": partner.id,
            "company_id": self._get("company").id,
            "user_id": partner.user_id.id,
            "date_order": self._moment(sale.days),
            "commitment_date": self._moment(sale.days - 7),
            "client_order_ref": f"PO {sale.key.upper()}",
            "order_line": [
                Command.create(
                    {
                        "product_id": self._get(f"product_{product}").id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.set(tax.ids)],
                    }
                )
                for product, quantity, price in lines
            ],
        }

    @api.model
    def _deliver_services(self, orders) -> None:
        """Services are delivered with the order; goods too, where nobody moves them."""
        waiting = {f"PO {key.upper()}" for key in documents.WAITING}
        done = orders.filtered(lambda order: order.client_order_ref not in waiting)
        for line in done.order_line.filtered(lambda line: line.qty_delivered_method == "manual"):
            line.qty_delivered = line.product_uom_qty
        # The quantities are typed on the day of telling; most came a day early, every sixth late.
        self.env.cr.flush()
        self._note_deliveries(
            {
                order: self._moment(max(sale.days - (9 if number % 6 == 5 else 6), 0))
                for number, (sale, order) in enumerate(
                    zip(world.sales().values(), orders, strict=True)
                )
            }
        )

    @api.model
    def _note_deliveries(self, days: dict) -> None:
        """Let orders that are delivered in full have been so since the moments given."""
        for order, moment in days.items():
            # Raw SQL: the day is the engine's note, which nobody may type.
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET crm_delivered_at = %s"
                    " WHERE id = %s AND crm_delivered_at IS NOT NULL",
                    moment,
                    order.id,
                )
            )
        orders = self.env["sale.order"].union(*days)
        orders.invalidate_recordset(["crm_delivered_at"], flush=False)
        orders._moment_collect()

    @api.model
    def _make_quotations(self) -> None:
        offers = [deal for deal in world.OPEN_DEALS if deal.probability >= 60]
        # Sent on their own days, which the chapter of facts tells.
        self._make(
            "sale.order",
            {
                f"quotation_{deal.key}": {
                    **self._order_values(
                        world.Sale(deal.key, deal.customer, deal.opened // 2, ()),
                        (("install", 1, deal.amount),),
                    ),
                    "opportunity_id": self._get(f"deal_{deal.key}").id,
                    "client_order_ref": False,
                    "commitment_date": False,
                    "state": "sent",
                }
                for deal in offers
            },
        )

    # invoices
    @api.model
    def _tell_invoices(self) -> None:
        """Posted invoices on their own days, one for two orders, and a credit note."""
        bills = documents.bills()
        invoices = self._make(
            "account.move",
            {f"invoice_{key}": self._invoice_values(bill) for key, bill in bills.items()},
        )
        self._analyze("sale.order", "sale.order.line", *BOOKS)
        invoices._post(soft=False)
        self._analyze(*BOOKS)
        for bill in bills.values():
            if bill.credit:
                self._make_credit(bill)

    @api.model
    def _invoice_values(self, bill: documents.Bill) -> dict:
        orders = self.env["sale.order"].union(*(self._get(f"order_{key}") for key in bill.sales))
        return {
            **orders[0]._prepare_invoice(),
            "invoice_origin": ", ".join(orders.mapped("name")),
            "invoice_date": self._calendar().day(bill.days),
            "invoice_payment_term_id": self.env.ref("account.account_payment_term_30days").id,
            "invoice_line_ids": [
                Command.create(line._prepare_invoice_line()) for line in orders.order_line
            ],
        }

    @api.model
    def _make_credit(self, bill: documents.Bill) -> None:
        invoice = self._get(f"invoice_{bill.key}")
        product = self._get(f"product_{bill.credit.product}")
        credit = invoice._reverse_moves(
            [
                {
                    "invoice_date": self._calendar().day(bill.credit_days),
                    "date": self._calendar().day(bill.credit_days),
                    "ref": self.env._("Broken on arrival"),
                }
            ]
        )
        credit.invoice_line_ids.filtered(lambda line: line.product_id != product).unlink()
        credit.invoice_line_ids.quantity = bill.credit.quantity
        credit._post(soft=False)
        self._name_records({f"credit_{bill.key}": credit})
        self._match([(invoice, credit)])

    # payments
    @api.model
    def _tell_payments(self) -> None:
        """Customers pay into the bank, each payment set against its invoice."""
        company = self._get("company")
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        rows, invoices = {}, []
        for bill in documents.bills().values():
            for number, (days, amount) in enumerate(bill.payments, 1):
                invoice = self._get(f"invoice_{bill.key}")
                rows[f"payment_{bill.key}.{number}"] = {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": invoice.commercial_partner_id.id,
                    "company_id": company.id,
                    "journal_id": journal.id,
                    "outstanding_account_id": journal.default_account_id.id,
                    "currency_id": company.currency_id.id,
                    "date": self._calendar().day(days),
                    "amount": float(amount),
                    "memo": invoice.name,
                    "invoice_ids": [Command.set(invoice.ids)],
                }
                invoices.append(invoice)
        payments = self._make("account.payment", rows)
        self._analyze("account.payment", *BOOKS)
        payments.action_post()
        self._analyze("account.payment", *BOOKS)
        self._match(zip(invoices, payments.move_id, strict=True))

    @api.model
    def _match(self, pairs) -> None:
        """Set entries against their invoices, all in one go."""
        self.env["account.move.line"]._reconcile_plan(
            [
                (invoice | entry).line_ids.filtered(
                    lambda line: line.account_type == "asset_receivable" and not line.reconciled
                )
                for invoice, entry in pairs
            ]
        )
