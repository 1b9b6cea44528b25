"""What comes out when the files are right: everything, with the documents' own dates."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import FREIGHT, NET, ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangeLoad(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails_before = cls.env["mail.mail"].search_count([])
        cls.results = cls._load_harbour()
        cls.runs = {name: result["run"] for name, result in cls.results.items()}

    def test_every_row_is_accounted_for(self):
        expected = {
            "suppliers.csv": 3,
            "customers.csv": 8,
            "products.csv": 8,
            "orders.csv": 14,
            "order_details.csv": 30,
            "payments.csv": 7,
            "segments.csv": 4,
            "Draft invoices of shipped orders": 12,
            "Deliveries of shipped orders": 12,
        }
        self.assertEqual(set(self.runs), set(expected))
        for name, count in expected.items():
            self.assertCounts(self.runs[name], created=count)
            self.assertEqual(self.runs[name].state, "done")

    def test_totals_tie_to_the_files(self):
        lines = self._orders().order_line
        freight = lines.filtered(lambda line: line.product_id.default_code == "FREIGHT")
        self.assertEqual(len(lines - freight), 30)
        self.assertAlmostEqual(sum((lines - freight).mapped("price_subtotal")), NET, 2)
        self.assertAlmostEqual(sum(freight.mapped("price_subtotal")), FREIGHT, 2)
        gross = sum(line.price_unit * line.product_uom_qty for line in lines - freight)
        self.assertAlmostEqual(gross, 6807.74, 2)
        self.assertFalse(lines.tax_ids)

    def test_master_data_is_complete(self):
        galley = self._customer("GALLE")
        self.assertRecordValues(
            galley,
            [
                {
                    "name": '"Galley" Catering',
                    "city": "Cork",
                    "street2": "Co. Cork",
                    "crm_is_customer": True,
                    "is_company": True,
                }
            ],
        )
        self.assertEqual(galley.child_ids.mapped("name"), ["Tom O'Hara"])
        self.assertEqual(self._customer("ANCHO").country_id.code, "GB", "UK is an alias")
        self.assertEqual(self._customer("DOCKS").state_id.code, "WA")
        product = self.env["product.product"].search(
            [("company_id", "=", self.company.id), ("name", "=", "Net float")]
        )
        self.assertRecordValues(
            product, [{"invoice_policy": "order", "is_storable": True, "list_price": 12.3}]
        )
        self.assertEqual(product.seller_ids.partner_id.name, "Northern Rope Works")
        self.assertFalse(product.taxes_id)

    def test_orders_keep_their_dates_and_are_confirmed(self):
        orders = self._orders()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        order = self._order("9003")
        self.assertEqual(order.date_order.date(), date(2024, 1, 31))
        self.assertEqual(order.commitment_date.date(), date(2024, 2, 14))
        self.assertEqual(order.crm_shipped_date, date(2024, 2, 5))
        self.assertFalse(order.user_id)

    def test_each_shipped_order_has_one_draft_invoice_of_that_day(self):
        shipped = self._orders().filtered("crm_shipped_date")
        self.assertEqual(len(shipped), 12)
        for order in shipped:
            self.assertRecordValues(
                order.invoice_ids,
                [
                    {
                        "state": "draft",
                        "invoice_date": order.crm_shipped_date,
                        "amount_total": order.amount_total,
                        "crm_is_exchanged": True,
                    }
                ],
            )
        waiting = self._orders() - shipped
        self.assertEqual(waiting.mapped("invoice_status"), ["to invoice", "to invoice"])
        self.assertFalse(waiting.invoice_ids)

    def test_shipped_orders_are_delivered_on_that_day(self):
        for order in self._orders():
            self.assertEqual(len(order.picking_ids), 1)
            picking = order.picking_ids
            if not order.crm_shipped_date:
                self.assertNotEqual(picking.state, "done")
                continue
            self.assertEqual(picking.state, "done")
            self.assertEqual(picking.date_done.date(), order.crm_shipped_date)
            self.assertEqual(
                {move.date.date() for move in picking.move_ids}, {order.crm_shipped_date}
            )
            self.assertEqual(
                picking.move_ids.mapped("quantity"), picking.move_ids.mapped("product_uom_qty")
            )

    def test_payments_stop_as_drafts_with_their_shares(self):
        payments = self.env["account.payment"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(payments), 5)
        self.assertEqual(set(payments.mapped("state")), {"draft"})
        one_for_two = payments.filtered(lambda payment: payment.memo == "H3")
        self.assertEqual(one_for_two.amount, 358.0)
        self.assertEqual(one_for_two.crm_allocation_ids.mapped("amount"), [258.0, 100.0])

    def test_nothing_is_mailed(self):
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails_before)

    def test_nothing_is_posted_even_under_sudo(self):
        moves = self.env["account.move"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(moves.mapped("state")), {"draft"})
        engine_user = self.env.ref("crm_erp_bridge.crm_erp_bridge_user_engine")
        with self.assertRaises(AccessError):
            moves[:1].with_user(engine_user).sudo().action_post()

    def test_segments_have_rule_and_team(self):
        segments = self.env["crm.segment"].search(
            [("company_id", "=", self.company.id)], order="sequence"
        )
        self.assertEqual(segments.mapped("code"), ["KEY", "EU", "SA", "WORLD"])
        self.assertEqual(segments[0].team_id.name, "Key account crew")

    def test_the_same_bytes_lead_to_the_first_run(self):
        runs_before = self.env["crm.exchange.run"].search_count([])
        again = self._load_harbour()
        for name, result in again.items():
            self.assertTrue(result["repeat"], name)
            if result["run"]:
                self.assertEqual(result["run"], self.runs[name])
        self.assertEqual(self.env["crm.exchange.run"].search_count([]), runs_before)

    def test_the_same_rows_in_other_bytes_change_nothing(self):
        def reversed_columns(name):
            rows = [dict(reversed(row.items())) for row in reversed(self._rows(name))]
            return self._csv(rows).replace(b"\n", b"\r\n")

        stamps = self._orders().mapped("write_date")
        results = self._load({name: reversed_columns(name) for name in self.files})
        for name in self.files:
            run = results[name]["run"]
            self.assertNotEqual(run, self.runs[name])
            self.assertCounts(run, unchanged=run.row_count)
        self.assertEqual(self._orders().mapped("write_date"), stamps)

    def test_a_load_of_unchanged_rows_costs_the_same_for_few_and_many(self):
        few = self._csv([{**row, "fax": "1"} for row in self._rows("customers.csv")[:2]])
        many = self._csv([{**row, "fax": "2"} for row in self._rows("customers.csv")])
        self._load({"customers.csv": few})
        count = self.cr.sql_log_count
        self._load(
            {
                "customers.csv": self._csv(
                    [{**r, "fax": "3"} for r in self._rows("customers.csv")[:2]]
                )
            }
        )
        cost_of_few = self.cr.sql_log_count - count
        count = self.cr.sql_log_count
        self._load({"customers.csv": many})
        self.assertLessEqual(self.cr.sql_log_count - count, cost_of_few + 1)

    def test_x_sees_runs_but_neither_orders_nor_books(self):
        env = self.env(user=self.loader)
        self.assertTrue(env["crm.exchange.run"].search_count([]))
        for model in ("account.move", "crm.lead", "crm.customer"):
            self.assertFalse(env[model].has_access("read"), model)
        with self.assertRaises(AccessError):
            self.runs["orders.csv"].with_user(self.loader).write({"error_count": 7})
        with self.assertRaises(AccessError):
            env["crm.exchange.key"].search([], limit=1).write({"res_id": 1})
