"""Rounds of improvement: no step without evidence of the one before (S000-9.5-R6)."""

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .know_case import KnowCase


@tagged("post_install", "-at_install")
class TestPdca(KnowCase):
    def _round(self, user=None, **values):
        Cycle = self.env["crm.pdca.cycle"].with_user(user or self.ana)
        return Cycle.create(
            {
                "name": "Deliver complete orders",
                "customer_id": self.customer.id,
                "date_start": "2026-03-02",
                "date_due": "2026-03-20",
                **values,
            }
        )

    def _prove(self, cycle, letters):
        for letter in letters:
            cycle.evidence_ids.create(
                {"cycle_id": cycle.id, "letter": letter, "name": f"Evidence {letter}"}
            )

    def _walk(self, cycle):
        for letter in "pdca":
            self._prove(cycle, letter)
            cycle.action_next()
        return cycle

    def test_acting_is_impossible_without_evidence_of_the_check(self):
        cycle = self._round()
        self._prove(cycle, "pd")
        cycle.action_next()
        cycle.action_next()
        self.assertEqual(cycle.state, "c")
        with self.assertRaisesRegex(UserError, "no evidence of the step “Check”"):
            cycle.action_next()
        with self.assertRaises(AccessError):
            cycle.state = "a"
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            cycle.evidence_ids.create({"cycle_id": cycle.id, "letter": "c", "name": " \t"})
        # Whoever gets past the buttons meets the database.
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            cycle.sudo().state = "a"
            cycle.flush_recordset()
        cycle.invalidate_recordset()
        self._prove(cycle, "c")
        cycle.action_next()
        self.assertEqual(cycle.state, "a")

    def test_evidence_of_a_step_that_is_over_stays(self):
        cycle = self._round()
        self._prove(cycle, "pdc")
        for _step in range(3):
            cycle.action_next()
        check = cycle.evidence_ids.filtered(lambda evidence: evidence.letter == "c")
        for spoil in (check.unlink, lambda: check.write({"letter": "p"})):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                spoil()
                self.env.flush_all()
            self.env.invalidate_all()
        self._prove(cycle, "c")
        check.unlink()  # there is other evidence of the step
        self.assertEqual(cycle.state, "a")

    def test_nobody_forges_a_closed_round(self):
        cycle = self._round(state="closed", closed_on="2026-03-03", has_c=True)
        self.assertEqual((cycle.state, cycle.closed_on, cycle.has_c), ("p", False, False))
        with self.assertRaises(AccessError):
            cycle.closed_on = "2026-03-03"

    def test_rule_6_counts_what_is_or_should_be_closed(self):
        """March: one in time, one too late, one never; one given up and one still running do not
        count: 1 of 3. The customer took part in one of two closed rounds."""
        with freeze_time("2026-03-18 10:00:00"):
            good = self._walk(self._round(is_client_involved=True))
        with freeze_time("2026-03-27 10:00:00"):
            late = self._walk(self._round())
            never = self._round()
            given_up = self._round()
            given_up.action_cancel()
            self._round(date_due="2026-04-20")
            figure, records, failing = self._figure("rule_pdca")
            self.assertEqual(figure, (1, 3))
            self.assertEqual((records, failing), (good | late | never, late | never))
            self.assertEqual(self._figure("rule_pdca", team=self.north)[0], (1, 3))
            figure, _records, failing = self._figure("pdca_client")
            self.assertEqual((figure, failing), ((1, 2), late))
            self.assertTrue(never.is_late)
            self.assertIn(never, never.search([("is_late", "=", True)]))

    def test_late_is_by_the_clock_of_the_company(self):
        """Half past eleven in the evening in Bucharest is still in time, wherever one sits."""
        cycle = self._round()
        promise = self.env["crm.promise"].create(
            {
                "name": "Papers",
                "customer_id": self.customer.id,
                "made_on": "2026-03-02",
                "due_on": "2026-03-20",
            }
        )
        for zone in ("Asia/Tokyo", "America/New_York"):
            for hour, is_late in ((21, False), (22, True)):
                with freeze_time(f"2026-03-20 {hour}:30:00"):
                    for note in (cycle, promise):
                        note = note.with_context(tz=zone)
                        note.invalidate_recordset()
                        self.assertEqual(note.is_late, is_late)
                        found = note.search([("id", "=", note.id), ("is_late", "=", True)])
                        self.assertEqual(bool(found), is_late)

    def test_one_round_runs_for_a_record(self):
        promise = self.env["crm.promise"].create(
            {
                "name": "Complete delivery",
                "customer_id": self.customer.id,
                "due_on": "2030-01-01",
                "user_id": self.ana.id,
            }
        )
        Cycle = self.env["crm.pdca.cycle"].with_user(self.ana)
        cycle = Cycle._open_from(promise)
        self.assertEqual(Cycle._open_from(promise), cycle)
        self.assertEqual((cycle.customer_id, cycle.user_id), (self.customer, self.ana))
        self.assertEqual(cycle.name, "Complete delivery")
        self.assertEqual(cycle.action_open_source()["res_id"], promise.id)
        cycle.action_cancel()
        self.assertNotEqual(Cycle._open_from(promise), cycle)
        with self.assertRaises(AccessError):
            Cycle.with_user(self.ole)._open_from(promise)

    def test_finance_opens_no_round_of_what_it_reads(self):
        promise = self.env["crm.promise"].create(
            {"name": "Papers", "customer_id": self.customer.id, "due_on": "2030-01-01"}
        )
        promise.with_user(self.fin).read(["name"])
        with self.assertRaises(AccessError):
            self.env["crm.pdca.cycle"].with_user(self.fin)._open_from(promise)

    def test_files_of_evidence_are_seen_by_whoever_sees_the_round(self):
        cycle = self._round(user=self.ana)
        # As the form does it: the file is there before the evidence.
        file = (
            self.env["ir.attachment"]
            .with_user(self.ana)
            .create({"name": "check.txt", "raw": b"ok", "res_model": "crm.pdca.evidence"})
        )
        evidence = (
            self.env["crm.pdca.evidence"]
            .with_user(self.ana)
            .create(
                {"cycle_id": cycle.id, "letter": "p", "name": "Plan", "attachment_ids": file.ids}
            )
        )
        self.env.invalidate_all()
        self.assertEqual(evidence.with_user(self.lia).attachment_ids.mapped("name"), ["check.txt"])
        with self.assertRaises(AccessError):
            file.with_user(self.ole).read(["name"])

    def test_going_back_opens_a_closed_round(self):
        cycle = self._walk(self._round())
        cycle.action_back()
        self.assertEqual((cycle.state, cycle.closed_on), ("a", False))

    def test_only_the_own_team_sees_it(self):
        cycle = self._round()
        self._prove(cycle, "p")
        for model in ("crm.pdca.cycle", "crm.pdca.evidence"):
            for user, sees in ((self.ana, 1), (self.lia, 1), (self.sim, 1), (self.ole, 0)):
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(len(self._seen_by(user, model)), sees)
            self.assertFalse(self._seen_by(self.bor, model))
