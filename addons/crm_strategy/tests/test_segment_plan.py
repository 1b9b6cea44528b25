from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.core.plan import RealisedPrices

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestSegmentPlan(CrmStrategyCase):
    """One plan per segment: what is filled, what the facts beside it say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.plan = (
            cls.env["crm.segment.plan"]
            .with_user(cls.manager_a)
            .create({"segment_id": cls.segment_be.id})
        )
        cls.pump = cls.env["product.template"].create({"name": "Pump of the tests"})
        cls.prices = cls.env["product.pricelist"].create(
            {"name": "Prices of the tests", "company_id": cls.company_a.id}
        )
        cls.visit = cls.env.ref("crm_strategy.crm_channel_visit")
        cls.phone = cls.env.ref("crm_strategy.crm_channel_phone")

    def _rows(self, kind):
        return self.plan.get_figures(kind)["rows"]

    # filled

    def test_plan_says_what_is_filled_and_what_is_missing(self):
        self.assertEqual((self.plan.canvas_filled, self.plan.mix_filled), (0, 0))
        self.plan.write(
            {
                "canvas_partners": "OdraPomp",
                "canvas_costs": "   ",
                "positioning": "The safe choice",
                "product_tmpl_ids": [(6, 0, self.pump.ids)],
                "pricelist_ids": [(6, 0, self.prices.ids)],
                "channel_ids": [(6, 0, self.visit.ids)],
                "proposition_ids": [(0, 0, {"name": "Water the whole year"})],
            }
        )
        # canvas: partners in words, value by a promise, channels by a link
        # mix: positioning, product, price, place
        self.assertEqual((self.plan.canvas_filled, self.plan.mix_filled), (3, 4))
        text = self.plan.filled_text
        self.assertIn("Canvas 3 of 9, mix 4 of 7", text)
        self.assertIn("Cost structure", text)
        self.assertNotIn("Key partners", text)
        self.assertIn("promotion", text)
        self.assertEqual(self.segment_be.plan_filled_text, text)

    def test_campaign_fills_promotion(self):
        campaign = self.env["utm.campaign"].create({"title": "Fills promotion"})
        self.env["crm.campaign"].create(
            {
                "campaign_id": campaign.id,
                "segment_id": self.segment_be.id,
                "company_id": self.company_a.id,
            }
        )
        self.assertEqual(self.plan.mix_filled, 1)

    def test_complete_plan_says_so(self):
        words = [name for name in self.plan._fields if name.startswith("canvas_")]
        words.remove("canvas_filled")
        self.assertEqual(len(words), 9)
        self.plan.write(
            {
                **dict.fromkeys([*words, "segmentation", "targeting", "positioning"], "x"),
                "promotion": "x",
                "product_tmpl_ids": [(6, 0, self.pump.ids)],
                "pricelist_ids": [(6, 0, self.prices.ids)],
                "channel_ids": [(6, 0, self.visit.ids)],
            }
        )
        self.assertEqual(self.plan.filled_text, "Canvas 9 of 9, mix 7 of 7: complete.")

    def test_segment_without_a_plan_says_so_and_opens_a_new_one(self):
        self.assertIn("No plan yet", self.segment_de.plan_filled_text)
        action = self.segment_de.with_user(self.manager_a).action_open_plan()
        self.assertFalse(action["res_id"])
        form = Form(
            self.env["crm.segment.plan"].with_user(self.manager_a).with_context(**action["context"])
        )
        self.assertEqual(form.save().segment_id, self.segment_de)
        reader = self.segment_be.with_user(self.user_a).action_open_plan()
        self.assertEqual(reader["res_id"], self.plan.id)

    def test_review_is_due_on_its_day(self):
        today = fields.Date.today()
        for days, due in ((-1, True), (0, True), (1, False)):
            self.plan.review_date = today + timedelta(days=days)
            self.assertEqual(self.plan.is_review_due, due)
            found = self.plan.search([("is_review_due", "=", True), ("id", "=", self.plan.id)])
            self.assertEqual(bool(found), due)

    @mute_logger("odoo.sql_db")
    def test_segment_has_one_plan(self):
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env["crm.segment.plan"].create({"segment_id": self.segment_be.id})

    def test_price_list_of_another_company_is_refused(self):
        foreign = self.env["product.pricelist"].create(
            {"name": "Theirs", "company_id": self.company_b.id}
        )
        with self.assertRaises(UserError):
            self.plan.sudo().pricelist_ids = foreign

    # figures

    def test_map_takes_the_latest_valid_strength_of_the_segment(self):
        price = self.env.ref("crm_strategy.crm_competition_area_price")
        delivery = self.env.ref("crm_strategy.crm_competition_area_delivery")
        rival, silent = (
            self.env["crm.competitor"]
            .with_user(self.user_a)
            .create(
                [
                    {"name": name, "segment_ids": [(6, 0, self.segment_be.ids)]}
                    for name in ("Rival", "Silent")
                ]
            )
        )
        lines = (
            # area, strength, day, segment, valid
            (price, "5", "2026-01-01", False, True),
            (price, "2", "2026-02-01", False, True),
            (price, "1", "2026-03-01", False, False),
            (delivery, "4", "2025-01-01", self.segment_be, True),
            (delivery, "1", "2026-03-01", False, True),
            (delivery, "3", "2026-03-01", self.segment_de, True),
        )
        self.env["crm.competitor.advantage"].with_user(self.user_a).create(
            [
                {
                    "competitor_id": rival.id,
                    "name": "Seen",
                    "area_id": area.id,
                    "strength": strength,
                    "date": day,
                    "segment_id": segment and segment.id,
                    "is_valid": valid,
                    "source": "a customer",
                }
                for area, strength, day, segment, valid in lines
            ]
        )
        self.plan.write(
            {
                "x_area_id": price.id,
                "y_area_id": delivery.id,
                "own_x_score": "3",
                "own_y_score": "5",
            }
        )
        page = self.plan.with_user(self.user_a).get_figures("positioning")
        self.assertEqual(
            [(p["name"], p["x"], p["y"], p["is_us"]) for p in page["map"]["points"]],
            [("Harbour", 3, 5, True), ("Rival", 2, 4, False)],
        )
        self.assertEqual(page["map"]["x"]["title"], "Price")
        table = {row[0]: row[1:] for row in page["rows"]}
        self.assertEqual(table["Silent"], ["no data", "no data", ""])
        self.assertEqual(table["Rival"][0][0], "2")
        self.assertEqual(table["Rival"][2], "a customer")
        self.assertEqual(silent.advantage_count, 0)

    def test_decision_roles_are_counted_over_named_contacts(self):
        self.env["res.partner"].create(
            [
                {"name": name, "parent_id": parent.id, "type": "contact", "crm_decision_role": role}
                for name, parent, role in (
                    ("Ann", self.bakery, "decider"),
                    ("Bob", self.bakery, "decider"),
                    ("Cid", self.brewery, "decider"),
                    ("Dot", self.brewery, False),
                    ("Eve", self.clinic, "buyer"),  # of another segment
                )
            ]
        )
        page = self.plan.get_figures("decision_roles")
        found = {row[0]: row[1:] for row in page["rows"]}
        self.assertEqual(found["Decides"], ["3", "2"])
        self.assertEqual(found["Buys"], ["0", "0"])
        self.assertIn("n = 4", page["note"])
        self.assertIn("1 of them", page["note"])

    def _meet(self, partner, kind, count=1):
        """Activities done with a customer."""
        for _number in range(count):
            lead = (
                self.env["crm.lead"]
                .with_user(self.user_a)
                .create(
                    {
                        "name": "Meeting",
                        "partner_id": partner.id,
                        "type": "opportunity",
                        "user_id": self.user_a.id,
                    }
                )
            )
            lead.activity_schedule(
                f"mail.mail_activity_data_{kind}", user_id=self.user_a.id
            ).action_feedback()

    def test_channel_compliance_is_counted_by_hand(self):
        self.plan.channel_policy_ids = [
            (0, 0, {"value_class": "high", "channel_ids": [(6, 0, self.visit.ids)]}),
            (0, 0, {"value_class": "low", "channel_ids": [(6, 0, self.phone.ids)]}),
        ]
        self._meet(self.bakery, "meeting", 2)
        self._meet(self.bakery, "call", 1)
        self._meet(self.brewery, "call", 1)
        self._meet(self.clinic, "call", 1)  # of another segment
        facts = type(self.env["crm.facts"])
        classes = {self._customer(self.bakery).id: "high", self._customer(self.clinic).id: "high"}
        with patch.object(facts, "_value_class_by_customer", lambda model, company: classes):
            page = self.plan.with_user(self.user_a).get_figures("channel_compliance")
        self.assertEqual(
            page["rows"],
            [["High value", "2", "3", "66.7 %"], ["Low value", "0", "0", "no data"]],
        )
        self.assertIn("1 were with customers without a value", page["note"])

    def test_sales_and_prices_have_no_data_until_an_addon_knows_them(self):
        facts = type(self.env["crm.facts"])
        amounts = {
            (self.segment_be.id, self.visit.id): Decimal(300),
            (self.segment_be.id, 0): Decimal(100),
            (self.segment_de.id, self.visit.id): Decimal(999),
        }
        self.plan.channel_ids = self.visit
        with patch.object(facts, "_sales_by_channel", lambda *args: amounts):
            rows = self._rows("channel_sales")
        self.assertEqual([row[2] for row in rows], ["75.0 %", "25.0 %"])
        self.assertEqual(rows[0][0], self.visit.name)
        self.assertEqual(rows[1][0], "Unknown channel")
        realised = {self.segment_be.id: RealisedPrices(8, 6, Decimal(1000), Decimal(920))}
        with patch.object(facts, "_realised_prices", lambda *args: realised):
            rows = dict(self._rows("prices"))
        self.assertEqual(rows["Lines within the allowed discount"], "6 / 8")
        self.assertEqual(rows["Share within"], "75.0 %")
        self.assertEqual(rows["Realised of list price"], "92.0 %")

    def test_figures_nobody_knows_are_refused_by_name(self):
        with self.assertRaisesRegex(UserError, "no figures called “secrets”"):
            self.plan.get_figures("secrets")

    # who

    def test_plan_is_read_by_all_and_written_by_strategy(self):
        for user in (self.user_a, self.leader_a, self.finance_a):
            self.assertTrue(self.plan.with_user(user).display_name)
            with self.assertRaises(AccessError):
                self.plan.with_user(user).positioning = "mine"
        with self.assertRaises(AccessError):
            self.plan.with_user(self.user_b).get_figures("positioning")

    def test_canvas_prints_all_nine_blocks_on_one_page(self):
        self.plan.canvas_costs = "Vans & stock"
        self.plan.channel_ids = self.visit
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_strategy.crm_segment_plan_canvas", self.plan.ids
        )
        text = html.decode()
        for block in self.plan._canvas_printed().values():
            self.assertIn(block["title"], text)
        self.assertIn("Vans &amp; stock", text)
        self.assertIn(self.visit.name, text)
        self.assertEqual(text.count("page-break-after"), 1)

    def test_customer_type_gives_the_value_until_an_addon_measures_it(self):
        kind = self.env.ref("crm_strategy.crm_customer_type_true_friend")
        self.assertEqual(kind.value_class, "high")
        self.assertFalse(self.plan.get_figures("channel_compliance")["rows"])
        self._customer(self.bakery).sudo().type_id = kind
        self.plan.channel_policy_ids = [
            (0, 0, {"value_class": "high", "channel_ids": [(6, 0, self.visit.ids)]})
        ]
        self._meet(self.bakery, "meeting", 1)
        self.assertEqual(self._rows("channel_compliance"), [["High value", "1", "1", "100.0 %"]])

    def test_loyalty_mix_has_shares_of_classified_customers(self):
        self.assertFalse(self._rows("loyalty_mix"))
        loyal = self.env["crm.loyalty.class"].search([], limit=1)
        self._customer(self.bakery).sudo().loyalty_class_id = loyal
        page = self.plan.get_figures("loyalty_mix")
        self.assertEqual(page["rows"], [[loyal.display_name, "1", "100.0 %"]])
        self.assertIn("n = 1", page["note"])
        self.assertIn("1 have none", page["note"])
