from odoo import Command, api, models
from odoo.exceptions import UserError

from ..core.documents import Decision, Outcome

TARGETS = ("date", "partner_id", "order_id", "amount", "memo")


class CrmExchangeHandlerPayment(models.AbstractModel):
    """Payments of customers: one payment may have several rows, one for each invoice.

    They stop as drafts. The amount meant for each invoice is kept beside the payment, and the
    step "Post what the exchange prepared" settles exactly these amounts.
    """

    _name = "crm.exchange.handler.payment"
    _inherit = "crm.exchange.handler.document"
    _description = "Exchange Handler of Payments"

    _chunk_size = 100

    @api.model
    def _targets(self, exchange_type):
        return TARGETS

    @api.model
    def _decide(self, kind, documents, promised):
        keys = self._invoice_keys(kind, documents)
        return super(CrmExchangeHandlerPayment, self.with_context(crm_invoice_keys=keys))._decide(
            kind, documents, promised
        )

    @api.model
    def _invoice_keys(self, kind, documents) -> dict[int, int]:
        """The invoice of each order that the rows name: by the exchange's memory, else the
        order's only invoice."""
        order_ids = {
            row.values.get("order_id") or 0 for document in documents for row in document.rows
        }
        found = {}
        for order in self.env["sale.order"].browse(order_ids - {0}):
            invoices = order.invoice_ids.filtered(
                lambda move: move.move_type == "out_invoice" and move.state != "cancel"
            )
            if len(invoices) == 1:
                found[order.id] = invoices.id
        return found

    @api.model
    def _missing(self, kind, document, promised):
        invoices = self.env.context["crm_invoice_keys"]
        order_column = kind.mapping_ids.filtered(lambda line: line.target == "order_id").column
        for row in document.rows:
            key = (row.raw.get(order_column) or "").strip()
            if row.values["order_id"] in invoices or key in promised.get("invoice", {}):
                continue
            return (
                self.env._("Order “%(key)s” has no invoice yet that could be paid.", key=key),
                self.env._("Invoice the order, then try the rows of this run again."),
            )
        return None

    @api.model
    def _decide_one(self, kind, document, known, known_rows, promised):
        decision = super()._decide_one(kind, document, known, known_rows, promised)
        if decision.action != "create":
            return decision
        heads = {(row.values["date"], row.values["partner_id"]) for row in document.rows}
        if len(heads) > 1:
            outcome = Outcome(
                "error",
                "",
                self.env._(
                    "The rows of payment “%(key)s” differ in date or customer.", key=document.key
                ),
                self.env._("Give all rows of one payment the same date and customer."),
            )
            return Decision(document, "none", [outcome] * len(document.rows))
        return decision

    @api.model
    def _prepare(self, kind, document, promised):
        invoices = self.env.context["crm_invoice_keys"]
        first = document.rows[0].values
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "company_id": self.env.company.id,
            "partner_id": first["partner_id"],
            "date": first["date"],
            "amount": float(sum(row.values["amount"] for row in document.rows)),
            "memo": first.get("memo") or document.key,
            "crm_is_exchanged": True,
            "crm_allocation_ids": [
                Command.create(
                    {
                        "invoice_id": invoices.get(row.values["order_id"], 0),
                        "amount": float(row.values["amount"]),
                    }
                )
                for row in document.rows
            ],
        }

    @api.model
    def _apply(self, kind, runs, decisions):
        journal = self._journal(kind)
        account = self._liquidity_account(journal)
        Move = self.env["account.move"]
        vals_list = []
        for decision in decisions:
            allocations = [command[2] for command in decision.prepared["crm_allocation_ids"]]
            invoices = Move.browse(vals["invoice_id"] for vals in allocations)
            self._check_invoices(decision, invoices)
            vals_list.append(
                {
                    **decision.prepared,
                    "journal_id": journal.id,
                    "currency_id": invoices.currency_id.id,
                    "outstanding_account_id": account.id,
                    "invoice_ids": [Command.set(invoices.ids)],
                }
            )
        payments = self.env["account.payment"].create(vals_list)
        for decision, payment in zip(decisions, payments, strict=True):
            name = self.env._("Payment %(key)s", key=decision.document.key)
            decision.target = ("account.payment", payment.id, name)
        self._remember_documents(kind, runs, decisions)

    @api.model
    def _check_invoices(self, decision, invoices) -> None:
        partner = self.env["res.partner"].browse(decision.prepared["partner_id"])
        others = invoices.filtered(
            lambda move: move.commercial_partner_id != partner.commercial_partner_id
        )
        if others or len(invoices.currency_id) != 1:
            raise UserError(
                self.env._(
                    "Payment “%(key)s” of %(partner)s names an order of another customer or in "
                    "another currency.",
                    key=decision.document.key,
                    partner=partner.display_name,
                )
            )

    @api.model
    def _journal(self, kind):
        journal = kind.journal_id or self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        if journal.company_id != self.env.company:
            raise UserError(
                self.env._(
                    "%(company)s has no bank journal for payments. "
                    "Create one in Accounting, or choose it on type “%(name)s”.",
                    company=self.env.company.display_name,
                    name=kind.name,
                )
            )
        return journal

    @api.model
    def _liquidity_account(self, journal):
        """Where the money arrives: the outstanding account of the journal's method of payment,
        else the account of the bank itself. Without one a payment would have no entry."""
        lines = journal.inbound_payment_method_line_ids
        account = lines[:1].payment_account_id or journal.default_account_id
        if not account:
            raise UserError(
                self.env._(
                    "Journal “%(name)s” has no account for incoming payments. "
                    "Enter its bank account in Accounting.",
                    name=journal.display_name,
                )
            )
        return account
