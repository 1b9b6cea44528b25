"""What a customer sees and says on the way of an order, and that it is nothing of others."""

import re

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.crm_strategy.core.measure import COMPANY, MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestProgressPortal(MomentsCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beta_buyer = cls.env["res.partner"].create(
            {"name": "Beta Buyer", "parent_id": cls.beta.id}
        )
        for login, partner in (("alfa-way", cls.alfa_buyer), ("beta-way", cls.beta_buyer)):
            new_test_user(
                cls.env,
                login=login,
                password=login,
                groups="base.group_portal",
                partner_id=partner.id,
                company_id=cls.company_a.id,
                context={"no_reset_password": True},
            )
        cls.order = cls._confirm(cls._create_order())
        cls.order.order_line.qty_delivered = 1
        cls.env.cr.flush()
        cls.env["crm.change"]._run_all("moments")
        cls.env.invalidate_all()

    def _standing_codes(self, order=None):
        order = order or self.order
        self.env.cr.flush()
        events = self.env["crm.moment.event"].search(
            [("res_id", "=", order.id), ("kind", "=", "witnessed"), ("voided_at", "=", False)]
        )
        found = events.filtered(lambda event: event.res_model == "sale.order")
        return sorted(found.mapped("fact"))

    def _post(self, page, url, **data):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(page).text)[1]
        return self.url_open(url, data={"csrf_token": token, **data})

    def test_customer_follows_says_and_proposes_and_others_see_nothing(self):
        way = f"/my/progress/{self.order.id}"
        self.authenticate("alfa-way", "alfa-way")
        page = self.url_open(way).text
        self.assertIn("Your order is agreed", page)
        self.assertNotIn("Conclude the contract", page, "our own words stay ours")
        self.assertEqual(self._standing_codes(), ["progress_seen"])
        self.url_open(way)
        self.assertEqual(self._standing_codes(), ["progress_seen"], "seen is seen once")
        self.assertIn(self.order.name, self.url_open("/my/progress").text)
        self._post(way, f"{way}/acknowledge")
        self._post(way, f"{way}/receipt")
        self._post("/my/ideas", f"{way}/receipt")
        self.assertEqual(
            self._standing_codes(), ["order_acknowledged", "progress_seen", "receipt_confirmed"]
        )
        self.order.invalidate_recordset()
        notes = self.order.message_ids.filtered(
            lambda message: self.alfa_buyer.name in message.body
        )
        self.assertEqual(len(notes), 2, "each saying stands on the order once")
        self._derive()
        moment = self._line(self.order, "M5")
        self.assertEqual(moment.state, "proven", "acknowledging proves that both are informed")
        # An idea reaches the customer's owner.
        self._post("/my/ideas", "/my/ideas", name="Deliver before\0 the shops open", description="")
        idea = self.env["crm.idea"].search([("name", "=", "Deliver before the shops open")])
        self.assertEqual(
            (idea.contact_id, idea.customer_id.partner_id, idea.company_id),
            (self.alfa_buyer, self.alfa, self.company_a),
        )
        self.assertIn(idea.name, self.url_open("/my/ideas").text)

        # A daughter company is a customer of its own: it sees its orders, its mother does not.
        daughter = self.env["res.partner"].create(
            {"name": "Alfa Daughter", "parent_id": self.alfa.id, "is_company": True}
        )
        hers = self._confirm(self._create_order(daughter))
        for url in (f"/my/progress/{hers.id}", "/my/progress", "/my/cases/new"):
            self.assertNotIn(hers.name, self.url_open(url).text, url)

        self.authenticate("beta-way", "beta-way")
        for url in (way, f"{way}?access_token=guess", "/my/progress", "/my/ideas"):
            text = self.url_open(url).text
            self.assertNotIn(self.order.name, text, url)
            self.assertNotIn(idea.name, text, url)
        before = self._standing_codes()
        self._post("/my/ideas", f"{way}/acknowledge")
        self.assertEqual(self._standing_codes(), before)

    def test_link_with_token_opens_this_order_alone(self):
        other = self._confirm(self._create_order(amount=55))
        token = self.order._portal_ensure_token()
        way = f"/my/progress/{self.order.id}?access_token={token}"
        self.authenticate(None, None)
        page = self.url_open(way).text
        self.assertIn(self.order.name, page)
        self.assertEqual(self._standing_codes(), ["progress_seen"])
        self._post(way, f"/my/progress/{self.order.id}/acknowledge?access_token={token}")
        self.assertIn("order_acknowledged", self._standing_codes())
        guess = self.url_open(f"/my/progress/{other.id}?access_token={token}").text
        self.assertNotIn(other.name, guess)
        self.assertFalse(self._standing_codes(other))
        for private in ("/my/progress", "/my/ideas"):
            self.assertIn("/web/login", self.url_open(private).url)

    def test_an_arrived_order_is_not_asked_for_any_more(self):
        self.authenticate("alfa-way", "alfa-way")
        page = self.url_open(f"/my/progress/{self.order.id}").text
        self.assertIn("Everything arrived", page)
        self.assertNotIn("The order is right", page)
        self.order._action_cancel()
        page = self.url_open(f"/my/progress/{self.order.id}").text
        self.assertIn("This order was cancelled", page)
        self.assertNotIn("Still ahead", page)

    def test_nobody_confirms_what_was_not_delivered(self):
        waiting = self._confirm(self._create_order(amount=70))
        self.assertFalse(waiting._progress_may("receipt"))
        self.assertTrue(waiting._progress_may("acknowledge"))
        self.assertFalse(waiting._progress_say("receipt"))
        self.assertFalse(self._standing_codes(waiting))
        quotation = self._create_order()
        self.assertFalse(quotation._progress_say("acknowledge"))

    def test_note_on_the_order_speaks_the_salespersons_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.order.with_context(lang="ro_RO")._progress_say("acknowledge", self.alfa_buyer)
        self.assertIn("acknowledged the order", self.order.message_ids[:1].body)

    def test_passes_of_several_orders_are_read_together(self):
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": self.alfa.id, "user_id": self.ana.id}
        )
        second, waiting = self._create_order(amount=70), self._create_order(amount=80)
        second.sudo().opportunity_id = lead
        orders = self.order | self._confirm(second) | waiting
        self._derive()
        passes = orders._progress_passes()
        self.assertEqual(passes[self.order], self._pass(self.order))
        self.assertEqual(passes[second].lead_id, lead)
        self.assertFalse(passes[waiting])
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            orders._progress_passes()

    def test_own_looking_is_not_the_customers(self):
        self.authenticate("ana", "ana")
        self.assertIn(self.order.name, self.url_open(f"/my/progress/{self.order.id}").text)
        self.assertFalse(self._standing_codes())

    def test_words_of_the_chain_replace_ours_also_while_passes_run(self):
        moment = self._pass(self.order).current_moment_id
        moment.with_user(self.sim).write({"portal_name": "On its way", "portal_text": "Soon"})
        step = next(step for step in self.order._progress_steps() if step["is_current"])
        self.assertEqual((step["name"], step["text"]), ("On its way", "Soon"))
        moment.with_user(self.sim).is_portal = False
        self.assertEqual(len(self.order._progress_steps()), 9)

    def test_share_of_orders_looked_at_opens_those_that_were_not(self):
        other = self._confirm(self._create_order(amount=70))
        self._confirm(self._create_order(user=self.bor, company=self.company_b))
        self.order._progress_seen()
        self.env.flush_all()
        indicator = self.env.ref("crm_moments_of_truth.crm_indicator_progress_seen")
        scope = MeasureScope(self.company_a.id, COMPANY, None, (Period.parse("2026-03"),))
        row = indicator._measure(scope)[0]
        self.assertEqual((row.numerator, row.denominator, row.n), (1, 2, 2))
        model, domain = indicator._failing(scope)
        self.assertEqual(self.env[model].search(domain), other)
        rule = self.env["crm.charter.rule"].search([("code", "=", "rule_requirements")])
        self.assertIn(indicator, rule.support_ids)
