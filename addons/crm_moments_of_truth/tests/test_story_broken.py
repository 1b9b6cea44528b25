from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_rupture import RuptureCase


@tagged("post_install", "-at_install")
class TestStoryBroken(RuptureCase):
    """A pass that breaks everywhere and is repaired, with days counted by hand.

    ::

        Mo 02.03.  four pumps at 250 ordered, promised for Tu 10.03.
        Mo 09.03.  one of them delivered
        Th 12.03.  promise and a day of tolerance are over: short, 750 at stake
        Fr 13.03.  the rest delivered and invoiced, due on Mo 23.03.
        We 25.03.  due day and a day of tolerance are over: unpaid, 1,000 at stake
        Th 26.03.  Ana leaves: without owner; Lia gives the pass to Ole an hour later
        Fr 27.03.  the customer answers badly; Ole opens a round of improvement
        Mo 30.03.  half is paid, on Tu 31.03. the rest
        Fr 03.04.  a better answer; the round is closed with its evidence
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advice.invoice_policy = "delivery"
        cls.order = cls._create_order(amount=250).with_env(cls.env)
        cls.order.order_line.write({"product_uom_qty": 4, "price_unit": 250})
        cls.order.commitment_date = datetime(2026, 3, 10, 10)
        cls._confirm(cls.order)

    def _at(self, *day, hour=12):
        self.env.cr.flush()
        return self._on(*day, hour=hour)

    def _answer(self, relation, is_bad):
        """An answer as the survey gives it, judged as it is when it comes in."""
        answer = self.env["crm.satisfaction.answer"].create(
            {
                "answered_at": self.env.cr.now(),
                "company_id": self.company_a.id,
                "relationship_id": relation.id,
                "customer_id": relation.customer_id.id,
                "partner_id": self.alfa.id,
                "contact_id": self.alfa_buyer.id,
                "is_bad": is_bad,
                "why": "Delivery in time: expected 9, got 3" if is_bad else False,
            }
        )
        answer._judge()
        return answer

    def test_the_pass_breaks_and_is_repaired(self):
        relation = self._pass(self.order)
        with self._at(2026, 3, 9):
            self.order.order_line.qty_delivered = 1
        with self._at(2026, 3, 11):
            self._judge_all()
            self.assertEqual(self._open(self.order), [])
        with self._at(2026, 3, 12):
            self._judge_all()
            self.assertEqual(self._open(self.order), [("short", "M7", 750)])
            short = self._rupture(self.order, "short")
            self.assertEqual((short.due_on, short.days), (date(2026, 3, 10), 2))
            self.assertEqual(short.activity_ids.user_id, self.ana)
            self.assertIn("Deliver the rest", short.remedy)
        with self._at(2026, 3, 13):
            self.order.order_line.qty_delivered = 4
            self._derive()
            self._judge_all()
            invoice = self._invoice(self.order, date(2026, 3, 13), date(2026, 3, 23))
            self._derive()
            self.assertEqual(self._open(self.order), [])
            self.assertEqual((short.state, short.hours), ("closed", 24))
            self.assertEqual(
                (short.repaired_fact_id.code, short.repaired_by),
                ("goods_delivered", self.order.name),
            )
            self.assertFalse(short.activity_ids)
        with self._at(2026, 3, 24):
            self._judge_all()
            self.assertEqual(self._open(self.order), [])
        with self._at(2026, 3, 25):
            self._judge_all()
            self.assertEqual(self._open(self.order), [("unpaid", "M9", 1000)])
        self._ana_leaves(relation)
        bad, cycle = self._the_customer_complains(relation)
        with self._at(2026, 3, 30):
            self._pay(invoice, 500, date(2026, 3, 30))
            self._derive()
            self.assertIn(("unpaid", "M9", 500), self._open(self.order))
        with self._at(2026, 3, 31):
            self._pay(invoice, 500, date(2026, 3, 31))
            self._derive()
            self.assertEqual(self._open(self.order), [("bad_satisfaction", "", 1000)])
            # From We 25. to Tu 31. at noon.
            unpaid = self._rupture(self.order, "unpaid")
            self.assertEqual(
                (unpaid.hours, unpaid.repaired_fact_id.code), (144, "payment_received")
            )
        with self._at(2026, 4, 3):
            self._answer(relation, is_bad=False)
            self.assertEqual(self._open(self.order), [])
            self.assertEqual((bad.state, bad.hours), ("closed", 168))
            self._improve(cycle)
        # 1, 24, 144 and 168 hours: the median lies between 24 and 144.
        (row,) = self.Rupture.formatted_read_group(
            [("relationship_id", "=", relation.id)], [], ["hours:avg", "__count"]
        )
        self.assertEqual((row["__count"], row["hours:avg"]), (4, 84))

    def _ana_leaves(self, relation):
        with self._at(2026, 3, 26):
            self.ana.active = False
            self.assertEqual(
                self._open(self.order), [("ownerless", "", 1000), ("unpaid", "M9", 1000)]
            )
            self.assertEqual(relation.open_rupture_ids.user_id, self.lia)
        with self._at(2026, 3, 26, hour=13):
            wizard = (
                self.env["crm.relationship.reassign"]
                .with_user(self.lia)
                .create({"relationship_ids": [Command.set(relation.ids)], "user_id": self.ole.id})
            )
            wizard.action_confirm()
            self.assertEqual(self._open(self.order), [("unpaid", "M9", 1000)])
            self.assertEqual((relation.user_id, self.order.user_id), (self.ole, self.ole))
            ownerless = self._rupture(self.order, "ownerless")
            self.assertEqual((ownerless.hours, ownerless.repaired_by), (1, self.ole.name))

    def _the_customer_complains(self, relation):
        with self._at(2026, 3, 27):
            self._answer(relation, is_bad=True)
            bad = self._rupture(self.order, "bad_satisfaction")
            self.assertEqual((bad.user_id, bad.state), (self.ole, "open"))
            action = bad.with_user(self.ole).action_improve()
            cycle = self.env["crm.pdca.cycle"].with_user(self.ole).browse(action["res_id"])
            self.assertEqual(cycle.problem, "Delivery in time: expected 9, got 3")
            self._prove(cycle, "p", "d")
            with self.assertRaises(UserError):  # nobody improves without having checked
                cycle.action_next()
        return bad, cycle

    def _prove(self, cycle, *letters):
        for letter in letters:
            self.env["crm.pdca.evidence"].with_user(self.ole).create(
                {"cycle_id": cycle.id, "letter": letter, "name": f"Seen in {letter}"}
            )
            cycle.action_next()

    def _improve(self, cycle):
        cycle.client_contact_id = self.alfa_buyer
        self._prove(cycle, "c", "a")
        self.assertEqual((cycle.state, cycle.closed_on), ("closed", date(2026, 4, 3)))
