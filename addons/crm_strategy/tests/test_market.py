from datetime import date

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_programme import ProgrammeCase


@tagged("post_install", "-at_install")
class TestMarket(ProgrammeCase):
    """Six markets: a plan beside what is reached, and the records that are counted."""

    def _market(self, code):
        market = self.strategy.market_ids.filtered(lambda market: market.role_id.code == code)
        market.invalidate_recordset()
        return market

    def assertCounted(self, code, records):
        market = self._market(code).with_user(self.manager_a)
        self.assertEqual(market.actual_count, len(records))
        action = market.action_open_records()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), records)

    def test_each_strategy_has_the_six_markets(self):
        self.assertEqual(
            self.strategy.market_ids.role_id.mapped("code"),
            ["MK1", "MK2", "MK3", "MK4", "MK5", "MK6"],
        )

    def test_customers_of_segments_are_counted_against_the_plan(self):
        self.env["crm.segment"]._assign(self.company_a)
        customers = self.env["crm.customer"].search(
            [("company_id", "=", self.company_a.id), ("segment_id", "!=", False)]
        )
        market = self._market("MK1")
        market.planned_count = 4 * len(customers)
        self.assertCounted("MK1", customers)
        self.assertEqual(market.progress, "25 % of the plan")

    def test_partner_has_several_roles_and_counts_in_each(self):
        influence = self.env.ref("crm_strategy.crm_market_role_influence")
        alliance = self.env.ref("crm_strategy.crm_market_role_alliance")
        press, foreign = self.env["res.partner"].create(
            [
                {
                    "name": "Harbour News",
                    "crm_market_role_ids": [(6, 0, (influence | alliance).ids)],
                },
                {
                    "name": "Valley News",
                    "company_id": self.company_b.id,
                    "crm_market_role_ids": [(6, 0, influence.ids)],
                },
            ]
        )
        self.assertCounted("MK2", press)
        self.assertCounted("MK6", press)
        self.assertNotIn(foreign, press)

    def test_contacts_with_a_market_are_counted_in_the_period(self):
        influence = self.env.ref("crm_strategy.crm_market_role_influence")
        press = self.env["res.partner"].create(
            {
                "name": "Harbour News",
                "company_id": self.company_a.id,
                "crm_market_role_ids": [(6, 0, influence.ids)],
            }
        )
        call = self.env.ref("mail.mail_activity_data_call")
        for day in (date(2026, 2, 1), date(2026, 3, 1), date(2025, 12, 1)):
            message = self.env["mail.message"].create(
                {
                    "model": "res.partner",
                    "res_id": press.id,
                    "mail_activity_type_id": call.id,
                    "author_id": self.user_a.partner_id.id,
                    "date": fields.Datetime.to_datetime(day),
                    "body": "Called",
                }
            )
            self.assertTrue(message)
        # Two calls in 2026; the one of 2025 is outside the strategy.
        self.assertEqual(self._market("MK2").contact_count, 2)

    def test_applicants_are_typed_in(self):
        market = self._market("MK3").with_user(self.manager_a)
        market.write({"typed_count": 7, "planned_count": 14})
        self.assertRecordValues(market, [{"actual_count": 7, "progress": "50 % of the plan"}])
        with self.assertRaisesRegex(UserError, "typed in"):
            market.action_open_records()

    def test_referred_leads_are_counted_with_their_revenue(self):
        def lead(**vals):
            return self.env["crm.lead"].create(
                {"name": "Referred", "company_id": self.company_a.id, "user_id": False, **vals}
            )

        referrer = self.env["res.partner"].create({"name": "A friend"})
        won, lost = (lead(crm_referrer_id=referrer.id) for _ in range(2))
        lead()
        lost.action_archive()
        today = fields.Date.context_today(won)
        self.strategy.write({"date_from": today.replace(month=1, day=1), "date_to": today})
        market = self._market("MK4")
        self.assertEqual(market.actual_count, 2)
        facts = type(self.env["crm.facts"])
        self.patch(facts, "_revenue_by_lead", lambda facts, company, period: {won.id: 300, -1: 5})
        market = self._market("MK4")
        self.assertRecordValues(market, [{"has_revenue": True, "revenue_amount": 300}])

    def test_people_of_the_teams_are_the_internal_market(self):
        teams = self.env["crm.team"].search([("company_id", "=", self.company_a.id)])
        teams.write({"user_id": False, "member_ids": [(5,)]})
        teams[0].write({"user_id": self.leader_a.id, "member_ids": [(6, 0, self.user_a.ids)]})
        self.assertCounted("MK5", (self.leader_a | self.user_a).sorted())
