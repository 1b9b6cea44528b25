from collections import Counter

from odoo.addons.crm_strategy.demo import story_rivals as rivals
from odoo.addons.crm_strategy.demo import story_world as world


class PlanChapter:
    """The chapters of competitors, campaigns and the plan of the distributors."""

    def test_lost_deals_went_to_the_competitor_of_their_reason(self):
        lost = Counter(deal.reason for deal in world.LOST_DEALS)
        for rival in rivals.RIVALS:
            found = self._as("story.strategy", "crm.competitor").browse(self._named(rival.key).id)
            self.assertEqual(found.lost_count, lost[rival.reason], rival.name)

    def test_campaign_counts_the_deals_of_the_table(self):
        deals = {deal.key: deal for deal in world.deals()}
        for campaign in rivals.CAMPAIGNS:
            found = self._named(f"plan_{campaign.key}")
            won = sum(deals[key].outcome == "won" for key in campaign.deals)
            self.assertEqual((found.lead_count, found.won_count), (len(campaign.deals), won))

    def test_plan_of_the_distributors_lacks_one_block(self):
        plan = self._named("plan_trade")
        self.assertEqual((plan.canvas_filled, plan.mix_filled), (8, 7))
        self.assertIn("Revenue streams", plan.filled_text)
        points = plan.get_figures("positioning")["map"]["points"]
        self.assertEqual(
            {(point["name"], point["x"], point["y"]) for point in points},
            {
                (world.COMPANY, 3, 4),
                ("Pompe Direct Ploiești", 5, 2),
                ("Wodmet Serwis", 2, 5),
            },
        )
