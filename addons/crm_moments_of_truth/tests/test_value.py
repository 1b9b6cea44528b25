"""The value ledger: what each moment gave to the customer and to us (S000-9.5-R4)."""

from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .know_case import KnowCase


@tagged("post_install", "-at_install")
class TestValue(KnowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kinds = cls.env["crm.value.type"]
        cls.hint, cls.method = kinds.create(
            [
                {"name": "Good advice", "code": "t_advice", "side": "client"},
                {"name": "New method", "code": "t_method", "side": "firm"},
            ]
        )
        cls.order = cls._confirm(cls._create_order())

    def _entry(self, line, kind, user=None, **values):
        Entry = self.env["crm.value.entry"].with_user(user or self.ana)
        return Entry.create({"line_id": line.id, "type_id": kind.id, **values})

    def test_an_entry_says_whose_it_is_by_its_moment(self):
        line = self._line(self.order, "M3")
        entry = self._entry(line, self.hint, amount=250)
        self.assertEqual(entry.customer_id, self.customer)
        self.assertEqual(entry.relationship_id, self._pass(self.order))
        self.assertEqual((entry.side, entry.company_id), ("client", self.company_a))
        self.assertEqual(line.with_user(self.ana).value_state, "client")
        other = self._entry(line, self.method)
        # No amount is no data, not zero.
        self.assertIs(other.amount, False)
        self.assertEqual(other.read(["amount"])[0]["amount"], False)
        line.invalidate_recordset()
        self.assertEqual(line.with_user(self.ana).value_state, "both")

    def test_nobody_writes_beside_a_pass_of_others(self):
        """Ole sees neither Alfa nor its pass; its customer would show in what he writes."""
        line = self._line(self.order, "M3")
        beside = {"relationship_id": line.relationship_id.id, "user_id": self.ole.id}
        for model, values in (
            ("crm.promise", {"name": "Gift", "due_on": "2030-01-01"}),
            ("crm.insight", {"name": "Lesson"}),
            ("crm.pdca.cycle", {"name": "Round"}),
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.ole).create({**values, **beside})
        own = self.env["crm.insight"].with_user(self.ole).create({"name": "Own"})
        with self.assertRaises(AccessError):
            own.relationship_id = line.relationship_id.id
        with self.assertRaises(AccessError):
            self._entry(line, self.hint, user=self.ole, user_id=self.ole.id)
        with self.assertRaises(AccessError):
            self.env["crm.rupture"].with_user(self.ole).create(
                {"relationship_id": line.relationship_id.id, "user_id": self.ole.id}
            )

    def test_rule_4_passes_where_both_sides_gained(self):
        """Alfa: M3 proven with both sides. Beta: M3 proven with one. 1 of 2; team North 1 of 1."""
        poor = self._confirm(self._create_order(self.beta))
        rich_line, poor_line = self._line(self.order, "M3"), self._line(poor, "M3")
        self.assertEqual((rich_line.state, poor_line.state), ("proven", "proven"))
        others = self.env["crm.relationship.moment"].search(
            [("state", "=", "proven"), ("id", "not in", (rich_line | poor_line).ids)]
        )
        self._entry(rich_line, self.hint)
        self._entry(rich_line, self.method)
        self._entry(poor_line, self.hint)
        for line in others:  # whatever else the chain proves by an order
            self._entry(line, self.hint)
        figure, records, failing = self._figure("rule_value")
        self.assertEqual(figure, (1, 2 + len(others)))
        self.assertEqual(records, rich_line | poor_line | others)
        self.assertEqual(failing, poor_line | others)
        figure, records, failing = self._figure("rule_value", team=self.north)
        own = others.filtered(lambda line: line.customer_id == self.customer)
        self.assertEqual(figure, (1, 1 + len(own)))
        self.assertEqual(failing, own)
        figure, _records, failing = self._figure("ledger_filled")
        self.assertEqual(figure, (1, 2))
        self.assertEqual(failing, self._pass(poor))

    def test_without_a_proven_moment_there_is_no_figure(self):
        self.assertIsNone(self._figure("rule_value", "2025-01")[0])

    def test_no_number_and_nothing_negative_is_no_amount(self):
        line = self._line(self.order, "M3")
        for amount in (-1, float("nan"), float("inf")):
            with (
                self.subTest(amount=amount),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._entry(line, self.hint, amount=amount).flush_recordset()

    def test_an_entry_stays_with_its_moment_and_company(self):
        line, other = self._line(self.order, "M3"), self._line(self.order, "M10")
        entry = self._entry(line, self.hint)
        with self.assertRaises(AccessError):
            entry.line_id = other
        foreign = self._confirm(self._create_order(company=self.company_b, user=self.bor))
        with self.assertRaises(AccessError):
            self._entry(self._line(foreign, "M3"), self.hint)
        self.assertFalse(self._seen_by(self.ole, "crm.value.entry") & entry)
        self.assertFalse(self._seen_by(self.bor, "crm.value.entry") & entry)
        self.assertTrue(self._seen_by(self.lia, "crm.value.entry") & entry)

    def test_a_used_kind_is_archived_not_deleted(self):
        self._entry(self._line(self.order, "M3"), self.hint)
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.hint.unlink()
        self.method.unlink()

    def test_the_ledger_survives_a_rebuild(self):
        entry = self._entry(self._line(self.order, "M3"), self.hint, date=date(2026, 3, 2))
        with freeze_time("2026-03-20"):
            self.env["crm.moment.event"]._rebuild(self.company_a)
        self.assertEqual(entry.exists().line_id, self._line(self.order, "M3"))

    def test_one_click_takes_what_the_chain_expects(self):
        chain = self._own_chain()
        moment = chain.moment_ids.filtered(lambda moment: moment.code == "M3")
        moment.write(
            {
                "value_client_ids": [Command.set(self.hint.ids)],
                "value_firm_ids": [Command.set(self.method.ids)],
            }
        )
        chain.action_activate()
        line = self._line(self._confirm(self._create_order()), "M3")
        self.assertEqual(line.moment_id, moment)
        self._entry(line, self.hint)
        for _click in range(2):
            line.with_user(self.ana).action_take_value()
        self.assertEqual(line.value_entry_ids.type_id, self.hint | self.method)
        self.assertEqual(len(line.value_entry_ids), 2)

    def _own_chain(self):
        shared = self.env.ref("crm_moments_of_truth.crm_moment_chain_default")
        as_sim = shared.with_user(self.sim).with_context(allowed_company_ids=self.company_a.ids)
        return as_sim.browse(as_sim.action_company_version()["res_id"])
