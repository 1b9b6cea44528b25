from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

BATCH = 200  # documents a click; the command line goes on until nothing is left
CHUNK = 50


class CrmExchangePost(models.TransientModel):
    """The human step: post the drafts that the exchange prepared, with one's own rights."""

    _name = "crm.exchange.post"
    _description = "Post What the Exchange Prepared"

    company_id = fields.Many2one(
        "res.company",
        string="Company",
        required=True,
        default=lambda self: self.env.company,
        help="The company whose drafts are posted.",
    )
    invoice_count = fields.Integer(
        string="Draft invoices", compute="_compute_counts", help="Invoices that would be posted."
    )
    payment_count = fields.Integer(
        string="Draft payments",
        compute="_compute_counts",
        help="Payments that would be posted and set against their invoices.",
    )
    open_count = fields.Integer(
        string="Shares to settle",
        compute="_compute_counts",
        help="Parts of payments that are not set against their invoice yet.",
    )
    result_text = fields.Text(string="Result", readonly=True, help="What the last click did.")

    @api.depends("company_id")
    def _compute_counts(self) -> None:
        for wizard in self:
            company = wizard.company_id
            wizard.invoice_count = self.env["account.move"].search_count(self._invoices(company))
            wizard.payment_count = self.env["account.payment"].search_count(self._payments(company))
            wizard.open_count = self.env["crm.exchange.allocation"].search_count(
                self._allocations(company)
            )

    @api.model
    def _invoices(self, company) -> list:
        return [
            ("company_id", "=", company.id),
            ("crm_is_exchanged", "=", True),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "draft"),
        ]

    @api.model
    def _payments(self, company) -> list:
        return [
            ("company_id", "=", company.id),
            ("crm_is_exchanged", "=", True),
            ("state", "=", "draft"),
        ]

    @api.model
    def _allocations(self, company) -> list:
        return [("company_id", "=", company.id), ("is_settled", "=", False)]

    def action_post(self) -> dict:
        """Post the next drafts; every document is posted with the rights of who clicks."""
        self.ensure_one()
        done = self._post(self.company_id, BATCH)
        lines = [
            self.env._(
                "%(invoices)s invoices posted, %(payments)s payments posted, "
                "%(settled)s shares settled.",
                **{name: done[name] for name in ("invoices", "payments", "settled")},
            ),
            *done["problems"],
        ]
        if self.env["account.move"].search_count(self._invoices(self.company_id), limit=1):
            lines.append(self.env._("Drafts remain: press the button again."))
        self.result_text = "\n".join(lines)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Post what the exchange prepared"),
        }

    @api.model
    @api.private
    def _post(self, company, limit: int | None = None, commit: bool = False, report=None) -> dict:
        """Post invoices by date, then payments, then settle the stated amounts.

        Runs as the user of the environment. Documents that Odoo refuses stay drafts and are named
        in ``problems``; the others go on. Returns counts: invoices, payments, settled, problems.
        """
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._("Posting needs Odoo's role “Invoicing”. Ask your administrator for it.")
            )
        self = self.with_company(company).with_context(
            tracking_disable=True, mail_notrack=True, disable_abnormal_invoice_detection=True
        )
        done = {"invoices": 0, "payments": 0, "settled": 0, "problems": []}
        steps = (
            ("invoices", "account.move", self._invoices(company), "invoice_date, id"),
            ("payments", "account.payment", self._payments(company), "date, id"),
            ("settled", "crm.exchange.allocation", self._allocations(company), "payment_id, id"),
        )
        for name, model, domain, order in steps:
            records = self.env[model].search(domain, order=order, limit=limit)
            for start in range(0, len(records), CHUNK):
                chunk = records[start : start + CHUNK]
                done[name] += self._post_chunk(name, chunk, done["problems"])
                if commit:  # the command line posts many documents and may be stopped
                    self.env.cr.commit()  # pylint: disable=invalid-commit
                if report:
                    report(name, start + len(chunk), len(records))
        self._log_post(company, done)
        return done

    @api.model
    def _log_post(self, company, done: dict) -> None:
        """Note what was posted in the audit log."""
        names = ("invoices", "payments", "settled")
        if not any(done[name] for name in names) and not done["problems"]:
            return
        self.env["crm.audit.log"]._log_run(
            "exchange",
            self.env._("Posting of what the exchange prepared"),
            self.env._(
                "%(invoices)s invoices posted, %(payments)s payments posted, "
                "%(settled)s shares settled; %(problems)s refused.",
                problems=len(done["problems"]),
                **{name: done[name] for name in names},
            ),
            company,
        )

    @api.model
    def _post_chunk(self, name: str, chunk, problems: list[str]) -> int:
        """Post a chunk; when something in it is refused, one by one."""
        post = getattr(self, f"_post_{name}")
        try:
            with self.env.cr.savepoint():
                post(chunk)
            return len(chunk)
        except UserError:
            self.env.invalidate_all(flush=False)
        count = 0
        for record in chunk:
            try:
                with self.env.cr.savepoint():
                    post(record)
                count += 1
            except UserError as error:
                self.env.invalidate_all(flush=False)
                problems.append(f"{record.display_name}: {error}")
        return count

    @api.model
    def _post_invoices(self, invoices) -> None:
        invoices.action_post()

    @api.model
    def _post_payments(self, payments) -> None:
        payments.action_post()

    @api.model
    def _post_settled(self, allocations) -> None:
        for allocation in allocations:
            self._settle(allocation)
        allocations.is_settled = True

    @api.model
    def _settle(self, allocation) -> None:
        """Set the stated amount of a payment against its invoice, not more."""
        payment, invoice = allocation.payment_id, allocation.invoice_id
        if invoice.state != "posted" or payment.state not in ("in_process", "paid"):
            raise UserError(
                self.env._(
                    "Payment “%(payment)s” waits: it or invoice %(invoice)s is not posted.",
                    payment=payment.memo or payment.display_name,
                    invoice=invoice.display_name,
                )
            )
        account = payment.destination_account_id
        paid = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        remaining = allocation.amount
        lines = invoice.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        for line in lines.sorted("date_maturity"):
            part = min(remaining, abs(line.amount_residual_currency))
            if allocation.currency_id.is_zero(part) or not paid:
                break
            (paid[:1] | line).with_context(crm_exchange_limit=part).reconcile()
            remaining -= part
        if not allocation.currency_id.is_zero(remaining):
            raise UserError(
                self.env._(
                    "%(amount)s of payment “%(payment)s” could not be set against %(invoice)s: "
                    "less is open there. Settle the rest by hand.",
                    amount=allocation.currency_id.format(remaining),
                    payment=payment.memo or payment.display_name,
                    invoice=invoice.display_name,
                )
            )
