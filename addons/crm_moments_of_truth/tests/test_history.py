"""Documents that existed before the addon are replayed by the queue."""

from datetime import date

from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.hooks import post_init_hook, uninstall_hook

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestHistory(MomentsCase):
    def _forget(self):
        """As if the documents had been there before the addon."""
        self._derive()
        self.env.cr.execute("DELETE FROM crm_relationship")
        self.env.cr.execute("DELETE FROM crm_moment_event")
        self.env.cr.execute("DELETE FROM crm_change")
        self.env.invalidate_all()

    def test_installation_queues_the_history_and_replays_nothing_itself(self):
        order = self._confirm(self._create_order())
        self._pay(self._post(self._create_invoice(order)), 100)
        self._forget()
        post_init_hook(self.env)
        self.env.cr.flush()
        self.assertFalse(self.env["crm.moment.event"].search([("root_id", "=", order.id)]))
        waiting = self.env["crm.backfill"].search([("consumer", "=", "moments_history")])
        self.assertIn(self.company_a, waiting.company_id)
        self.env["crm.backfill"]._run_all()
        self.assertMoments(
            order,
            M3=("proven", date(2026, 3, 2)),
            M7=("proven", date(2026, 3, 9)),
            M8=("proven", date(2026, 3, 20)),
        )

    def test_rebuild_finds_what_bypassed_the_adapters(self):
        kept, gone = self._confirm(self._create_order() | self._create_order())
        self._derive()
        self.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        self.env["crm.moment.event"]._rebuild(self.company_a)
        self.assertTrue(self._pass(kept).active)
        self.assertFalse(self._facts(gone))
        self.assertFalse(self._pass(gone).active)

    def test_history_in_sets_gives_the_facts_of_the_daily_capture(self):
        orders = self._confirm(
            self._create_order(amount=100)
            | self._create_order(self.beta, amount=33.33)
            | self._create_order(self.beta, amount=66.68)
        )
        single = self._post(self._create_invoice(orders[0]))
        shared = self._post(self._create_invoice(orders[1:]))
        parted = self._pay(shared, 50)
        correction = shared._reverse_moves([{"invoice_date": date(2026, 3, 12)}])
        # A correction typed anew names no order: it follows the invoice that it corrects.
        correction.line_ids.sale_line_ids = False
        self._post(correction)
        alone = self._create_invoice(self._confirm(self._create_order(amount=100)))
        alone.line_ids.sale_line_ids = False
        self._post(alone)
        plain = self._pay(single, 40) | self._pay(alone, 100)
        daily = self._standing()
        self.assertGreaterEqual(len(daily), 10)
        self.assertEqual(self._plain_ids(orders), set(orders.ids))
        self.assertEqual(
            self._plain_ids(single | shared | correction | alone), {single.id, alone.id}
        )
        self.assertEqual(self._plain_ids(plain | parted), set(plain.ids))
        self._forget()
        self.env["crm.moment.event"]._replay(self.company_a)
        self.assertEqual(self._standing(), daily)

    def test_history_in_sets_voids_what_changed_behind_the_adapters(self):
        order = self._confirm(self._create_order(amount=100))
        self._derive()
        self.env.cr.execute("UPDATE sale_order SET amount_total = 90 WHERE id = %s", [order.id])
        self.env.invalidate_all()
        self.env["crm.moment.event"]._rebuild(self.company_a)
        self.assertEqual(self._facts(order).mapped("amount"), [90])
        facts = self.env["crm.moment.event"].search([("root_id", "=", order.id)])
        self.assertEqual(len(facts), 2)
        self.assertEqual(len(facts.filtered("voided_at")), 1)
        self.assertFalse(any(facts.mapped("is_pending")))

    def test_rebuild_leaves_other_companies_alone(self):
        self._confirm(self._create_order(company=self.company_b, user=self.bor))
        self._forget()
        self.assertEqual(self.env["crm.moment.event"]._rebuild(self.company_a), 0)

    def test_hub_counts_orders_and_posted_invoices(self):
        self._create_order(self.beta)
        self._confirm(self._create_order(self.alfa_buyer))
        self.env["crm.customer"]._ensure_from_documents(self.company_a)
        customers = self.env["crm.customer"].search([("company_id", "=", self.company_a.id)])
        self.assertIn(self.alfa, customers.partner_id)
        self.assertNotIn(self.beta, customers.partner_id)

    def test_uninstall_takes_filters_and_waiting_changes_along(self):
        ours = self.env["ir.filters"].create(
            [
                {"name": "Passes of mine", "model_id": "crm.relationship", "user_ids": []},
                {
                    "name": "Chosen by hand",
                    "model_id": "sale.order",
                    "domain": "[('crm_team_manual', '=', True)]",
                },
            ]
        )
        theirs = self.env["ir.filters"].create(
            {"name": "Mine", "model_id": "sale.order", "domain": "[('user_id', '=', uid)]"}
        )
        self._confirm(self._create_order())
        self.env.cr.flush()
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
        self.assertTrue(theirs.exists())
        self.assertFalse(self.env["crm.change"].search([("consumer", "=", "moments")]))
