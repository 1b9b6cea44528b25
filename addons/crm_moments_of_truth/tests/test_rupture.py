from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..core.rupture import RuptureRow, at_stake
from .common_rupture import RuptureCase


@tagged("post_install", "-at_install")
class TestRupture(RuptureCase):
    """Raised once, repaired, reopened; who is told, who may settle, and when somebody leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["sale.order"].browse(
            cls._create_order(amount=amount).id for amount in (100, 300, 200)
        )
        cls._confirm(cls.orders)
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.passes = cls.env["crm.relationship"].search([("order_id", "in", cls.orders.ids)])
        cls.relation = cls.passes.filtered(lambda item: item.amount == 100)

    def _raise_all(self, cause="reported", sign=""):
        return self.Rupture._raise(
            [RuptureRow(item.id, cause, sign=sign, why="It broke.") for item in self.passes]
        )

    def _bus(self):
        """Titles and record ids of what went to screens in this test."""
        self.env.cr.precommit.run()
        notices = self.env["bus.bus"].search([("message", "ilike", "crm_moments_rupture")])
        return notices.mapped("message")

    # telling
    def test_the_owner_gets_an_activity_each_and_one_message_on_the_screen(self):
        ruptures = self._raise_all()
        self.assertEqual(ruptures.activity_ids.user_id, self.ana)
        self.assertEqual(len(ruptures.activity_ids), 3)
        self.assertEqual(len(self._bus()), 1)
        self._raise_all()
        self.assertEqual(len(ruptures.activity_ids), 3)

    def test_beyond_the_cap_the_largest_are_told_and_the_rest_comes_in_one_digest(self):
        self.company_a.crm_rupture_cap = 1
        ruptures = self._raise_all()
        told = ruptures.filtered("is_announced")
        self.assertEqual(told.mapped("amount"), [300])
        self.Rupture._send_digests()
        messages = self._messages()
        self.assertEqual(len(messages), 1)
        for piece in ("2 more ruptures", "300", "It broke."):  # 100 and 200 are at stake
            self.assertIn(piece, messages.body)
        self.Rupture._send_digests()
        self.assertEqual(self._messages(), messages)

    def test_sums_count_a_pass_once(self):
        """The pass of 100 is late in two moments and owes 119 with taxes; 300 and 200 are late."""
        moments = self.chain.moment_ids
        rows = [RuptureRow(item.id, "late", moments[1].id) for item in self.passes]
        rows.append(self._row(cause="late", moment_id=moments[2].id))
        rows.append(self._row(sign="INV/1", amount=119))
        ruptures = self.Rupture._raise(rows)
        for user in (self.ana, self.lia, self.sim, self.fin):
            Rupture = self.Rupture.with_user(user)
            domain = [("id", "in", ruptures.ids)]
            causes = dict(Rupture._read_group(domain, ["cause"], ["amount:sum"]))
            self.assertEqual(causes, {"late": 600, "unpaid": 119})
            self.assertEqual(Rupture._read_group(domain, [], ["amount:sum"]), [(619,)])
            ((total,),) = Rupture._read_group(domain, [], ["amount:sum_currency"])
            self.assertAlmostEqual(total, 619)
            (first, *_rest) = Rupture._read_group(
                domain, ["relationship_id"], ["amount:sum"], order="amount:sum desc"
            )
            self.assertEqual(first[1], 300)
        stakes = [
            (item.relationship_id, item.amount, item.relationship_id.amount) for item in ruptures
        ]
        self.assertEqual(at_stake(stakes), 619)
        self.assertEqual(self.Rupture._read_group([("id", "=", 0)], [], ["amount:sum"]), [(False,)])

    def test_without_a_value_of_the_pass_the_largest_rupture_counts(self):
        self.relation.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_relationship SET amount = NULL WHERE id = %s", [self.relation.id]
        )
        self.relation.invalidate_recordset()
        ruptures = self.Rupture._raise(
            [self._row(amount=119), self._row(cause="short", amount=100)]
        )
        stakes = [
            (item.relationship_id, item.amount, item.relationship_id.amount) for item in ruptures
        ]
        domain = [("id", "in", ruptures.ids)]
        self.assertEqual(at_stake(stakes), 119)
        self.assertEqual(self.Rupture._read_group(domain, [], ["amount:sum"]), [(119,)])

    def test_a_place_that_gets_free_is_filled_by_the_next_run(self):
        self.company_a.crm_rupture_cap = 1
        ruptures = self._raise_all()
        self.Rupture._repair([item._key(item) for item in ruptures if item.is_announced])
        self.Rupture._send_digests()
        told = ruptures.filtered(lambda item: item.is_announced and item.state == "open")
        self.assertEqual(told.mapped("amount"), [200])

    def _messages(self):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.ana.partner_id.ids),
            ]
        )

    def test_missing_inputs_are_named_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        needed = self.env["crm.moment.input"].search([], limit=1)
        needed.with_context(lang="pl_PL").name = "Rysunek"
        row = self._row(cause="missing_input", values={"inputs": ["Drawing", needed.id]})
        found = self.Rupture._raise([row])
        self.assertIn(f"Drawing, {needed.name}", found.why_text)  # what was kept by its name
        self.assertIn("Rysunek", found.with_context(lang="pl_PL").why_text)

    def test_a_bad_answer_is_told_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        need = self.env["crm.need.class"].search([], limit=1)
        need.with_context(lang="pl_PL").name = "Uznanie"
        answer = self.env["crm.satisfaction.answer"].create(
            {
                "answered_at": self.env.cr.now(),
                "company_id": self.company_a.id,
                "relationship_id": self.relation.id,
                "is_bad": True,
                "why": "Told when it came in.",
                "recommendation": 5,
                "line_ids": [
                    Command.create(
                        {
                            "company_id": self.company_a.id,
                            "need_class_id": need.id,
                            "expected": 8.5,
                            "perceived": 5,
                            "gap": -3.5,
                        }
                    )
                ],
            }
        )
        answer._judge()
        found = self.relation.open_rupture_ids
        self.assertEqual(
            found.why_text,
            f"Would recommend us with 5 of 10 only; {need.name}: expected 8.5, got 5",
        )
        self.assertIn("Uznanie", found.with_context(lang="pl_PL").why_text)

    def test_joined_ruptures_tell_what_is_bad_in_both(self):
        needs = self.env["crm.need.class"].search([], limit=2)
        rows = [
            self._row(
                relationship_id=item.id,
                cause="bad_satisfaction",
                why=f"Told {number}",
                links=(("crm.relationship", item.id, "Answer"),),
                values={"gaps": [[need.id, 9, number]], "score": 6 - number},
            )
            for number, (item, need) in enumerate(zip(self.passes, needs, strict=False), 1)
        ]
        standing, leaving = self.Rupture._raise(rows).sorted("words")
        leaving._join(standing)
        self.assertEqual(
            standing.why_text,
            f"Would recommend us with 4 of 10 only; {needs[0].name}: expected 9, got 1; "
            f"{needs[1].name}: expected 9, got 2",
        )
        self.assertEqual(len(standing.links), 2)
        self.assertEqual(leaving.state, "waived")
        # One of before figures were kept: the words of both speak.
        leaving._reopen()
        leaving.figures = False
        leaving._join(standing)
        self.assertEqual(standing.why_text, "Told 1\nTold 2")

    def test_the_sentence_is_in_the_language_of_the_reader(self):
        rupture = self._raise_all("ownerless")[0]
        self.assertEqual(rupture.why_text, "Nobody answers for the customer.")
        order = rupture.relationship_id.order_id
        self.assertIn(f'<a href="/odoo/sale.order/{order.id}">{order.name}</a>', rupture.why)

    # settling
    def test_waiving_needs_a_reason_and_holds_for_the_same_sign(self):
        rupture = self._raise_all(sign="2026-03-09")[0].with_user(self.ana)
        action = rupture.action_waive()
        wizard = self.env["crm.rupture.waive"].with_user(self.ana).with_context(**action["context"])
        with self.assertRaises(AssertionError), Form(wizard) as form:
            form.reason = False
        form = Form(wizard)
        form.reason = " \n"
        with self.assertRaisesRegex(UserError, "Write down why"):
            form.save().action_confirm()
        form = Form(wizard)
        form.reason = "The customer asked to wait."
        form.save().action_confirm()
        self.assertEqual((rupture.state, rupture.activity_ids.ids), ("waived", []))
        self._raise_all(sign="2026-03-09")
        self.assertEqual(rupture.state, "waived")
        newer = self._raise_all(sign="2026-03-16") - rupture
        self.assertEqual(len(newer), 3)
        self.assertEqual(rupture.waive_reason, "The customer asked to wait.")

    def test_what_facts_settle_is_not_settled_by_hand_before(self):
        with self._on(2026, 3, 11):
            self._judge_all()
            late = self._rupture(self.orders[0], "late").with_user(self.ana)
            with self.assertRaisesRegex(UserError, "not repaired yet"):
                late.action_resolve()

    def test_what_is_well_is_not_reopened_by_hand(self):
        with self._on(2026, 3, 11):
            self._judge_all()
            late = self._rupture(self.orders[0], "late").with_user(self.ana)
            late._waive("Agreed with the customer.")
            late.action_reopen()
            self.assertEqual((late.state, late.waive_reason), ("open", False))
            self.orders[0]._action_cancel()
            self._derive()
            self.assertEqual(late.state, "closed")
            with self.assertRaisesRegex(UserError, "nothing breaks"):
                late.action_reopen()

    def test_somebody_reports_what_no_document_shows(self):
        rupture = self.Rupture.with_user(self.ana).create(
            {"relationship_id": self.passes[0].id, "words": "Nobody called back."}
        )
        self.assertEqual((rupture.user_id, rupture.amount), (self.ana, self.passes[0].amount))
        self.assertEqual(rupture.why_text, "Nobody called back.")
        rupture.action_advocate()
        rupture.action_resolve()
        self.assertEqual((rupture.state, rupture.advocate_id), ("closed", self.ana))
        rupture.action_reopen()
        self.assertEqual(rupture.state, "open")

    def test_a_new_responsible_person_is_told(self):
        rupture = self._raise_all()[0]
        rupture.with_user(self.lia).user_id = self.ole
        self.assertEqual(rupture.activity_ids.user_id, self.ole)

    # leaving
    def test_whoever_leaves_leaves_ownerless_passes_at_once(self):
        self._raise_all("reported")
        self.ana.active = False
        found = self.passes.open_rupture_ids
        self.assertEqual(sorted(found.mapped("cause")), ["ownerless"] * 3 + ["reported"] * 3)
        self.assertEqual(found.user_id, self.lia)  # the leader of the team
        self.assertIn(
            "no longer works here", found.filtered(lambda i: i.cause == "ownerless")[0].why_text
        )

    def test_passes_are_given_away_in_one_step(self):
        promises = self.env["crm.promise"].create(
            [
                {
                    "name": name,
                    "relationship_id": item.id,
                    "due_on": "2030-01-01",
                    "user_id": user.id,
                }
                for item, name, user in (
                    (self.passes[0], "Spare pump", self.ana),
                    (self.passes[1], "Yearly report", self.lia),
                )
            ]
        )
        promises += promises.create(
            {
                "name": "A call before each visit",
                "customer_id": self.relation.customer_id.id,
                "due_on": "2030-01-01",
                "user_id": self.ana.id,
            }
        )
        self.assertFalse(promises[-1].relationship_id)
        cases = self.env["crm.case"].create(
            [
                {
                    "name": name,
                    "contact_id": self.alfa.id,
                    "company_id": self.company_a.id,
                    "relationship_id": self.relation.id,
                    "user_id": self.ana.id,
                    **source,
                }
                for name, source in (
                    ("Leak", {}),
                    ("Ticket", {"source_model": "res.partner", "source_id": self.alfa.id}),
                )
            ]
        )
        self.ana.active = False
        action = self.passes.with_user(self.lia).action_reassign()
        wizard = Form(
            self.env["crm.relationship.reassign"]
            .with_user(self.lia)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.orphan_count, 3)
        wizard.user_id = self.ole
        wizard.save().action_confirm()
        self.assertEqual(self.orders.user_id, self.ole)
        self.assertEqual(self.passes.user_id, self.ole)
        self.assertEqual([item.user_id for item in promises], [self.ole, self.lia, self.ole])
        # What follows a record of another application is given away there.
        self.assertEqual([case.user_id for case in cases], [self.ole, self.ana])
        self.assertFalse(self.passes.open_rupture_ids.filtered(lambda i: i.cause == "ownerless"))
        with self.assertRaises(AccessError):
            self.env["crm.relationship.reassign"].with_user(self.ole).create({})

    def test_a_receiver_without_a_role_is_refused(self):
        wizard = self.env["crm.relationship.reassign"].create(
            {"relationship_ids": self.passes.ids, "user_id": self.sal.id}
        )
        with self.assertRaisesRegex(UserError, "no role"):
            wizard.action_confirm()

    # raising
    def _row(self, **values):
        return RuptureRow(**{"relationship_id": self.relation.id, "cause": "unpaid", **values})

    def test_the_same_rupture_is_raised_once_and_renewed(self):
        first = self.Rupture._raise([self._row(sign="INV/1", amount=40)])
        again = self.Rupture._raise([self._row(sign="INV/1", amount=30)])
        self.assertEqual(first, again)
        self.assertEqual((first.amount, first.state, first.user_id), (30, "open", self.ana))
        self.assertEqual((first.company_id, first.partner_id), (self.company_a, self.alfa))

    def test_without_an_amount_the_value_of_the_pass_is_at_stake(self):
        self.assertEqual(self.Rupture._raise([self._row()]).amount, 100)

    def test_repair_closes_and_the_same_sign_reopens(self):
        with freeze_time(datetime(2026, 3, 16, 8)):
            rupture = self.Rupture._raise([self._row(sign="INV/1")])
        with freeze_time(datetime(2026, 3, 16, 20)):
            self.Rupture._repair([(self.relation.id, None, "unpaid")], "Payment received")
        self.assertEqual((rupture.state, rupture.hours), ("closed", 12))
        with freeze_time(datetime(2026, 3, 18, 8)):
            self.assertEqual(self.Rupture._raise([self._row(sign="INV/1")]), rupture)
        self.assertEqual((rupture.state, rupture.reopen_count), ("open", 1))
        with freeze_time(datetime(2026, 3, 18, 11)):
            self.Rupture._repair([(self.relation.id, None, "unpaid")])
        self.assertEqual(rupture.hours, 15)

    def test_a_client_cannot_forge_a_rupture(self):
        forged = self.Rupture.with_user(self.ana).create(
            {"relationship_id": self.relation.id, "cause": "unpaid", "state": "waived"}
        )
        self.assertEqual((forged.cause, forged.state), ("reported", "open"))
        for values in ({"state": "closed"}, {"company_id": self.company_b.id}, {"hours": 1}):
            with self.assertRaises(AccessError):
                forged.with_user(self.ana).write(values)
        forged.with_user(self.ana).write({"amount": 40, "words": "They said so."})
        found = self.Rupture._raise([self._row(sign="INV/1", amount=40, why="Not paid.")])
        for values in ({"amount": 1}, {"words": "All is well."}):
            with self.assertRaises(AccessError):
                found.with_user(self.ana).write(values)
        self.assertEqual((found.amount, found.words), (40, "Not paid."))
