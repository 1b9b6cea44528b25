from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.tests.common import F, MomentsCase
from odoo.addons.crm_strategy.tests.common_health import HealthReader

from .common import ExchangeCase

X = "crm_erp_bridge.crm_erp_bridge_group_exchange"


@tagged("post_install", "-at_install")
class TestHealthOfDocuments(HealthReader, MomentsCase):
    """What the data-health page says about deliveries and suppliers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Goods",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
        )

    def _delivered(self, days_ago):
        """An order whose goods left so many days ago."""
        order = self._create_order()
        order.order_line.unlink()
        line = {"product_id": self.goods.id, "product_uom_qty": 2, "price_unit": 7}
        order.order_line = [Command.create(line)]
        self._confirm(order)
        picking = order.sudo().picking_ids
        for move in picking.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        picking._action_done()
        picking.date_done = fields.Datetime.now() - timedelta(days=days_ago, minutes=1)
        order.sudo()._compute_effective_date()
        return order

    def test_orders_delivered_and_not_invoiced(self):
        days = self.company_a.crm_unbilled_days
        late, _fresh, billed = (
            self._delivered(days),
            self._delivered(days - 1),
            self._delivered(90),
        )
        self._post(self._create_invoice(billed))
        self._create_order(self.beta)
        for user in (self.sim, self.fin):
            self.assertFinds(user, "order_unbilled", late, total=3)
        self.assertFinds(self.bor, "order_unbilled", self.env["sale.order"], total=0)
        self.company_a.crm_unbilled_days = days + 1
        self.assertFinds(self.sim, "order_unbilled", self.env["sale.order"], total=3)

    def test_suppliers_without_lead_time_or_arrival(self):
        self.env["product.supplierinfo"].search([]).unlink()
        prices = self.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": self.beta.id,
                    "product_tmpl_id": self.goods.product_tmpl_id.id,
                    "company_id": company.id,
                    "delay": delay,
                }
                for company, delay in (
                    (self.company_a, 0),
                    (self.company_a, 3),
                    (self.company_b, 0),
                )
            ]
        )
        self.assertFinds(self.fin, "supplier_without_lead_time", prices[0], total=2)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.beta.id,
                "company_id": self.company_a.id,
                "order_line": [
                    Command.create({"product_id": self.goods.id, "product_qty": quantity})
                    for quantity in (1, 2)
                ],
            }
        )
        purchase.button_confirm()
        purchase.order_line[0].date_planned = False
        self.assertFinds(self.fin, "purchase_without_date", purchase.order_line[0], total=2)

    def test_settings_write_the_company(self):
        admin = self._create_user("admin_settings", "base.group_system")
        Settings = self.env["res.config.settings"].with_user(admin).with_company(self.company_a)
        Settings.create({"crm_unbilled_days": 3}).execute()
        self.assertEqual(
            (self.company_a.crm_unbilled_days, self.company_b.crm_unbilled_days), (3, 14)
        )


@tagged("post_install", "-at_install")
class TestHealthOfFiles(HealthReader, ExchangeCase):
    """What the data-health page says to the people who load files."""

    def test_loaders_see_their_files_and_no_customer(self):
        page = self._page(self.loader)
        self.assertEqual([area["addon"] for area in page["areas"]], ["crm_erp_bridge"])
        codes = self._checks(self.loader)
        self.assertIn("exchange_row_open", codes)
        self.assertIn("exchange_lane_switched_off", codes)
        self.assertNotIn("lane_switched_off", codes)

    def test_rows_that_wait_or_are_in_error(self):
        rows = self._rows("orders.csv")
        rows[0]["customer_id"] = "NOBOD"
        self._load_harbour(orders=self._csv(rows))
        found = self.env["crm.exchange.row"].search([("company_id", "=", self.company.id)])
        held = found.filtered(lambda row: row.state in ("waiting", "error"))
        self.assertTrue(held)
        self.assertFinds(self.loader, "exchange_row_open", held)
        self.assertFinds(self.other_loader, "exchange_row_open", self.env["crm.exchange.row"])

    def test_keys_whose_record_was_deleted(self):
        self._load_harbour()
        Key = self.env["crm.exchange.key"]
        keys = Key.search([("company_id", "=", self.company.id)])
        quiet = self._customer("QUIET")
        lost = keys.filtered(lambda k: k.res_model == "res.partner" and k.res_id == quiet.id)
        self.assertTrue(lost)
        self.assertFinds(self.loader, "exchange_key_dead", Key, total=len(keys))
        quiet.unlink()
        self.assertFinds(self.loader, "exchange_key_dead", lost, total=len(keys))
        self.assertFinds(self.other_loader, "exchange_key_dead", Key, total=0)

    def test_kinds_of_files_without_columns(self):
        Type = self.env["crm.exchange.type"]
        mine, theirs = self.env["crm.exchange.package"].create(
            [
                {"name": name, "code": name, "company_id": company.id}
                for name, company in (("mine", self.company), ("theirs", self.other_company))
            ]
        )
        vals = {
            "name": "Bare",
            "code": "bare",
            "handler": "partner",
            "file_name": "bare.csv",
            "key_columns": "id",
            "key_kind": "customer",
        }
        bare, _other = Type.create(
            [{**vals, "package_id": mine.id}, {**vals, "package_id": theirs.id}]
        )
        self.assertFinds(self.loader, "exchange_type_incomplete", bare)

    def test_two_roles_in_one_hand(self):
        finance = self.env.ref(F)
        known = self._checks(self.loader)["two_roles_in_one_hand"]["count"]
        self.loader.group_ids += finance
        check = self._checks(self.loader)["two_roles_in_one_hand"]
        self.assertEqual(check["count"], known + 1)
        self.assertIn(self.loader, self._opened(self.loader, check).sudo(False))


@tagged("post_install", "-at_install")
class TestSetup(ExchangeCase):
    """The page of the set-up about files, for those who may decide about them."""

    def _setup(self, user):
        Setup = self.env["crm.setup"].with_user(user)
        Setup = Setup.with_context(allowed_company_ids=self.company.ids)
        return Setup.browse(Setup.action_open()["res_id"])

    def _manager(self, *groups):
        user = self._create_user("m", self.company, "crm_erp_bridge_group_exchange")
        user.group_ids = [
            Command.set([self.env.ref(name).id for name in ("base.group_user", *groups)])
        ]
        return user

    def test_page_is_for_strategy_managers_who_load_files(self):
        strategy = "crm_strategy.crm_strategy_group_manager"
        user = self._manager(strategy)
        codes = [page.code for page in self.env["crm.setup"].with_user(user)._pages()]
        self.assertNotIn("exchange", codes)
        user.group_ids += self.env.ref(X)
        codes = [page.code for page in self.env["crm.setup"].with_user(user)._pages()]
        self.assertIn("exchange", codes)

    def test_unticked_package_is_no_longer_offered(self):
        user = self._manager("crm_strategy.crm_strategy_group_manager", X)
        own = self.env["crm.exchange.package"].create(
            {"name": "Own", "code": "own", "company_id": self.company.id}
        )
        setup = self._setup(user)
        setup.page = "exchange"
        self.assertIn("Nothing changes", setup.package_effect)
        line = setup.package_line_ids.filtered(lambda line: line.package_id == own)
        line.is_used = False
        self.assertIn("1 no longer", setup.package_effect)
        self.assertTrue(own.active, "shown before it is applied")
        setup.action_next()
        self.assertFalse(own.active)
        setup.action_back()
        setup.action_next()
        self.assertIn("Nothing had to be changed", setup.outcome)
