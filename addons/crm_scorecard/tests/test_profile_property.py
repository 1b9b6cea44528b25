"""Whatever happens to documents: renewing what changed gives what computing anew gives."""

import random
from datetime import date, timedelta

from odoo.exceptions import UserError

from .common import ScorecardCase

ROUNDS = 3
EDITS = 12
COLUMNS = """
    customer_id, partner_id, company_id, currency_id, posted_revenue, invoice_count,
    refund_count, first_invoice_date, last_invoice_date, open_amount
"""


class TestProfileProperty(ScorecardCase):
    """Random edits of the documents of five customers in two companies, seeded."""

    def setUp(self):
        super().setUp()
        Partner = self.env["res.partner"]
        self.delta = Partner.create({"name": "Delta", "is_company": True})
        self.person = Partner.create({"name": "Person"})
        self.partners = self.alfa | self.beta | self.gamma | self.delta | self.alfa_buyer
        self.partners |= self.person
        for company in self._companies():
            (self.delta | self.person).with_company(
                company
            ).property_account_receivable_id = self.books[company]["receivable"]

    def test_incremental_equals_whole_after_random_edits(self):
        for seed in range(ROUNDS):
            with self.subTest(seed=seed):
                self._round(random.Random(seed))

    def _round(self, dice):
        done = []
        for _edit in range(EDITS):
            name = dice.choice(self._edits())
            try:
                # What Odoo itself refuses in this state is no edit.
                with self.env.cr.savepoint():
                    getattr(self, f"_edit_{name}")(dice)
                    self.env.flush_all()
                done.append(name)
            except UserError:
                continue
            if dice.random() < 0.5:
                self._derive()
        self._derive()
        incremental = self._rows()
        self.assertTrue(done)
        self.env.cr.execute("DELETE FROM crm_customer_profile")
        self.env.invalidate_all()
        self.env["crm.customer.profile"]._refresh()
        self.assertEqual(incremental, self._rows(), done)
        self.assertProfilesTie()

    def _rows(self):
        """All profiles, column by column as the database writes them."""
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT ROW({COLUMNS})::text FROM crm_customer_profile ORDER BY customer_id"
        )
        return [row for (row,) in self.env.cr.fetchall()]

    # edits
    def _edits(self):
        often = ("post", "post", "pay", "pay", "refund", "draft", "repartner", "redate")
        return (*often, "cancel", "unpay", "delete", "move", "merge")

    def _documents(self, *states):
        self.partners = self.partners.exists()
        return self.env["account.move"].search(
            [
                ("partner_id", "in", self.partners.ids),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "in", states or ("draft", "posted")),
            ]
        )

    def _choose(self, dice, records):
        return records.browse(dice.choice(records.ids)) if records else records

    def _day(self, dice):
        return date(2026, 1, 1) + timedelta(dice.randrange(300))

    def _amount(self, dice):
        return dice.randrange(1, 100000) / 100

    def _edit_post(self, dice):
        self._create_invoice(
            self._choose(dice, self.partners.exists()),
            self._amount(dice),
            self._day(dice),
            dice.choice(("out_invoice", "out_invoice", "out_receipt", "out_refund")),
            dice.choice(list(self._companies())),
            dice.choice((self.euro, self.dollar)),
            dice.random() < 0.8,
        )

    def _edit_draft(self, dice):
        document = self._choose(dice, self._documents("posted"))
        document.button_draft()
        if document and dice.random() < 0.6:
            document.invoice_line_ids[:1].price_unit = self._amount(dice)
            document.action_post()

    def _edit_refund(self, dice):
        document = self._choose(dice, self._documents("posted"))
        for refund in document and document._reverse_moves([{"invoice_date": self._day(dice)}]):
            refund.action_post()

    def _edit_pay(self, dice):
        document = self._choose(
            dice, self._documents("posted").filtered(lambda move: move.move_type != "out_refund")
        )
        if document and document.amount_residual_signed > 0.02:
            part = dice.choice((1, 0.5, 0.3))
            self._pay(document, round(document.amount_residual_signed * part, 2), self._day(dice))

    def _edit_unpay(self, dice):
        lines = self._documents("posted").line_ids
        self._choose(dice, lines.matched_credit_ids | lines.matched_debit_ids).unlink()

    def _edit_repartner(self, dice):
        document = self._choose(dice, self._documents())
        document.partner_id = self._choose(dice, self.partners.exists())

    def _edit_redate(self, dice):
        document = self._choose(dice, self._documents("draft"))
        document.invoice_date = self._day(dice)

    def _edit_cancel(self, dice):
        self._choose(dice, self._documents("draft")).button_cancel()

    def _edit_delete(self, dice):
        self._choose(dice, self._documents("draft")).unlink()

    def _edit_move(self, dice):
        """A person joins another company, or leaves it."""
        persons = self.partners.exists().filtered(lambda partner: not partner.is_company)
        companies = self.partners.exists().filtered("is_company")
        parent = self._choose(dice, companies) if dice.random() < 0.7 else companies.browse()
        self._choose(dice, persons).parent_id = parent

    def _edit_merge(self, dice):
        partners = self.partners.exists()
        if len(partners) > 3:
            gone, kept = dice.sample(partners.ids, 2)
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge([gone, kept], partners.browse(kept))
            self.env.invalidate_all()
