from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_need import NeedCase


@tagged("post_install", "-at_install")
class TestNeedTrace(NeedCase):
    """The worked example of the trace, computed by hand in the chart of ``NeedCase``."""

    def test_orphans_are_found_both_ways(self):
        orphans = [
            row
            for row in (*self.analysis.need_ids, *self.analysis.specification_ids, self.c1)
            if row.is_orphan
        ]
        self.assertEqual(orphans, [self.n3, self.t3])
        self.assertEqual(self.analysis.orphan_count, 2)

    def test_coverage_is_the_one_computed_by_hand(self):
        self.assertEqual(self._words(), ["67 % (2 of 3)", "67 % (2 of 3)", "100 % (1 of 1)"])

    def test_changed_need_makes_everything_behind_it_suspect(self):
        self.n1.name = "Flour dust stays in the room"
        self.assertEqual(self._suspects(), ["F1", "F2", "T1", "T2", "C1"])
        self.assertEqual(self.links.filtered("is_suspect"), self.links[:2])
        self.assertEqual(self._words()[2], "0 % (0 of 1)")

    def test_partial_approval_clears_its_branch_only(self):
        self.n1.name = "Flour dust stays in the room"
        self.links[0].with_user(self.user_a).action_approve()
        self.assertEqual(self._suspects(), ["F2", "T2", "C1"])
        self.assertEqual(self._words()[2], "100 % (1 of 1)")
        self.links[1].with_user(self.user_a).action_approve()
        self.assertEqual(self._suspects(), [])
        self.assertRecordValues(
            self.links[:2], [{"approved_revision": 2, "approver_id": self.user_a.id}] * 2
        )

    def test_changed_specification_leaves_what_is_above_alone(self):
        self.t1.value = "H14"
        self.assertEqual(self._suspects(), ["C1"])

    def test_correcting_what_means_nothing_opens_no_revision(self):
        self.n1.priority = "3"
        self.n1.user_id = self.leader_a
        self.assertEqual(self.n1.revision, 1)
        self.n1.name = self.n1.name
        self.assertEqual(self.n1.revision, 1)

    def test_revision_keeps_what_was_what_is_who_and_when(self):
        self.n1.with_user(self.user_a).write({"name": "Dust stays in", "nature": "irrational"})
        revision = self.n1.revision_ids
        self.assertRecordValues(revision, [{"number": 2, "user_id": self.user_a.id}])
        self.assertEqual(
            revision.change_text,
            "Need: Flour dust stays in → Dust stays in\nNature: Rational → Irrational",
        )

    def test_several_writes_of_one_transaction_are_one_revision(self):
        self.n1.name = "Dust stays in"
        self.n1.legal_reference = "ATEX 153"
        self.n1.name = "All dust stays in"
        self.assertEqual(self.n1.revision, 2)
        self.assertEqual(
            self.n1.revision_ids.change_text,
            "Need: Flour dust stays in → All dust stays in\n"
            "Legal reference: ATEX 2014/34 → ATEX 153",
        )
        self._next_transaction()
        self.n1.name = "Dust stays in"
        self.assertEqual(self.n1.revision, 3)

    def test_dropped_specification_leaves_the_trace(self):
        self.f1.active = False
        self.assertFalse(self.t1.is_suspect)
        self.assertTrue(self.t1.is_orphan)
        self.assertTrue(self.n1.is_settled, "the way over F2 still holds")
        self.f2.active = False
        self.assertFalse(self.n1.has_specification)
        self.assertTrue(self.n1.is_orphan)

    def test_removed_link_makes_orphans(self):
        self.links[0].with_user(self.user_a).unlink()
        self.assertTrue(self.f1.is_orphan)
        self.assertTrue(self.n1.is_settled)

    @mute_logger("odoo.sql_db")
    def test_link_joins_neighbours_of_one_analysis_once(self):
        Link = self.env["crm.trace.link"]
        for vals in (
            {"need_id": self.n1.id, "technical_id": self.t1.id},
            {"need_id": self.n1.id},
            {"need_id": self.n1.id, "functional_id": self.f1.id},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                Link.create(vals)
        with self.assertRaisesRegex(ValidationError, "wrong place"):
            Link.create({"need_id": self.n2.id, "functional_id": self.t1.id})
        other = self._create_analysis(self._customer(self.clinic))
        need = self._create_need("Silence", "main", analysis_id=other.id)
        with self.assertRaisesRegex(ValidationError, "different analyses"):
            Link.create({"need_id": need.id, "functional_id": self.f1.id})

    def test_nobody_types_a_revision_or_an_approval(self):
        for record, vals in (
            (self.n1, {"revision": 7}),
            (self.n1, {"code": "N9"}),
            (self.n1, {"analysis_id": self.analysis.copy().id}),
            (self.links[0], {"approved_revision": 9}),
            (self.f1, {"our_approver_id": self.manager_a.id}),
            (self.analysis, {"revision": 4}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.manager_a).write(vals)
        spec = self.f1.with_user(self.manager_a).copy(
            {"our_approver_id": self.user_a.id, "our_approved_revision": 1, "revision": 4}
        )
        self.assertFalse(spec.our_approver_id)
        self.assertEqual((spec.revision, spec.approval), (1, "open"))
        with self.assertRaises(AccessError):
            self.env["crm.trace.revision"].with_user(self.manager_a).create({"number": 3})

    def test_numbers_are_given_once_and_differ(self):
        codes = [row.code for row in (self.n1, self.n2, self.f1, self.t1, self.c1)]
        self.assertEqual([code[0] for code in codes], ["N", "N", "F", "T", "C"])
        self.assertEqual(len(set(codes)), 5)
        self.assertNotEqual(self.n1.copy().code, self.n1.code)

    def test_specification_is_approved_by_both_sides_and_anew_after_a_change(self):
        spec = self.f1.with_user(self.user_a)
        with self.assertRaisesRegex(UserError, "Choose the contact first"):
            spec.action_approve_customer()
        spec.customer_approver_id = self.bakery
        spec.action_approve_ours()
        self.assertEqual(spec.approval, "ours")
        spec.action_approve_customer()
        self.assertRecordValues(
            spec,
            [
                {
                    "approval": "both",
                    "our_approver_id": self.user_a.id,
                    "customer_approved_revision": 1,
                }
            ],
        )
        spec.level = "all of it"
        self.assertEqual(spec.approval, "open")

    @mute_logger("odoo.sql_db")
    def test_specification_without_its_words_is_refused(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_spec("technical", verb="Hold")

    def test_trace_equals_the_pure_algorithm(self):
        """What is stored on the records is what the core says of the same graph."""
        self.n2.name = "Bread at four"
        self.t1.value = "H14"
        self.links[0].action_approve()
        trace = self.analysis._trace()
        for row in (*self.analysis.need_ids, *self.analysis.specification_ids, self.c1):
            with self.subTest(row.display_name):
                self.assertEqual(row.is_suspect, row._trace_key() in trace.suspects)
        for need in self.analysis.need_ids:
            self.assertEqual(need.is_committed, trace.reaches_end(need._trace_key()))
            self.assertEqual(need.is_settled, trace.reaches_end(need._trace_key(), True))
