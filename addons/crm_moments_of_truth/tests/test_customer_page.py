import re
from datetime import date, datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import MomentsCase

TODAY = date(2026, 4, 15)


@tagged("post_install", "-at_install")
class TestCustomerPage(MomentsCase):
    """Alfa: one order of 100 invoiced and half paid, one of 300 not invoiced; all of Ana's.

    Beta: an order of Ole's. The company works Monday to Friday in Bucharest.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = patch.object(fields.Date, "context_today", lambda *args, **kw: TODAY)
        cls.startClassPatcher(today)
        cls.first = cls._confirm(cls._create_order(amount=100))
        cls.second = cls._confirm(cls._create_order(amount=300))
        cls.other = cls._confirm(cls._create_order(cls.beta, amount=700, user=cls.ole))
        cls.invoice = cls._post(cls._create_invoice(cls.first))
        cls.invoice.invoice_date_due = date(2026, 4, 8)
        cls._pay(cls.invoice, 50)
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.env.invalidate_all()
        cls.customer = cls.env["crm.customer"].search(
            [("partner_id", "=", cls.alfa.id), ("company_id", "=", cls.company_a.id)]
        )
        cls.customer.user_id = cls.ana

    def _page(self, user=None):
        user = user or self.ana
        customer = self.customer.with_user(user)
        return customer.with_context(allowed_company_ids=self.company_a.ids).get_page()

    def _figures(self, user=None):
        return {figure["key"]: figure for figure in self._page(user)["figures"]}

    def test_figures_are_what_plain_counting_gives(self):
        figures = self._figures()
        self.assertEqual(figures["orders"]["value"], 2)
        self.assertEqual(figures["invoiced"]["value"], 100)
        self.assertEqual(figures["unpaid"]["value"], 50)
        self.assertEqual((figures["overdue"]["value"], figures["overdue"]["tone"]), (50, "danger"))
        self.assertEqual(figures["cases"]["value"], 0)

    def test_what_is_hidden_from_the_reader_is_no_zero(self):
        """Ole sees the customer, none of Ana's orders: no figure, and a page that says so."""
        figures = self._figures(self.ole)
        self.assertEqual((figures["orders"]["count"], figures["orders"]["value"]), (0, None))
        self.assertEqual(figures["orders"]["hidden"], "not visible to you")
        self.assertEqual(figures["orders"]["hint"], "confirmed", "what it counts is said as well")
        self.assertFalse(any(figure["hidden"] for figure in self._figures().values()))
        self.assertIsNone(figures["overdue"]["value"])
        self.assertEqual(
            figures["overdue"]["hidden"],
            figures["unpaid"]["hidden"],
            "that some of Ana's invoices are overdue is not told either",
        )
        # What is nowhere is 0 for everybody.
        self.assertEqual((figures["cases"]["value"], self._figures()["cases"]["value"]), (0, 0))
        page = self._page(self.ole)
        places = {section["key"]: section for section in page["sections"]}
        places.update(passes=page["passes"], timeline=page["timeline"])
        for key in ("orders", "passes", "timeline"):
            self.assertEqual(places[key]["hidden"], "not visible to you", key)
        self.first.sudo().user_id = self.ole
        self.assertEqual(
            self._figures(self.ole)["orders"]["hidden"], "not all of it is visible to you"
        )

    def test_each_figure_opens_the_records_it_counts(self):
        page = self._page(self.sim)
        nested = [figure for section in page["sections"] for figure in section["figures"]]
        for figure in page["figures"] + nested:
            source = self.env[figure["open"]["model"]].with_user(self.sim)
            found = source.search_count(Domain(figure["open"]["domain"]))
            self.assertEqual(found, figure["count"], figure["key"])
        for section in page["sections"]:
            source = self.env[section["open"]["model"]].with_user(self.sim)
            found = source.search_count(Domain(section["open"]["domain"]))
            self.assertEqual(found, section["count"], section["key"])
            self.assertEqual(bool(section["lines"]), bool(found), section["key"])

    def test_year_begins_at_the_companys_midnight(self):
        """15 April 2025 begins in Bucharest at 21:00 UTC of the 14th."""
        self.first.sudo().date_order = datetime(2025, 4, 14, 21, 30)
        self.second.sudo().date_order = datetime(2025, 4, 14, 20, 30)
        self.assertEqual(self._figures()["orders"]["value"], 1)

    def test_timeline_has_all_standing_facts_once(self):
        timeline = self._page()["timeline"]
        events = self.env["crm.moment.event"].search(
            [("partner_id", "=", self.alfa.id), ("voided_at", "=", False)]
        )
        self.assertEqual(timeline["count"], len(events))
        self.assertEqual({fact["id"] for fact in timeline["facts"]}, set(events.ids))
        money = self.customer.with_user(self.ana).get_timeline(kind="money")
        self.assertEqual(
            {fact["fact"] for fact in money["facts"]}, {"Invoice posted", "Payment received"}
        )

    def test_timeline_continues_where_it_ended(self):
        first = self.customer.with_user(self.ana)
        with patch("odoo.addons.crm_moments_of_truth.models.crm_customer_page.TIMELINE_PAGE", 1):
            pages = [
                first.get_timeline(offset=offset)["facts"][0]["id"]
                for offset in range(first.get_timeline()["count"])
            ]
        self.assertEqual(len(pages), len(set(pages)))

    def test_duplicates_are_pointed_at(self):
        self.assertEqual(self._page()["duplicates"], 0)
        (self.alfa | self.beta).write({"vat": "RO18547290"})
        self.env.invalidate_all()
        self.assertEqual(self._page()["duplicates"], 1)

    def test_strips_show_running_passes_and_where_they_stand(self):
        strip = self._page()["strip"]
        self.assertEqual(
            {one["name"] for one in strip["passes"]}, {self.first.name, self.second.name}
        )
        one = next(one for one in strip["passes"] if one["name"] == self.second.name)
        states = {moment["code"]: moment["state"] for moment in one["moments"]}
        self.assertEqual(len(states), 10)
        self.assertEqual(states["M3"], "proven")
        self.assertEqual(sum(moment["is_current"] for moment in one["moments"]), 1)

    def test_value_that_nobody_could_tell_is_no_zero(self):
        line = self.customer.crm_relationship_ids[:1].line_ids[:1]
        kind = self.env["crm.value.type"].create(
            {"name": "Praise", "code": "praise_page", "side": "firm"}
        )
        Entry = self.env["crm.value.entry"]
        Entry.create({"line_id": line.id, "type_id": kind.id})
        ledger = next(part for part in self._page()["sections"] if part["key"] == "ledger")
        values = {figure["key"]: figure["value"] for figure in ledger["figures"]}
        self.assertEqual(values, {"ledger_client": 0, "ledger_firm": None})
        Entry.create({"line_id": line.id, "type_id": kind.id, "amount": 40})
        ledger = next(part for part in self._page()["sections"] if part["key"] == "ledger")
        self.assertEqual(ledger["figures"][1]["value"], 40)

    def test_sections_of_an_upper_addon_take_their_place(self):
        Customer = self.env.registry["crm.customer"]
        section = {"key": "value", "title": "Customer value"}
        with patch.object(Customer, "_page_sections", lambda customer: [section]):
            self.assertEqual(self._page()["sections"], [section])

    def test_colleague_sees_nothing_of_documents_that_are_not_his(self):
        page = self._page(self.ole)
        self.assertEqual(page["timeline"]["count"], 0)
        self.assertFalse(page["strip"]["passes"])
        values = {figure["key"]: figure["value"] for figure in page["figures"]}
        self.assertFalse(any(values.values()), values)

    def test_other_company_does_not_open_the_page(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.bor).with_context(allowed_company_ids=[]).get_page()

    def test_finance_sees_money_and_no_answers(self):
        self.assertEqual(self._figures(self.fin)["unpaid"]["value"], 50)
        sections = {section["key"] for section in self._page(self.fin)["sections"]}
        self.assertNotIn("satisfaction", sections)

    def test_salesperson_opens_the_own_invoice(self):
        """Odoo's form counts payments, which a salesperson may not read."""
        form = self.env["account.move"].with_user(self.ana).get_view(view_type="form")
        names = set(re.findall(r'<field name="(\w+)"', form["arch"]))
        own = self.invoice.with_user(self.ana)
        top = names & own.fields_get(attributes=["type"]).keys()
        self.assertTrue(own.read(sorted(top)))
        money = self.env["account.move"].with_user(self.fin).get_view(view_type="form")
        self.assertIn("payment_count", money["arch"], "finance sees the button still")

    def test_partner_opens_the_page_of_the_company_at_hand(self):
        action = self.alfa_buyer.with_user(self.ana).action_open_crm_page()
        self.assertEqual(action["tag"], "crm_customer_page")
        self.assertEqual(action["context"]["active_id"], self.customer.id)

    def test_empty_customer_has_a_page(self):
        gamma = self.env["res.partner"].create({"name": "Gamma", "is_company": True})
        customer = self.env["crm.customer"].create(
            {"partner_id": gamma.id, "company_id": self.company_a.id, "user_id": self.ana.id}
        )
        page = customer.with_user(self.ana).get_page()
        self.assertFalse(page["strip"]["passes"])
        self.assertEqual(page["timeline"]["facts"], [])
        self.assertTrue(all(section["empty"] for section in page["sections"]))
