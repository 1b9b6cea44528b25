from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core import health
from odoo.addons.crm_strategy.core.health import HealthCheck

from .crm_exchange_type import FILE_HANDLERS

ADDON = "crm_erp_bridge"
LOADER = "crm_erp_bridge.crm_erp_bridge_group_exchange"
FINANCE = "crm_strategy.crm_strategy_group_finance"


class CrmHealth(models.AbstractModel):
    """What keeps deliveries, suppliers and files from agreeing with the books."""

    _inherit = "crm.health"

    @api.model
    def _health_areas(self) -> dict[str, str]:
        return {**super()._health_areas(), ADDON: self.env._("Deliveries, suppliers and files")}

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [
            *super()._health_checks(),
            self._health_unbilled(),
            *self._health_suppliers(),
            *self._health_exchange(),
            self._health_two_roles(),
            self._health_lanes("exchange_lane_switched_off", ADDON, [ADDON]),
        ]

    # documents
    @api.model
    def _health_unbilled(self) -> HealthCheck | None:
        now = fields.Datetime.now()
        late = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("effective_date", "<", now - timedelta(days=company.crm_unbilled_days))
            for company in self.env.companies
        )
        return self._health_check(
            "order_unbilled",
            "sale.order",
            late & Domain("invoice_status", "=", "to invoice"),
            self._health_company_domain()
            & Domain("state", "=", "sale")
            & Domain("effective_date", "!=", False),
            (
                self.env._("Orders delivered and not invoiced"),
                self.env._("delivered orders"),
                self.env._(
                    "Their revenue is missing in the books. The settings say after how many days "
                    "an order appears here."
                ),
            ),
            addon=ADDON,
            severity=health.WRONG,
        )

    @api.model
    def _health_suppliers(self) -> list[HealthCheck | None]:
        unpromised = Domain("date_planned", "=", False)
        return [
            self._health_check(
                "purchase_without_date",
                "purchase.order.line",
                unpromised,
                self._health_company_domain()
                & Domain("state", "=", "purchase")
                & Domain("display_type", "=", False),
                (
                    self.env._("Confirmed purchases without an expected arrival"),
                    self.env._("purchase lines"),
                    self.env._("A late supplier is not noticed before the customer is."),
                ),
                addon=ADDON,
            ),
            self._health_check(
                "supplier_without_lead_time",
                "product.supplierinfo",
                Domain("delay", "<=", 0),
                self._health_company_domain(shared=True),
                (
                    self.env._("Vendor prices without a lead time"),
                    self.env._("vendor prices"),
                    self.env._("Purchases expect their goods on the day they are ordered."),
                ),
                addon=ADDON,
            ),
        ]

    # exchange
    @api.model
    def _health_exchange(self) -> list[HealthCheck | None]:
        bare = (
            Domain("mapping_ids", "=", False)
            | Domain("file_name", "=", False)
            | Domain("key_columns", "=", False)
        )
        return [
            self._health_check(
                "exchange_type_incomplete",
                "crm.exchange.type",
                bare,
                self._health_company_domain(shared=True) & Domain("handler", "in", FILE_HANDLERS),
                (
                    self.env._("Kinds of files that are not described completely"),
                    self.env._("kinds of files"),
                    self.env._("Their files are refused: columns, key or name are missing."),
                ),
                addon=ADDON,
            ),
            self._health_check(
                "exchange_row_open",
                "crm.exchange.row",
                self._health_company_domain() & Domain("is_open", "=", True),
                None,
                (
                    self.env._("Rows of files that wait or are in error"),
                    self.env._("rows"),
                    self.env._("Their records are not in the database. Correct and load them."),
                ),
                addon=ADDON,
                severity=health.WRONG,
            ),
            self._health_check(
                "exchange_key_dead",
                "crm.exchange.key",
                Domain("id", "in", self._health_dead_keys()),
                self._health_company_domain(),
                (
                    self.env._("External keys whose record was deleted"),
                    self.env._("keys"),
                    self.env._("Files that name them cannot find what they belong to."),
                ),
                addon=ADDON,
            ),
        ]

    @api.model
    def _health_dead_keys(self) -> list[int]:
        """Ids of the active companies' keys whose record does not exist any more."""
        Key = self.env["crm.exchange.key"]
        if not Key.has_access("read"):
            return []
        self.env.flush_all()
        dead = []
        for (model,) in Key._read_group(list(self._health_company_domain()), ["res_model"]):
            gone = SQL("TRUE")
            if model in self.env:
                gone = SQL(
                    "NOT EXISTS (SELECT 1 FROM %s AS record WHERE record.id = key.res_id)",
                    SQL.identifier(self.env[model]._table),
                )
            # Raw SQL: one anti-join per kind of record; whether a record exists is asked, not
            # what it says.
            dead += self.env.execute_query(
                SQL(
                    "SELECT key.id FROM crm_exchange_key AS key "
                    "WHERE key.res_model = %s AND key.company_id = ANY(%s) AND %s",
                    model,
                    self.env.companies.ids,
                    gone,
                )
            )
        return [key_id for (key_id,) in dead]

    @api.model
    def _health_two_roles(self) -> HealthCheck | None:
        groups = [self.env.ref(LOADER), self.env.ref(FINANCE)]
        both = Domain.AND(Domain("all_group_ids", "in", group.ids) for group in groups)
        return self._health_check(
            "two_roles_in_one_hand",
            "res.users",
            both & Domain("company_ids", "in", self.env.companies.ids),
            None,
            (
                self.env._("People who load files and control the figures made of them"),
                self.env._("people"),
                self.env._(
                    "Nobody looks over their shoulder. Give “Data exchange” and “CRM finance” to "
                    "different people."
                ),
            ),
            addon=ADDON,
        )
