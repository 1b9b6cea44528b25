"""Passes: what people read, and that they follow from the facts alone."""

from datetime import date, datetime

from odoo.tests import tagged

from .common import MomentsCase

FIELDS = ("fact", "res_id", "occurrence", "root_id", "fact_at", "amount", "partner_id")


@tagged("post_install", "-at_install")
class TestPasses(MomentsCase):
    def _snapshot(self):
        events = self.env["crm.moment.event"].search([("voided_at", "=", False)], order="id")
        relationships = self.env["crm.relationship"].search([], order="id")
        return (
            events.read(FIELDS),
            relationships.read(["name", "current_moment_id", "date_first", "date_last", "amount"]),
            relationships.line_ids.sorted("id").read(["moment_id", "state", "proven_on"]),
        )

    def test_replay_of_the_history_changes_nothing(self):
        order = self._confirm(self._create_order())
        self._pay(self._post(self._create_invoice(order)), 100)
        self._derive()
        before = self._snapshot()
        stamps = self.env["crm.relationship"].search([]).mapped("write_date")
        self.env["crm.moment.event"]._rebuild(self.company_a)
        self.assertEqual(self._snapshot(), before)
        self.assertEqual(self.env["crm.relationship"].search([]).mapped("write_date"), stamps)

    def test_changes_derived_one_by_one_or_together_give_the_same(self):
        """The queue may be worked off after each document or once at the end."""
        orders = self._create_order() | self._create_order()
        self._confirm(orders[0])
        self._derive()
        first = self._post(self._create_invoice(orders[0]))
        self._derive()
        self._pay(first, 100)
        self._confirm(orders[1])
        self._pay(self._post(self._create_invoice(orders[1])), 100)
        expected = [
            (line.code, line.state, line.started_on, line.proven_on)
            for line in self._pass(orders[0]).line_ids
        ]
        found = [
            (line.code, line.state, line.started_on, line.proven_on)
            for line in self._pass(orders[1]).line_ids
        ]
        self.assertEqual(found, expected)

    def test_a_document_taken_back_repairs_its_own_chain_alone(self):
        first, other = self._confirm(self._create_order() | self._create_order())
        neighbour = self._confirm(self._create_order(self.beta))
        invoices = [self._post(self._create_invoice(order)) for order in first | other | neighbour]
        untouched = self._pass(other) | self._pass(neighbour)

        def places():
            # Where the database keeps the rows: any write moves them.
            self.env.flush_all()
            self.env.cr.execute(
                """
                SELECT 'pass', id, ctid::text FROM crm_relationship WHERE id = ANY(%(ids)s)
                 UNION ALL
                SELECT 'line', id, ctid::text FROM crm_relationship_moment
                 WHERE relationship_id = ANY(%(ids)s)
                 UNION ALL
                SELECT 'fact', id, ctid::text FROM crm_moment_event
                 WHERE relationship_id = ANY(%(ids)s) ORDER BY 1, 2
                """,
                {"ids": untouched.ids},
            )
            return self.env.cr.fetchall()

        before = places()
        changes = (
            invoices[0].button_draft,
            lambda: self._post(invoices[0]),
            lambda: first.write({"date_order": datetime(2026, 3, 3, 9)}),
            invoices[0].button_draft,
            invoices[0].with_context(force_delete=True).unlink,
            first._action_cancel,
        )
        for change in changes:
            change()
            self._derive()
            self.assertEqual(places(), before)
        self.assertEqual(self._pass(first).active, False)
        self.assertEqual(set(untouched.mapped("active")), {True})

    def test_customer_who_never_ordered_has_no_pass(self):
        self._confirm(self._create_order(self.alfa))
        self._create_order(self.beta)
        self._derive()
        self.assertFalse(self.env["crm.relationship"].search([("partner_id", "=", self.beta.id)]))

    def test_iteration_is_the_rank_by_first_fact(self):
        late = self._confirm(self._create_order(), datetime(2026, 5, 4, 9))
        early = self._confirm(self._create_order(), datetime(2026, 4, 6, 9))
        other = self._confirm(self._create_order(self.beta), datetime(2026, 6, 1, 9))
        passes = self._pass(early) | self._pass(late) | self._pass(other)
        self.assertEqual(passes.mapped("iteration"), [1, 2, 1])

    def test_dates_are_those_of_first_and_last_fact(self):
        order = self._confirm(self._create_order())
        self._pay(self._post(self._create_invoice(order)), 100)
        self.assertRecordValues(
            self._pass(order),
            [
                {
                    "date_first": date(2026, 3, 2),
                    "date_last": date(2026, 3, 20),
                    "proven_count": 5,
                    "event_count": 3,
                    "amount": 100.0,
                    "currency_id": self.euro.id,
                }
            ],
        )

    def test_moment_shows_its_facts(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        action = self._line(order, "M7").with_user(self.ana).action_open_events()
        events = self.env["crm.moment.event"].with_user(self.ana).search(action["domain"])
        self.assertEqual(events, self._facts(invoice))

    def test_moment_without_facts_shows_none(self):
        order = self._confirm(self._create_order())
        action = self._line(order, "M1").action_open_events()
        self.assertFalse(self.env["crm.moment.event"].search(action["domain"]))

    def test_order_and_customer_lead_to_the_pass(self):
        order = self._confirm(self._create_order(self.alfa_buyer))
        relationship = self._pass(order)
        as_ana = order.with_user(self.ana)
        self.assertEqual(as_ana.crm_moment_id.code, "M5")
        self.assertEqual(as_ana.action_open_crm_relationship()["res_id"], relationship.id)
        buyer = self.alfa_buyer.with_user(self.ana)
        self.assertEqual(buyer.crm_relationship_count, 1)
        domain = buyer.action_open_crm_relationships()["domain"]
        self.assertEqual(self.env["crm.relationship"].search(domain), relationship)
        customer = relationship.customer_id.with_user(self.ana)
        self.assertEqual(customer.crm_relationship_count, 1)
        domain = customer.action_open_relationships()["domain"]
        self.assertEqual(self.env["crm.relationship"].search(domain), relationship)

    def test_board_shows_all_ten_moments_of_the_chain(self):
        self._pass(self._confirm(self._create_order()))
        groups = (
            self.env["crm.relationship"]
            .with_user(self.sim)
            .with_context(read_group_expand=True)
            .web_read_group([], ["current_moment_id"], ["__count"])["groups"]
        )
        self.assertEqual(len(groups), 10)
        self.assertEqual([group["__count"] for group in groups], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0])

    def test_merged_customers_keep_their_passes(self):
        orders = self._confirm(self._create_order(self.alfa) | self._create_order(self.beta))
        passes = self._pass(orders[0]) | self._pass(orders[1])
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.alfa | self.beta).ids, self.alfa
        )
        self._derive()
        self.assertEqual(passes.partner_id, self.alfa)
        self.assertEqual(len(passes.customer_id), 1)
        self.assertEqual(self._facts(orders).partner_id, self.alfa)
        self.env["crm.moment.event"]._rebuild(self.company_a)
        self.assertEqual(len(passes.exists()), 2)
        self.assertEqual(passes.partner_id, self.alfa)
