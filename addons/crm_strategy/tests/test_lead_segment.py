from odoo.tests import tagged

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestLeadSegment(CrmStrategyCase):
    """“Segment today” of a lead: of its customer, in the company for which the lead counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.lead_a, cls.lead_b, cls.lead_team, cls.lead_none = cls.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "partner_id": partner.id, **more}
                for name, partner, more in (
                    ("A", cls.bakery, {"company_id": cls.company_a.id}),
                    ("B", cls.bakery, {"company_id": cls.company_b.id}),
                    ("T", cls.clinic, {"company_id": cls.company_a.id}),
                    ("N", cls.diver, {"company_id": cls.company_a.id}),
                )
            ]
        )
        # One of the old ones, that count for their team's company.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL, user_id = NULL, team_id = %s WHERE id = %s",
            [cls.team_de.id, cls.lead_team.id],
        )
        cls.env.invalidate_all()
        cls.four = cls.lead_a + cls.lead_b + cls.lead_team + cls.lead_none
        cls.both = cls.company_a + cls.company_b

    def _in(self, records):
        return records.with_context(allowed_company_ids=self.both.ids)

    def test_lead_has_the_segment_of_its_own_company(self):
        found = [lead.crm_segment_id for lead in self._in(self.four)]
        empty = self.env["crm.segment"]
        self.assertEqual(found, [self.segment_be, self.segment_b, self.segment_de, empty])

    def test_lead_follows_its_customer(self):
        lead = self._in(self.lead_a)
        self.assertEqual(lead.crm_segment_id, self.segment_be)
        self._customer(self.bakery).segment_id = self.segment_de
        self.assertEqual(lead.crm_segment_id, self.segment_de)
        lead.partner_id = self.diver
        self.assertFalse(lead.crm_segment_id)

    def test_search_finds_what_is_shown(self):
        Lead = self._in(self.env["crm.lead"])
        own = [("id", "in", self.four.ids)]
        for segments in (self.segment_be, self.segment_be + self.segment_b, self.segment_de):
            found = Lead.search([*own, ("crm_segment_id", "in", segments.ids)])
            shown = self._in(self.four).filtered(lambda lead: lead.crm_segment_id in segments)  # noqa: B023
            self.assertEqual(found, shown)
        self.assertEqual(Lead.search([*own, ("crm_segment_id", "=", False)]), self.lead_none)
        self.assertEqual(
            Lead.search([*own, ("crm_segment_id", "!=", False)]), self.four - self.lead_none
        )

    def test_leads_are_grouped_by_segment(self):
        groups = self._in(self.env["crm.lead"])._read_group(
            [("id", "in", self.four.ids)], ["crm_segment_id"], ["__count"]
        )
        self.assertEqual(
            {segment.name or None: count for segment, count in groups},
            {"Belgium": 1, "Everybody": 1, "Germany": 1, None: 1},
        )

    def test_segment_counts_and_opens_its_open_opportunities(self):
        won = self.lead_a.copy({"company_id": self.company_a.id})
        won.action_set_won()
        segment = self.segment_be.with_user(self.manager_a)
        self.assertEqual(segment.opportunity_count, 1)
        action = segment.action_open_opportunities()
        found = self.env["crm.lead"].with_user(self.manager_a).search(action["domain"])
        self.assertEqual(found, self.lead_a)

    def test_list_and_form_of_leads_gain_two_queries_at_most(self):
        """Speed: 80 rows with our columns against the same 80 rows without them."""
        partners = self.env["res.partner"].create([{"name": f"Lead {n}"} for n in range(80)])
        self.env["crm.lead"].create(
            [
                {
                    "name": partner.name,
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "company_id": self.company_a.id,
                    "user_id": self.manager_a.id,
                }
                for partner in partners
            ]
        )
        self._assign()
        stock = {
            "name": {},
            "email_from": {},
            "expected_revenue": {},
            **{
                name: {"fields": {"display_name": {}}}
                for name in ("partner_id", "stage_id", "user_id", "team_id", "company_id")
            },
        }
        ours = {"crm_segment_id": {"fields": {"display_name": {}}}, "crm_team_manual": {}}
        Lead = self.env["crm.lead"].with_user(self.manager_a)
        domain = [("company_id", "=", self.company_a.id)]
        for limit in (80, 1):
            plain = self._cost(Lead, domain, stock, limit)
            more = self._cost(Lead, domain, {**stock, **ours}, limit) - plain
            with self.subTest(limit=limit):
                self.assertLessEqual(more, 2)

    def _cost(self, model, domain, specification, limit):
        model.web_search_read(domain, specification, limit=limit)  # warm
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        model.web_search_read(domain, specification, limit=limit)
        return self.env.cr.sql_log_count - before
