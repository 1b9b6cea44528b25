from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _prepare_reconciliation_single_partial(
        self, debit_values, credit_values, shadowed_aml_values=None
    ):
        """Settle at most the amount that the file states for the invoice, not all that is open.

        The limit comes by the context and only from the step that settles loaded payments.
        """
        limit = self.env.context.get("crm_exchange_limit")
        if limit:
            debit_values = _limited(debit_values, limit)
            credit_values = _limited(credit_values, limit)
        return super()._prepare_reconciliation_single_partial(
            debit_values, credit_values, shadowed_aml_values=shadowed_aml_values
        )


def _limited(values: dict, limit: float) -> dict:
    """Residuals cut to the limit, given in the currency of the line."""
    residual = values["amount_residual_currency"]
    if abs(residual) <= limit:
        return values
    company_currency = values["aml"].company_currency_id
    share = limit / abs(residual)
    return {
        **values,
        "amount_residual_currency": limit if residual > 0 else -limit,
        "amount_residual": company_currency.round(values["amount_residual"] * share),
    }
