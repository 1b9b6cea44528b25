from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..core.measure import TEAM, MeasureScope
from ..core.period import Period
from .common import GROUP, CrmStrategyCase

SILENT = (2, 3, 4, 6, 7, 10)


@tagged("post_install", "-at_install")
class TestCharter(CrmStrategyCase):
    """The worked example of the charter, first by hand (S000-9.5-R1..R10).

    Team Belgium serves five customers::

                  owner    open opportunity   offered   contact with role      rule 1   rule 5
        Bakery    user_a   of user_a          no        Anna decides           passes   passes
        Brewery   user_a   -                  no        Bert, without a role   passes   fails
        Cafe      nobody   -                  no        nobody                 fails    fails
        Deli      user_a   of nobody          no        Dora buys              fails    passes
        Frits     user_a   -                  yes       is a person            fails    passes

    Rule 1: 2 of 5 = 40 %. Rule 5: 3 of 5 = 60 %.
    Four channels are meant for the segment, by two of them (phone, mail) customers were met:
    rule 9: 2 of 4 = 50 %. Seven rules have no data. Mean of 3 of 10 rules: (40 + 60 + 50) / 3 = 50 %.
    Anna was rung up as she prefers, Dora was rung up and prefers visits: 1 of 2.
    Anna wrote and user_a answered; Dora wrote and only the manager, who is not in the team,
    answered: 1 of 2. Of three opportunities of the team's customers one has no owner: 2 of 3.
    One hand-off was accepted, one waits: 1 of 2.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Channel = cls.env["crm.channel"]
        Channel.search([]).active = False
        cls.call = cls.env["mail.activity.type"].create({"name": "Ring up"})
        cls.go = cls.env["mail.activity.type"].create({"name": "Go there"})
        medium = cls.env["utm.medium"].create({"name": "Our window"})
        cls.phone, cls.visit, cls.mail, cls.web = Channel.create(
            [
                {"name": "P", "code": "t_p", "activity_type_ids": [Command.link(cls.call.id)]},
                {"name": "V", "code": "t_v", "activity_type_ids": [Command.link(cls.go.id)]},
                {"name": "M", "code": "t_m", "message_kind": "email"},
                {"name": "W", "code": "t_w", "medium_ids": [Command.link(medium.id)]},
            ]
        )
        cls.cafe, cls.deli, cls.frits = cls.env["res.partner"].create(
            [
                {"name": "Cafe", "is_company": True, "country_id": cls.belgium.id},
                {"name": "Deli", "is_company": True, "country_id": cls.belgium.id},
                {"name": "Frits", "is_company": False, "country_id": cls.belgium.id},
            ]
        )
        cls.env["crm.customer"]._ensure(
            [(partner.id, cls.company_a.id) for partner in (cls.cafe, cls.deli, cls.frits)]
        )
        cls._assign()
        cls.anna, cls.bert, cls.dora = cls.env["res.partner"].create(
            [
                {
                    "name": "Anna",
                    "parent_id": cls.bakery.id,
                    "crm_decision_role": "decider",
                    "crm_channel_id": cls.phone.id,
                },
                {"name": "Bert", "parent_id": cls.brewery.id},
                {
                    "name": "Dora",
                    "parent_id": cls.deli.id,
                    "crm_decision_role": "buyer",
                    "crm_channel_id": cls.visit.id,
                },
            ]
        )
        for partner in (cls.bakery, cls.brewery, cls.deli, cls.frits):
            cls._customer(partner).user_id = cls.user_a
        cls.team_be.write({"member_ids": [Command.set(cls.user_a.ids)]})
        values = {"type": "opportunity", "company_id": cls.company_a.id}
        cls.oven, cls.shelf, cls.done = cls.env["crm.lead"].create(
            [
                {**values, "name": "Oven", "partner_id": cls.anna.id, "user_id": cls.user_a.id},
                {**values, "name": "Shelf", "partner_id": cls.dora.id, "user_id": False},
                {**values, "name": "Pan", "partner_id": cls.bakery.id, "user_id": cls.user_a.id},
            ]
        )
        cls._happen()
        cls.charter = cls.team_be.crm_charter_ids
        cls.env.flush_all()

    @classmethod
    def _happen(cls):
        """Contacts, messages and hand-offs."""
        for lead in (cls.oven, cls.shelf):
            activity = lead.with_user(cls.manager_a).activity_schedule(
                activity_type_id=cls.call.id, user_id=cls.manager_a.id
            )
            activity.action_feedback(feedback="Done")
        mail = {"message_type": "email", "subtype_xmlid": "mail.mt_comment"}
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        cls.asked = cls.oven.message_post(body="When?", author_id=cls.anna.id, **mail)
        cls.waiting = cls.shelf.message_post(body="Who?", author_id=cls.dora.id, **mail)
        # Written to the customer's address: only calls count for who prefers what.
        cls.oven.with_user(cls.user_a).message_post(
            body="Monday", partner_ids=cls.bakery.ids, **comment
        )
        cls.env["mail.message"].flush_model()
        Handoff = cls.env["crm.handoff"].with_user(cls.user_a)
        receiver = cls._create_user("receiver", cls.company_a, GROUP + "user")
        Handoff.create({"lead_id": cls.done.id, "to_user_id": receiver.id}).with_user(
            receiver
        ).action_accept()
        Handoff.create({"customer_id": cls._customer(cls.frits).id, "to_user_id": receiver.id})

    def _shown(self, user=None, **options):
        charter = self.charter.with_user(user or self.leader_a)
        return charter.get_matrix({"period": "all", **options})["matrix"]

    def _cell(self, matrix, row, column):
        (found,) = (line for line in matrix["rows"] if line["key"] == row)
        return found["cells"].get(column)

    @classmethod
    def _leader_of(cls, team):
        team.user_id = cls.leader_a

    def test_the_worked_example(self):
        self._leader_of(self.team_be)
        shown = self._shown()
        for row, numerator, n in (
            ("rule_1", 2, 5),
            ("rule_1_opportunity_owner", 2, 3),
            ("rule_1_handoff_accepted", 1, 2),
            ("rule_5", 3, 5),
            ("rule_5_messages_answered", 1, 2),
            ("rule_9", 2, 4),
            ("rule_9_preferred_channel", 1, 2),
        ):
            with self.subTest(row=row):
                value = Decimal(self._cell(shown, row, "value")["value"])
                self.assertAlmostEqual(value, Decimal(numerator) / n)
                self.assertEqual(self._cell(shown, row, "n")["value"], str(n))
                self.assertEqual(self._cell(shown, row, "failing")["value"], str(n - numerator))
        mean = self._cell(shown, "mean", "value")["value"]
        self.assertAlmostEqual(Decimal(mean), Decimal("0.5"))
        titles = [row["title"] for row in shown["rows"]]
        self.assertIn("Mean of 3 of 10 rules", titles)

    def test_a_rule_without_data_says_so_and_why(self):
        self._leader_of(self.team_be)
        shown = self._shown()
        rules = self.env["crm.charter.rule"].search([("number", "in", SILENT)])
        measured = set(
            self.env["crm.indicator"].search([("code", "in", rules.mapped("code"))]).mapped("code")
        )
        for rule in rules:
            with self.subTest(rule=rule.number):
                cells = f"rule_{rule.number}"
                self.assertEqual(self._cell(shown, cells, "value")["state"], "none")
                reason = (
                    "nothing that this rule counts"
                    if rule.code in measured  # by an addon that is installed too
                    else "no installed addon measures this rule"
                )
                self.assertIn(reason, self._cell(shown, cells, "remark")["value"])
        self.assertEqual(self._cell(shown, "rule_8", "value")["state"], "none")
        self.assertIn(
            "nothing that this rule counts", self._cell(shown, "rule_8", "remark")["value"]
        )
        # Team Germany has nothing that rule 9 counts.
        self._leader_of(self.team_de)
        self.charter = self.team_de.crm_charter_ids
        shown = self._shown()
        self.assertEqual(self._cell(shown, "rule_9", "value")["state"], "none")
        self.assertIn(
            "nothing that this rule counts", self._cell(shown, "rule_9", "remark")["value"]
        )

    def test_show_records_opens_exactly_the_failing_ones(self):
        self._leader_of(self.team_be)
        shown = self._shown()
        partner = {
            row: self.env["crm.customer"].search(
                self._cell(shown, row, "failing")["drill"]["domain"]
            )
            for row in ("rule_1", "rule_5")
        }
        self.assertEqual(set(partner["rule_1"].mapped("name")), {"Cafe", "Deli", "Frits"})
        self.assertEqual(set(partner["rule_5"].mapped("name")), {"Brewery", "Cafe"})
        for row, expected in (
            ("rule_9", self.visit | self.web),
            ("rule_9_preferred_channel", self.dora),
            ("rule_1_opportunity_owner", self.shelf),
            ("rule_5_messages_answered", self.waiting),
        ):
            with self.subTest(row=row):
                drill = self._cell(shown, row, "failing")["drill"]
                self.assertEqual(drill["model"], expected._name)
                self.assertEqual(self.env[expected._name].search(drill["domain"]), expected)

    def test_the_records_of_the_indicator_are_all_it_counted(self):
        scope = MeasureScope(self.company_a.id, TEAM, (self.team_be.id,), (Period.parse("all"),))
        for code, count in (("rule_people", 5), ("rule_channels", 4), ("messages_answered", 2)):
            with self.subTest(code=code):
                indicator = self.env["crm.indicator"]._for_company(self.company_a, [code])
                model, domain = indicator._records(scope)
                self.assertEqual(self.env[model].search_count(domain), count)

    def test_a_period_shows_itself_and_the_three_before(self):
        self._leader_of(self.team_be)
        shown = self._shown(period="2020-Q4")
        titles = [column["title"] for column in shown["columns"]]
        self.assertEqual(titles[0], "Q4 2020")
        for title in ("Q1 2020", "Q2 2020", "Q3 2020"):
            self.assertIn(title, titles)
        self.assertEqual(self._cell(shown, "mean", "value")["state"], "none")

    def test_the_target_is_the_teams_and_is_compared(self):
        self._leader_of(self.team_be)
        line = self.charter.line_ids.filtered(lambda line: line.number == 5)
        self.assertEqual(line.target, line.rule_id.target)
        line.with_user(self.leader_a).target = 0.6
        shown = self._shown()
        self.assertEqual(self._cell(shown, "rule_5", "target")["value"], "0.6")
        self.assertEqual(self._cell(shown, "rule_5", "remark")["value"], "Target reached")
        self.assertEqual(self._cell(shown, "rule_1", "remark")["value"], "Below target")

    def test_all_teams_stand_beside_each_other(self):
        shown = (
            self.env["crm.charter"]
            .with_user(self.manager_a)
            .get_matrix({"period": "all", "team": 0})["matrix"]
        )
        row = f"team_{self.charter.id}"
        self.assertAlmostEqual(Decimal(self._cell(shown, row, "mean")["value"]), Decimal("0.5"))
        self.assertEqual(self._cell(shown, row, "n")["value"], "3")

    def test_people_see_the_charter_of_their_team_and_leaders_write_it(self):
        Charter = self.env["crm.charter"]
        own = [("id", "=", self.charter.id)]
        self.assertTrue(Charter.with_user(self.user_a).search(own))
        self.assertFalse(Charter.with_user(self.leader_a).search(own))
        self.assertTrue(Charter.with_user(self.manager_a).search(own))
        self.assertFalse(Charter.with_user(self.user_b).search(own))
        with self.assertRaises(AccessError):
            self.charter.with_user(self.user_a).promise = "Mine"
        with self.assertRaises(AccessError):
            Charter.with_user(self.finance_a).search(own)
        self._leader_of(self.team_be)
        self.charter.with_user(self.leader_a).promise = "We answer within a day"

    def test_a_team_that_gets_a_segment_gets_its_charter_once(self):
        self.env["crm.charter"]._ensure_all()
        self.assertEqual(len(self.team_be.crm_charter_ids), 1)
        self.assertEqual(self.charter.line_ids.mapped("number"), list(range(1, 11)))

    def test_another_company_counts_nothing_of_this_one(self):
        scope = MeasureScope(self.company_b.id, TEAM, (self.team_b.id,), (Period.parse("all"),))
        people = self.env["crm.indicator"]._for_company(self.company_b, ["rule_people"])
        (row,) = people._measure(scope)
        # Bakery, with Anna, and Mill without anybody.
        self.assertEqual((row.numerator, row.n), (1, 2))
        owners = self.env["crm.indicator"]._for_company(self.company_b, ["rule_continuity"])
        (row,) = owners._measure(scope)
        self.assertEqual((row.numerator, row.n), (0, 2))

    def test_files_say_what_the_screen_says(self):
        self._leader_of(self.team_be)
        charter = self.charter.with_user(self.leader_a)
        content, name = charter.get_matrix_pdf({"period": "all"})
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertIn("Charter of Team Belgium", name)
        content, _name = charter.get_matrix_xlsx({"period": "all"})
        self.assertTrue(content.startswith(b"PK"))
