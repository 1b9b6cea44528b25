from __future__ import annotations

from odoo import api, fields, models


class CrmStrategyPartMixin(models.AbstractModel):
    """What hangs on a strategy: its company, and what an approved strategy no longer lets change.

    ``_locked_fields`` names what belongs to the plan and not to the work on it: nobody changes it
    once the strategy is approved. True stands for the whole row, which then neither comes nor goes.
    """

    _name = "crm.strategy.part.mixin"
    _description = "Part of a Strategy"
    _inherit = ["crm.kept.mixin", "crm.privacy.mixin"]
    _check_company_auto = True

    _locked_fields: tuple[str, ...] | bool = ()
    # Plans and judgements of our own work, in which people name people.
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_only_sure = True

    strategy_id = fields.Many2one(
        "crm.strategy",
        string="Strategy",
        required=True,
        index=True,
        ondelete="cascade",
        help="The strategy that this belongs to.",
    )
    company_id = fields.Many2one(
        related="strategy_id.company_id", store=True, index=True, string="Company"
    )
    strategy_state = fields.Selection(related="strategy_id.state", string="State of the strategy")

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create rows; an approved plan takes none."""
        records = super().create(vals_list)
        if self._locked_fields is True:
            records.strategy_id._check_open()
        return records

    def write(self, vals: dict) -> bool:
        """Write rows; what an approved strategy says stays."""
        locked = self._locked_fields
        if locked is True or (locked and set(locked) & vals.keys()):
            self.strategy_id._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self) -> None:
        if self._locked_fields is True:
            self.strategy_id._check_open()
