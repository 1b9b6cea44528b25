from __future__ import annotations

from datetime import date

from odoo import Command, api, models

from odoo.addons.crm_strategy.demo import story_world as world

from . import story_supply as supply


class CrmDemoStory(models.AbstractModel):
    """What stands behind the sales: suppliers, purchases, deliveries, costs; and files."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "suppliers", "purchases", "deliveries", "costs", "files"]

    # purchases
    @api.model
    def _tell_suppliers(self) -> None:
        """Four suppliers with their prices."""
        company = self._get("company")
        self._make(
            "res.partner",
            {
                f"supplier_{key}": {
                    "name": name,
                    "is_company": True,
                    "company_id": company.id,
                    "city": city,
                    "country_id": self.env.ref(f"base.{country.lower()}").id,
                    "supplier_rank": 1,
                }
                for key, (name, city, country) in supply.SUPPLIERS.items()
            },
        )
        self.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": self._get(f"supplier_{product.supplier}").id,
                    "product_tmpl_id": self._get(f"product_{product.key}").product_tmpl_id.id,
                    "company_id": company.id,
                    "price": product.cost,
                    "delay": 15,
                }
                for product in world.PRODUCTS
                if product.supplier
            ]
        )

    @api.model
    def _tell_purchases(self) -> None:
        """Purchases of a year, received on the day they came; the last one is awaited."""
        purchases = supply.purchases()
        orders = self._make(
            "purchase.order",
            {f"purchase_{item.key}": self._purchase_values(item) for item in purchases},
        )
        orders.button_confirm()
        for item, order in zip(purchases, orders, strict=True):
            order.write(
                {
                    "date_approve": self._moment(item.ordered),
                    "date_planned": self._moment(item.promised),
                }
            )
        received = [
            (item, order)
            for item, order in zip(purchases, orders, strict=True)
            if item.received is not None
        ]
        self._move_goods({order.picking_ids: item.received for item, order in received})

    @api.model
    def _purchase_values(self, item: supply.Purchase) -> dict:
        costs = {product.key: product.cost for product in world.PRODUCTS}
        return {
            "partner_id": self._get(f"supplier_{item.supplier}").id,
            "company_id": self._get("company").id,
            "date_order": self._moment(item.ordered),
            "date_planned": self._moment(item.promised),
            "order_line": [
                Command.create(
                    {
                        "product_id": self._get(f"product_{name}").id,
                        "product_qty": quantity,
                        "price_unit": costs[name],
                        "date_planned": self._moment(item.promised),
                    }
                )
                for name, quantity in item.lines
            ],
        }

    # goods
    @api.model
    def _tell_deliveries(self) -> None:
        """Goods that left, on the day they left; two orders wait for the late supplier."""
        orders = {key: self._get(f"order_{key}") for key in world.sales()}
        lines = self.env["sale.order.line"].union(*(order.order_line for order in orders.values()))
        lines.filtered(lambda line: not line.move_ids)._action_launch_stock_rule()
        self._move_goods(
            {orders[key].picking_ids: days for key, days in supply.deliveries().items()}
        )
        # The quantities came with the transfers of today; they left on their own days.
        self.env.cr.flush()
        self._note_deliveries(
            {orders[key]: self._moment(days, hour=15) for key, days in supply.deliveries().items()}
        )

    @api.model
    def _move_goods(self, transfers: dict) -> None:
        """Carry transfers out as of so many days ago: {transfers: days}."""
        pickings = self.env["stock.picking"].union(*transfers)
        # Goods that moved long ago are not reserved first, as in the exchange.
        pickings = pickings.with_context(crm_exchange_shipped=True, cancel_backorder=True)
        self.env["crm.exchange.handler.delivery"]._pick(pickings.move_ids)
        pickings._action_done()
        for picking, days in transfers.items():
            picking.write({"date_done": self._moment(days, hour=15)})
            picking.move_ids.write({"date": self._moment(days, hour=15)})
            picking.move_line_ids.write({"date": self._moment(days, hour=15)})

    # books
    @api.model
    def _tell_costs(self) -> None:
        """Month by month the cost of what was invoiced, by customer, and wages and rent."""
        self._make_entries(
            [
                (
                    day,
                    self.env._("Cost of goods and work"),
                    self._account("expense_direct_cost"),
                    {self._get(key).id: float(cost) for key, cost in by_customer.items()},
                )
                for day, by_customer in supply.costs(self._calendar()).items()
            ]
        )
        self._make_entries(
            [
                (
                    day,
                    self.env._("Wages, rent and vans"),
                    self._account("expense"),
                    {False: float(supply.OVERHEAD)},
                )
                for day in supply.costs(self._calendar())
            ]
        )

    @api.model
    def _account(self, account_type: str) -> models.BaseModel:
        return self.env["account.account"].search(
            [
                ("company_ids", "=", self._get("company").id),
                ("account_type", "=", account_type),
            ],
            order="code",
            limit=1,
        )

    @api.model
    def _make_entries(self, entries: list[tuple[date, str, models.BaseModel, dict]]) -> None:
        """Posted entries (day, text, account of the cost, {partner id: amount})."""
        company = self._get("company")
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "general")], limit=1
        )
        stock = self._account("asset_current")
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "company_id": company.id,
                    "date": day,
                    "ref": text,
                    "line_ids": [
                        Command.create(
                            {
                                "name": text,
                                "account_id": account.id,
                                "partner_id": partner_id,
                                "balance": amount,
                            }
                        )
                        for partner_id, amount in amounts.items()
                    ]
                    + [
                        Command.create(
                            {
                                "name": text,
                                "account_id": stock.id,
                                "balance": -sum(amounts.values()),
                            }
                        )
                    ],
                }
                for day, text, account, amounts in entries
            ]
        )
        moves._post(soft=False)

    # files
    @api.model
    def _tell_files(self) -> None:
        """The web shop's customers, twice: rows with mistakes stay, one of them is corrected."""
        person = self._make_people([supply.EXCHANGE])
        package = self.env.ref("crm_erp_bridge.crm_exchange_package_trading")
        kind = self.env.ref("crm_erp_bridge.crm_exchange_type_customers")
        engine = self.env["crm.exchange.engine"]._as_engine(self._get("company"))
        for text in supply.FILES:
            engine._load([(kind, "customers.csv", text.encode())], person, package)
