from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.tests.common import ORDER_DAY, MomentsCase

DELIVERY_DAY = datetime(2026, 3, 12, 10)


@tagged("post_install", "-at_install")
class TestStockPickingFacts(MomentsCase):
    """Moment 7 needs the goods and the invoice; services need the invoice alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Goods",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )
        cls.keeper = cls._create_user("keeper", "stock.group_stock_user")

    def _order_goods(self, quantity=10, price=7):
        order = self._create_order()
        order.order_line.unlink()
        order.order_line = [
            Command.create(
                {
                    "product_id": self.goods.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                }
            )
        ]
        return self._confirm(order)

    def _deliver(self, picking, quantity=None, at=DELIVERY_DAY, backorder=True):
        """Done by the store keeper, then dated as an importer does."""
        kept = picking.with_user(self.keeper)
        for move in kept.move_ids:
            move.write(
                {
                    "quantity": move.product_uom_qty if quantity is None else quantity,
                    "picked": True,
                }
            )
        kept.with_context(cancel_backorder=not backorder)._action_done()
        kept.date_done = at
        return picking

    def test_delivery_gives_a_fact_on_its_day(self):
        order = self._order_goods()
        picking = order.picking_ids
        self.assertEqual(self._facts(picking).mapped("fact"), ["delivery_planned"])
        self._deliver(picking)
        fact = self._facts(picking, fact="delivery_done")
        self.assertEqual(fact.fact_at, DELIVERY_DAY)
        self.assertEqual(fact.amount, 70)
        self.assertEqual((fact.root_model, fact.root_id), ("sale.order", order.id))
        self.assertEqual(fact.partner_id, self.alfa)
        self.assertEqual(self._facts(picking, fact="delivery_planned").fact_at, ORDER_DAY)

    def test_history_in_sets_gives_the_facts_of_the_daily_capture(self):
        whole, part = self._order_goods(), self._order_goods(price=3.33)
        self._deliver(whole.picking_ids)
        self._deliver(part.picking_ids, quantity=3)
        pickings = (whole | part).picking_ids
        daily = self._standing()
        # A part of an order is valued by its share, document by document.
        self.assertEqual(self._plain_ids(pickings), set(whole.picking_ids.ids))
        self.env.cr.execute("DELETE FROM crm_moment_event")
        self.env.invalidate_all()
        self.env["crm.moment.event"]._replay(self.company_a)
        self.assertEqual(self._standing(), daily)

    def test_goods_and_invoice_prove_moment_7(self):
        order = self._order_goods()
        self._deliver(order.picking_ids)
        self._post(self._create_invoice(order, date(2026, 3, 16)))
        line = self._line(order, "M7")
        self.assertEqual(line.state, "proven")
        self.assertEqual(line.started_on, date(2026, 3, 12))
        self.assertEqual(line.proven_on, date(2026, 3, 16))

    def test_invoice_without_its_goods_does_not_prove_moment_7(self):
        order = self._order_goods()
        self._post(self._create_invoice(order, date(2026, 3, 9)))
        self.assertEqual(self._line(order, "M7").state, "started")
        self._deliver(order.picking_ids)
        line = self._line(order, "M7")
        self.assertEqual((line.state, line.proven_on), ("proven", date(2026, 3, 12)))

    def test_goods_without_an_invoice_do_not_prove_moment_7(self):
        order = self._order_goods()
        self._deliver(order.picking_ids)
        self.assertEqual(self._line(order, "M7").state, "started")

    def test_backorder_keeps_moment_7_open_until_it_is_delivered(self):
        order = self._order_goods()
        first = self._deliver(order.picking_ids, quantity=4)
        self.assertEqual(self._facts(first, fact="delivery_done").amount, 28)
        self._post(self._create_invoice(order))
        self.assertEqual(self._line(order, "M7").state, "started")
        rest = order.picking_ids - first
        self.assertEqual(self._facts(rest, fact="delivery_planned").amount, 42)
        self._deliver(rest, at=datetime(2026, 3, 20, 10))
        line = self._line(order, "M7")
        self.assertEqual((line.state, line.proven_on), ("proven", date(2026, 3, 20)))

    def test_cancelled_backorder_is_not_waited_for(self):
        order = self._order_goods()
        first = self._deliver(order.picking_ids, quantity=4)
        self._post(self._create_invoice(order))
        (order.picking_ids - first).with_user(self.keeper).action_cancel()
        self.assertEqual(self._line(order, "M7").state, "proven")

    def test_service_does_not_wait_for_a_delivery(self):
        order = self._confirm(self._create_order())
        self._post(self._create_invoice(order, date(2026, 3, 9)))
        line = self._line(order, "M7")
        self.assertEqual((line.state, line.proven_on), ("proven", date(2026, 3, 9)))
        self.assertFalse(
            self.env["crm.moment.event"].search(
                [("root_id", "=", order.id), ("fact", "=like", "delivery%")]
            )
        )

    def test_cancelled_order_voids_its_planned_delivery(self):
        order = self._order_goods()
        picking = order.picking_ids
        self.assertTrue(self._facts(picking))
        order._action_cancel()
        self.assertFalse(self._facts(picking))

    def test_changed_order_date_moves_the_planned_delivery(self):
        order = self._order_goods()
        order.date_order = datetime(2026, 3, 4, 10)
        self.assertEqual(self._facts(order.picking_ids).fact_at, datetime(2026, 3, 4, 10))

    def test_return_is_no_delivery(self):
        order = self._order_goods()
        picking = self._deliver(order.picking_ids)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model=picking._name)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 10
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._deliver(returned)
        self.assertFalse(self._facts(returned))
        self.assertEqual(self._facts(picking, fact="delivery_done").amount, 70)

    def test_receipt_from_a_vendor_proves_nothing(self):
        kind = self.env["stock.picking.type"].search(
            [("company_id", "=", self.company_a.id), ("code", "=", "incoming")], limit=1
        )
        receipt = self.env["stock.picking"].create(
            {
                "partner_id": self.beta.id,
                "picking_type_id": kind.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": kind.default_location_dest_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": 1,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": kind.default_location_dest_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        self._deliver(receipt)
        self.assertFalse(self._facts(receipt))

    def test_rebuild_from_history_changes_nothing(self):
        order = self._order_goods()
        self._deliver(order.picking_ids, quantity=4)
        self._post(self._create_invoice(order))
        self._derive()
        Event = self.env["crm.moment.event"]
        before = Event.search([]).ids
        Event._rebuild(self.company_a)
        self.assertEqual(Event.search([]).ids, before)

    def test_nightly_comparison_agrees_with_every_kind_of_delivery(self):
        """In SQL and document by document, deliveries prove the same."""
        whole, part, planned, service = (
            self._order_goods(),
            self._order_goods(),
            self._order_goods(),
            self._confirm(self._create_order()),
        )
        self._deliver(whole.picking_ids)
        self._deliver(part.picking_ids, quantity=3)
        planned.picking_ids.action_cancel()
        self._post(self._create_invoice(service))
        self._derive()
        found = self._compare_facts()
        self.assertGreaterEqual(found.checked, 8)
        self.assertEqual((found.differing, found.sample), ((), ""))

    def test_nightly_comparison_finds_a_delivery_changed_by_sql(self):
        picking = self._deliver(self._order_goods().picking_ids)
        self._derive()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = '2026-03-20 10:00' WHERE id = %s", [picking.id]
        )
        self.env.invalidate_all()
        found = self._compare_facts()
        self.assertEqual([partner for partner, _day in found.differing], [self.alfa.id])
        rows = [(self.company_a.id, *found.differing[0])]
        self.env["crm.change"]._collect("moments_history", rows)
        self.env["crm.change"]._run_all()
        self.assertEqual(self._compare_facts().differing, ())
        self.assertEqual(
            self._facts(picking, fact="delivery_done").fact_at, datetime(2026, 3, 20, 10)
        )

    def _compare_facts(self):
        return self.env["crm.moment.event"]._compare(self.company_a, range(2**31 - 1))

    def test_deliveries_of_another_company_stay_there(self):
        order = self._order_goods()
        self._deliver(order.picking_ids)
        self._derive()
        self.assertFalse(
            self._seen_by(self.bor, "crm.moment.event").filtered(
                lambda event: event.fact == "delivery_done"
            )
        )
