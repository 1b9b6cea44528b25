from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged

from .common import MomentsCase

MODULE = "odoo.addons.crm_moments_of_truth.models.crm_relationship_board"
# The orders are of Monday 2 March 2026, so this Friday is nine working days later.
TODAY = date(2026, 3, 13)


@tagged("post_install", "-at_install")
class TestChainBoard(MomentsCase):
    """Ana has three orders (one invoiced), Ole one; Company B has one of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = patch.object(fields.Date, "context_today", lambda *args, **kw: TODAY)
        cls.startClassPatcher(today)
        cls.orders = cls._confirm(
            cls._create_order(amount=100)
            | cls._create_order(amount=200)
            | cls._create_order(amount=400)
        )
        cls.oles = cls._confirm(cls._create_order(cls.beta, amount=800, user=cls.ole))
        cls._post(cls._create_invoice(cls.orders[0]))
        cls._confirm(cls._create_order(cls.beta, user=cls.bor, company=cls.company_b))
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.env.invalidate_all()
        cls.passes = cls.env["crm.relationship"].search([("partner_id", "in", (cls.alfa.id,))])
        cls.broken = cls.passes.filtered(lambda one: one.order_id == cls.orders[2])
        # What time alone broke in the meantime is settled: one rupture is enough here.
        cls.env["crm.rupture"].search([]).sudo().write({"state": "closed"})
        cls.rupture = cls.env["crm.rupture"].create(
            {
                "relationship_id": cls.broken.id,
                "moment_id": cls.broken.current_moment_id.id,
                "user_id": cls.ana.id,
            }
        )

    def _board(self, user=None, domain=()):
        Relationship = self.env["crm.relationship"].with_user(user or self.ana)
        Relationship = Relationship.with_context(allowed_company_ids=self.company_a.ids)
        return {
            column["code"]: column for column in Relationship.get_board(list(domain))["columns"]
        }

    def test_all_ten_moments_are_columns_also_empty_ones(self):
        board = self._board()
        self.assertEqual(list(board), [f"M{number}" for number in range(1, 11)])

    def test_columns_count_and_add_up_what_stands_there(self):
        board = self._board()
        here = board[self.broken.current_moment_id.code]
        mine = self.passes.filtered(
            lambda one: one.current_moment_id == self.broken.current_moment_id
        )
        self.assertEqual(here["count"], len(mine))
        self.assertEqual(here["amounts"][0]["amount"], sum(mine.mapped("amount")))
        self.assertEqual(sum(column["count"] for column in board.values()), 3)

    def test_card_tells_working_days_and_the_red_dot(self):
        here = self._board()[self.broken.current_moment_id.code]
        card = here["cards"][0]
        self.assertEqual(card["id"], self.broken.id, "what is broken comes first")
        self.assertEqual(len(card["ruptures"]), 1)
        self.assertEqual(here["broken"], 1)
        line = self.broken.line_ids.filtered(
            lambda line: line.moment_id == self.broken.current_moment_id
        )
        since = line.proven_on or line.started_on
        workdays = self.env["crm.workdays"]._of(self.company_a)
        self.assertEqual(since, date(2026, 3, 2))
        self.assertEqual(card["days"], workdays.between(since, TODAY))
        self.assertEqual(card["days"], 9)

    def test_tone_turns_after_target_and_tolerance(self):
        moment = self.broken.current_moment_id
        Strip = self.env["crm.relationship"]
        target, tolerance = moment.target_days, moment.tolerance_days
        tones = [Strip._tone(moment, days) for days in (target, target + 1, target + tolerance + 1)]
        self.assertEqual(tones, ["", "near", "late"])

    def test_pages_give_each_card_once_broken_ones_first(self):
        moment = self.broken.current_moment_id
        Relationship = self.env["crm.relationship"].with_user(self.ana)
        with patch(f"{MODULE}.PAGE", 1):
            ids = [
                card["id"]
                for offset in range(4)
                for card in Relationship.get_board_cards([], moment.ids, offset)
            ]
        wanted = self.passes.filtered(lambda one: one.current_moment_id == moment)
        self.assertEqual(ids[0], self.broken.id)
        self.assertEqual((len(ids), set(ids)), (len(wanted), set(wanted.ids)))

    def test_filter_narrows_the_board(self):
        board = self._board(domain=Domain("order_id", "=", self.orders[1].id))
        self.assertEqual(sum(column["count"] for column in board.values()), 1)

    def test_reader_sees_own_passes_only(self):
        self.assertEqual(self._total(self.ole), 1)
        self.assertEqual(self._total(self.sim), 4)
        self.assertEqual(self._total(self.bor), 0, "company A is not Bor's")

    def _total(self, user):
        Relationship = self.env["crm.relationship"].with_user(user)
        board = Relationship.with_context(allowed_company_ids=user.company_ids.ids).get_board(
            [("company_id", "=", self.company_a.id)]
        )
        return sum(column["count"] for column in board["columns"])

    def test_versions_of_the_chain_meet_in_one_column(self):
        chain = self.broken.chain_id
        fresh = chain.copy()
        other = self.passes - self.broken
        moment = fresh.moment_ids.filtered(
            lambda moment: moment.code == self.broken.current_moment_id.code
        )
        # The engine writes it when a pass begins on the new version.
        other[:1].sudo().write({"chain_id": fresh.id, "current_moment_id": moment.id})
        board = self._board()
        self.assertEqual(len(board), 10)
        self.assertIn(moment.id, board[moment.code]["moment_ids"])

    # strips
    def test_order_lead_and_partner_carry_the_strip(self):
        strip = self.orders[2].with_user(self.ana).crm_strip
        self.assertEqual([one["id"] for one in strip["passes"]], self.broken.ids)
        for partner in (self.alfa, self.alfa_buyer):
            strip = partner.with_user(self.ana).crm_strip
            shown = {one["id"] for one in strip["passes"]}
            self.assertEqual((len(shown), strip["more"]), (2, 1), partner)
            self.assertLess(shown, set(self.passes.ids), partner)
        lead = self.env["crm.lead"].create({"name": "Deal", "partner_id": self.alfa.id})
        self.assertEqual(lead.crm_strip["passes"], [])
        self.orders[2].sudo().opportunity_id = lead
        lead.invalidate_recordset()
        strip = lead.with_user(self.sim).crm_strip
        self.assertEqual([one["id"] for one in strip["passes"]], self.broken.ids)

    def test_strip_marks_the_broken_moment(self):
        strip = self.orders[2].with_user(self.ana).crm_strip["passes"][0]
        marked = [moment["code"] for moment in strip["moments"] if moment["ruptures"]]
        self.assertEqual(marked, [self.broken.current_moment_id.code])
