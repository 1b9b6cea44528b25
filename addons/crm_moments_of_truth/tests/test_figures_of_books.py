"""Figures that stand on orders, invoices and contacts: segments, markets, charter, channels."""

from datetime import date, datetime
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.crm_strategy.core.loyalty import CareFacts
from odoo.addons.crm_strategy.core.measure import MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED

from .common import MomentsCase

ALL = Period.between(None, None)


@tagged("post_install", "-at_install")
class TestFiguresOfBooks(MomentsCase):
    """Alfa and Beta are in segment Key of team North; Alfa was invoiced 100 euros today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["crm.facts"])
        pairs = [(partner.id, cls.company_a.id) for partner in (cls.alfa, cls.beta)]
        cls.env["crm.customer"]._ensure(pairs)
        customers = cls.env["crm.customer"].search([("company_id", "=", cls.company_a.id)])
        by_partner = customers.grouped("partner_id")
        cls.customer, cls.other = by_partner[cls.alfa], by_partner[cls.beta]
        cls.customer.user_id = cls.ana
        cls.segment = cls.env["crm.segment"].create({"name": "Key", "company_id": cls.company_a.id})
        cls.north.crm_segment_id = cls.segment
        (cls.customer | cls.other).segment_id = cls.segment
        cls.order = cls._confirm(cls._create_order(cls.alfa_buyer), datetime(2026, 3, 2, 10))
        cls.invoice = cls._post(cls._create_invoice(cls.order.sudo(), cls.today))

    def _measure(self, code, scope="company", ids=None):
        question = MeasureScope(self.company_a.id, scope, ids, (ALL,))
        Indicator = self.env["crm.indicator"]
        rows = getattr(Indicator, f"_measure_{code}")(question)
        return {(row.scope_id): (row.numerator, row.denominator) for row in rows}

    def _behind(self, code, kind):
        model, domain = getattr(self.env["crm.indicator"], f"_{kind}_{code}")(
            MeasureScope(self.company_a.id, "company", None, (ALL,))
        )
        return self.env[model].search(domain)

    # segments and markets
    def test_segment_shows_who_buys_and_what_it_brought(self):
        segment = self.segment.with_user(self.lia)
        self.assertEqual((segment.crm_active_count, segment.crm_revenue_amount), (1, 100))
        action = segment.action_open_crm_active_customers()
        self.assertEqual(self.env["crm.customer"].search(action["domain"]), self.customer)
        action = segment.action_open_crm_revenue()
        moves = self.env["account.move"].search(action["domain"])
        self.assertEqual(sum(moves.mapped("amount_untaxed_signed")), 100)
        income = moves.line_ids.filtered(lambda line: line.display_type == "product")
        self.assertEqual(-sum(income.mapped("balance")), segment.crm_revenue_amount)
        with self.assertRaises(AccessError):
            self.segment.with_user(self.ana).read(["crm_revenue_amount"])
        self.assertEqual(self.segment.with_user(self.ana).crm_active_count, 1)

    def test_segment_without_sales_shows_no_figure_and_not_zero(self):
        self.customer.segment_id = False
        self.env.invalidate_all()
        self.assertFalse(self.segment.crm_has_revenue)
        self.assertEqual(self.segment.crm_active_count, 0)

    def test_customer_market_counts_who_was_invoiced_in_its_period(self):
        strategy = self.env["crm.strategy"].create(
            {
                "name": "Years",
                "company_id": self.company_a.id,
                "date_from": self.today.replace(month=1, day=1),
                "date_to": self.today,
            }
        )
        market = strategy.market_ids.filtered(lambda line: line.measure == "customers")
        model, domain = market._records()
        self.assertEqual(self.env[model].search(domain), self.customer)
        self.invoice.button_draft()
        model, domain = market._records()  # empty books: all customers with a segment, as before
        self.assertEqual(self.env[model].search(domain), self.customer | self.other)

    def test_recommendations_show_leads_and_what_they_brought(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "By Beta",
                "type": "opportunity",
                "company_id": self.company_a.id,
                "crm_referrer_id": self.beta.id,
            }
        )
        lead.copy({"active": False})
        self.env["crm.lead"].search([]).filtered("active").crm_referrer_id = self.beta
        self.order.sudo().opportunity_id = lead
        self.other.invalidate_recordset()
        found = self.other.with_user(self.lia)
        self.assertEqual((found.crm_referral_count, found.crm_referral_amount), (2, 100))
        self.assertFalse(self.customer.crm_has_referral_amount)

    # classes and care
    def test_posting_an_invoice_has_its_customer_sorted_anew(self):
        self.env.cr.flush()
        waiting = self.env["crm.change"].search([("consumer", "=", "classes")])
        self.assertIn(self.alfa, waiting.partner_id)
        self.env["crm.change"]._run_all("classes")
        self.env.invalidate_all()
        self.assertEqual(self.customer.loyalty_class_id.code, "indifferent")
        self.assertIn("1", self.customer.loyalty_reason)
        self.assertFalse(self.other.loyalty_class_id)

    def test_care_follows_from_cases_and_answers(self):
        case = self.env["crm.case"].create({"name": "Leak", "contact_id": self.alfa_buyer.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_case SET opened_at = %s, floor_reply_due_at = %s, floor_solve_due_at = NULL"
            " WHERE id = %s",
            ["2026-03-02 10:00:00", "2026-03-02 12:00:00", case.id],
        )
        answer = (
            self.env["crm.satisfaction.answer"]
            .sudo()
            .create(
                {
                    "answered_at": "2026-03-10 10:00:00",
                    "company_id": self.company_a.id,
                    "customer_id": self.other.id,
                    "partner_id": self.beta.id,
                }
            )
        )
        self.env["crm.satisfaction.line"].sudo().create(
            {
                "answer_id": answer.id,
                "company_id": self.company_a.id,
                "need_class_id": self.env["crm.need.class"].search([], limit=1).id,
                "expected": 7,
                "perceived": 8,
            }
        )
        ids = (self.customer | self.other).ids
        found = self.env["crm.facts"]._care_facts(self.company_a, ids, date(2026, 4, 1))
        self.assertEqual(found[self.customer.id], CareFacts(False, UNDEFINED))
        self.assertEqual(found[self.other.id], CareFacts(UNDEFINED, True))
        later = self.env["crm.facts"]._care_facts(self.company_a, ids, date(2028, 4, 1))
        self.assertEqual(later, {})

    # charter
    def test_messages_on_orders_count_as_contacts_and_are_personal_or_not(self):
        """To a person by Ana: personal. To the company, or by a program: not."""
        before = self._measure("personal_share").get(0, (0, 0))
        to_company = self._create_order(self.alfa)
        for order, author in (
            (self.order, self.ana),
            (to_company, self.ana),
            (self.order, self.env.ref("base.user_root")),
        ):
            order.sudo().message_post(
                body="Your order",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=author.partner_id.id,
                partner_ids=order.partner_id.ids,
            )
        self.env.flush_all()
        after = self._measure("personal_share")[0]
        self.assertEqual((after[0] - before[0], after[1] - before[1]), (1, 3))
        team = self._measure("personal_share", "team", (self.north.id,))
        self.assertEqual(team[self.north.id], after)
        self.assertEqual(len(self._behind("personal_share", "failing")), after[1] - after[0])
        assessment = self.env["crm.assessment"].new({"company_id": self.company_a.id})
        found = self.env["crm.assessment.evidence"]._evidence_customise(assessment)
        self.assertIn(f"(n = {after[1]})", found.text)

    def test_specifications_are_met_at_delivery_when_checked(self):
        analysis = self.env["crm.need.analysis"].create(
            {
                "name": "Alfa",
                "company_id": self.company_a.id,
                "customer_id": self.customer.id,
                "user_id": self.ana.id,
            }
        )
        met, unchecked, waiting = (
            self.env["crm.specification"].create(
                {
                    "analysis_id": analysis.id,
                    "kind": "technical",
                    "characteristic": name,
                    "verdict": verdict,
                }
            )
            for name, verdict in (("Flow", "met"), ("Noise", "open"), ("Mass", "met"))
        )
        self.assertEqual(self._measure("specs_delivered"), {})
        line = self.order.sudo().order_line
        line.crm_specification_ids = met | unchecked
        line.qty_delivered = 1
        undelivered = self._confirm(self._create_order()).sudo().order_line
        undelivered.crm_specification_ids = waiting
        self.env.flush_all()
        self.assertEqual(self._measure("specs_delivered"), {0: (1, 2)})
        self.assertEqual(self._behind("specs_delivered", "failing"), unchecked)
        self.assertEqual(self._behind("specs_delivered", "records"), met | unchecked)

    def test_needs_that_surveys_told_of(self):
        analysis = self.env["crm.need.analysis"].create(
            {
                "name": "Alfa",
                "company_id": self.company_a.id,
                "customer_id": self.customer.id,
                "user_id": self.ana.id,
            }
        )
        survey = self.env["survey.survey"].create({"title": "How was it?"})
        heard = self.env["crm.need.input"].create(
            {
                "analysis_id": analysis.id,
                "name": "Answer",
                "reference": f"survey.survey,{survey.id}",
            }
        )
        kind = self.env["crm.need.class"].search([("code", "=", "main")], limit=1)
        told, other = (
            self.env["crm.need"].create(
                {"analysis_id": analysis.id, "name": name, "class_id": kind.id, "input_id": source}
            )
            for name, source in (("Told", heard.id), ("Seen", False))
        )
        self.env.flush_all()
        self.assertEqual(self._measure("needs_from_surveys"), {0: (1, 2)})
        self.assertEqual(self._behind("needs_from_surveys", "failing"), other)
        self.assertEqual(self._behind("needs_from_surveys", "records"), told | other)

    # channel mix
    def test_channel_mix_equals_the_contacts_and_is_seen_by_reach(self):
        for order in (self.order, self._create_order(self.beta, user=self.ole)):
            order.sudo().message_post(
                body="Your order",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.lia.partner_id.id,
                partner_ids=order.partner_id.ids,
            )
        self.env.flush_all()
        counts = self.env["crm.channel"]._count_contacts(
            self.company_a, self.today, date(9999, 1, 1)
        )
        rows = self._seen_by(self.sim, "crm.channel.mix").filtered(
            lambda row: row.date >= self.today
        )
        found = {}
        for row in rows:
            found[row.channel_id.id] = found.get(row.channel_id.id, 0) + row.contact_count
        self.assertEqual(found, counts)
        self.assertEqual(rows.segment_id, self.segment)
        self.assertEqual(self._seen_by(self.lia, "crm.channel.mix") & rows, rows)
        self.assertEqual((self._seen_by(self.ana, "crm.channel.mix") & rows).partner_id, self.alfa)
        self.assertFalse(self._seen_by(self.ole, "crm.channel.mix") & rows)
        self.assertFalse(self._seen_by(self.bor, "crm.channel.mix") & rows)
        self.assertEqual(len(rows), len(set(rows.ids)))
        with self.assertRaises(AccessError):
            self.env["crm.channel.mix"].with_user(self.sal).search([])

    def test_everybody_reads_the_same_days_and_months(self):
        """Half past midnight in Bucharest: the change to summer time, and the end of a month."""
        days = {
            "2026-03-28 22:30:00": date(2026, 3, 29),
            "2026-03-29 21:30:00": date(2026, 3, 30),
            "2026-03-31 21:30:00": date(2026, 4, 1),
        }
        answers = self.env["crm.satisfaction.answer"].sudo()
        values = {"company_id": self.company_a.id, "partner_id": self.alfa.id}
        answers = answers.create([{**values, "answered_at": moment} for moment in days])
        for moment in days:
            self.order.sudo().message_post(
                body="Your order",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.lia.partner_id.id,
                partner_ids=self.order.partner_id.ids,
                date=moment,
            )
        self.env.flush_all()
        self.assertEqual(answers.mapped("answered_on"), list(days.values()))
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            for name, field, figure in (
                ("crm.satisfaction.answer", "answered_on", "__count"),
                ("crm.message.report", "date", "message_count:sum"),
                ("crm.channel.mix", "date", "contact_count:sum"),
            ):
                with self.subTest(zone=zone, model=name):
                    model = self.env[name].with_user(self.sim).with_context(tz=zone)
                    spring = Domain(field, ">=", "2026-03-28") & Domain(field, "<=", "2026-04-01")
                    spring &= Domain("partner_id", "=", self.alfa.id)
                    found = model._read_group(spring, [f"{field}:day"], [figure])
                    self.assertEqual(found, [(day, 1) for day in days.values()])
                    months = model.formatted_read_group(spring, [f"{field}:month"], [figure])
                    self.assertEqual([month[figure] for month in months], [2, 1])
                    self.assertEqual(
                        [model.search_count(spring & Domain(m["__extra_domain"])) for m in months],
                        [2, 1],
                    )
                    self.assertEqual(
                        model.search_count(spring & Domain(field, "in", ["2026-04-01"])), 1
                    )

    def test_figures_of_another_company_stay_there(self):
        facts = self.env["crm.facts"]
        self.assertEqual(facts._active_customers(self.company_b, ALL), [])
        self.assertIs(facts._revenue_by_customer(self.company_b, ALL), UNDEFINED)
        self.assertEqual(
            facts._revenue_by_customer(self.company_a, ALL), {self.customer.id: Decimal(100)}
        )
