"""A clean pass from the first interest to the repeat order, by hand-computed days."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_moments_of_truth.core.facts import FactRow

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestStoryClean(MomentsCase):
    """All days are of 2026 in Bucharest; Good Friday and Easter Monday are days off.

    ::

        Mon 2 Mar  lead                 Wed 11 Mar 00:30 the customer writes   (10 Mar in UTC)
        Tue 3 Mar  opportunity          Thu 19 Mar delivered in full
        Wed 4 Mar  quotation sent       Fri 20 Mar invoiced
        Thu 5 Mar  specification        Mon 30 Mar paid
        Mon 9 Mar  order, date promised Tue 7 Apr  satisfaction answered
                                        Wed 15 Apr repeat order
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.company_a.resource_calendar_id
        cls.env["resource.calendar.leaves"].create(
            [
                {
                    "name": name,
                    "calendar_id": calendar.id,
                    "company_id": cls.company_a.id,
                    "date_from": datetime(2026, 4, day - 1, 21),
                    "date_to": datetime(2026, 4, day, 20, 59, 59),
                }
                for name, day in (("Good Friday", 10), ("Easter Monday", 13))
            ]
        )
        cls.pump = cls.env["product.product"].create(
            {
                "name": "Pump",
                "type": "consu",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )

    def _lead(self, at=datetime(2026, 3, 2, 8), partner=None):
        lead = (
            self.env["crm.lead"]
            .with_user(self.ana)
            .create(
                {
                    "name": "Pumps for the new plant",
                    "type": "lead",
                    "partner_id": (partner or self.alfa).id,
                    "company_id": self.company_a.id,
                    "user_id": self.ana.id,
                    "team_id": self.north.id,
                }
            )
        )
        lead.flush_recordset()
        # The database writes the day of creation, a person cannot.
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [at, lead.id])
        lead.invalidate_recordset()
        lead._moment_collect()
        return lead

    def _order_of(self, lead, amount=1000):
        order = self._create_order(amount=amount)
        order.write({"opportunity_id": lead.id, "order_line": [Command.clear()]})
        order.order_line = [
            Command.create(
                {"product_id": self.pump.id, "product_uom_qty": 2, "price_unit": amount / 2}
            )
        ]
        return order

    def _agree(self, customer, at):
        analysis = self.env["crm.need.analysis"].create(
            {"name": "Plant", "customer_id": customer.id, "company_id": self.company_a.id}
        )
        spec = self.env["crm.specification"].create(
            {
                "analysis_id": analysis.id,
                "verb": "Move",
                "noun": "water",
                "customer_approver_id": self.alfa_buyer.id,
            }
        )
        with freeze_time(at):
            spec.action_approve_ours()
            spec.action_approve_customer()
        return spec

    def _tell(self):
        """The whole clean pass; returns its opportunity and its order."""
        lead = self._lead()
        lead.write({"type": "opportunity", "date_conversion": datetime(2026, 3, 3, 9)})
        order = self._order_of(lead)
        with freeze_time("2026-03-04 09:00:00"):
            order.action_quotation_sent()
        self._derive()
        self._agree(self._pass(lead).customer_id, "2026-03-05 10:00:00")
        self._confirm(order, datetime(2026, 3, 9, 9))
        order.commitment_date = datetime(2026, 3, 20, 9)
        with freeze_time("2026-03-10 22:30:00"):
            order.message_post(
                body="When does it leave?",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=self.alfa_buyer.id,
            )
        with freeze_time("2026-03-19 12:00:00"):
            order.order_line.qty_delivered = 2
            self.env.cr.flush()
        invoice = self._post(self._create_invoice(order, date(2026, 3, 20)))
        self._pay(invoice, 1000, date(2026, 3, 30))
        self.env["crm.moment.event"]._witness(
            [
                FactRow(
                    fact="answer_given",
                    res_id=1,
                    occurrence=order.id,
                    company_id=self.company_a.id,
                    partner_id=self.alfa.id,
                    root_model="sale.order",
                    root_id=order.id,
                    fact_at=datetime(2026, 4, 7, 9),
                )
            ]
        )
        return lead, order

    def assertAllMoments(self, root, **expected):
        found = {
            line.code: (line.state, line.proven_on or line.started_on)
            for line in self._pass(root).line_ids
            if line.state != "open"
        }
        self.assertEqual(found, expected)

    def test_clean_pass_with_days_and_a_parallel_moment(self):
        lead, order = self._tell()
        relationship = self._pass(lead)
        self.assertAllMoments(
            lead,
            M1=("proven", date(2026, 3, 3)),
            M2=("proven", date(2026, 3, 4)),
            M3=("proven", date(2026, 3, 9)),
            M4=("proven", date(2026, 3, 5)),
            M5=("proven", date(2026, 3, 11)),
            M6=("proven", date(2026, 3, 9)),
            M7=("proven", date(2026, 3, 20)),
            M8=("proven", date(2026, 3, 30)),
            M9=("proven", date(2026, 4, 7)),
        )
        lines = {line.code: line for line in relationship.line_ids}
        self.assertEqual(
            {code: line.order_state for code, line in lines.items() if line.order_state},
            {
                "M1": "in_order",
                "M2": "in_order",
                "M3": "in_order",
                # Agreed while the contract was still open, as the chain allows.
                "M4": "parallel",
                "M5": "in_order",
                # The date was promised before the customer had written.
                "M6": "parallel",
                "M7": "in_order",
                "M8": "in_order",
                "M9": "in_order",
            },
        )
        self.assertRecordValues(
            relationship,
            [
                {
                    "lead_id": lead.id,
                    "order_id": order.id,
                    "user_id": self.ana.id,
                    "team_id": self.north.id,
                    "amount": 1000.0,
                    "date_first": date(2026, 3, 2),
                    "date_last": date(2026, 4, 7),
                    "is_open": True,
                    "is_repeat": False,
                    "proven_count": 9,
                }
            ],
        )
        # Counted on a paper calendar: 5, 6, 9 March; 11 to 13, 16 to 20 March.
        days = self.env["crm.workdays"]._of(self.company_a)
        self.assertEqual(days.between(lines["M3"].started_on, lines["M3"].proven_on), 3)
        self.assertEqual(days.between(lines["M5"].proven_on, lines["M7"].proven_on), 7)

    def test_repeat_order_ends_the_pass_and_opens_the_next_at_moment_two(self):
        lead, _order = self._tell()
        again = self._confirm(self._create_order(amount=300), datetime(2026, 4, 15, 9))
        self.assertAllMoments(
            again,
            M2=("proven", date(2026, 4, 15)),
            M3=("proven", date(2026, 4, 15)),
            M5=("started", date(2026, 4, 15)),
            M6=("started", date(2026, 4, 15)),
        )
        second = self._pass(again)
        states = {line.code: line.order_state for line in second.line_ids}
        self.assertEqual(states["M1"], "exempt")
        self.assertEqual([states["M2"], states["M3"]], ["in_order"] * 2)
        self.assertRecordValues(second, [{"is_repeat": True, "is_open": True, "iteration": 2}])
        first = self._pass(lead)
        line = first.line_ids.filtered(lambda line: line.code == "M10")
        self.assertEqual((line.state, line.proven_on), ("proven", date(2026, 4, 15)))
        self.assertFalse(first.is_open)
        # From 2 March to 15 April without weekends, Good Friday and Easter Monday.
        days = self.env["crm.workdays"]._of(self.company_a)
        self.assertEqual(days.between(first.date_first, line.proven_on), 30)
        customer = first.customer_id.with_user(self.ana)
        self.assertEqual(customer.crm_open_pass_count, 1)
        self.assertEqual(customer.crm_position_id, second)
        self.assertEqual(customer.crm_position_moment_id, second.current_moment_id)
