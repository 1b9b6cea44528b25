from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestTeam(CrmStrategyCase):
    """S000-9.5-0: one team per segment, with its leads, its roles and its seats."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign()
        cls.lead_role, cls.logistics = cls.env["crm.team.role"].create(
            [
                {"name": "Leads it", "code": "t_lead", "is_sales": True},
                {"name": "Moves goods", "code": "t_move", "needs_training": False},
            ]
        )
        cls.team_be.write({"user_id": cls.leader_a.id, "member_ids": [(6, 0, cls.user_a.ids)]})

    def _lead(self, **vals):
        return self.env["crm.lead"].create(
            {
                "name": "Oven",
                "type": "opportunity",
                "company_id": self.company_a.id,
                "user_id": False,
                **vals,
            }
        )

    # one team
    def test_a_second_active_team_of_a_segment_is_refused_with_a_way_out(self):
        Team = self.env["crm.team"].with_user(self.manager_a)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation) as caught,
            self.env.cr.savepoint(),
        ):
            Team.create({"name": "Second", "crm_segment_id": self.segment_be.id})
        self.assertIn(
            "Archive that team or take its segment away",
            Team._sql_error_to_message(caught.exception),
        )

    def test_the_database_refuses_what_two_people_do_at_once(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE crm_team SET crm_segment_id = %s WHERE id = %s",
                [self.segment_be.id, self.team_de.id],
            )

    # leads
    def test_a_lead_goes_to_the_team_of_its_customers_segment(self):
        self.assertEqual(self._lead(partner_id=self.bakery.id).team_id, self.team_be)

    def test_a_changed_customer_reroutes_unless_a_person_chose(self):
        lead = self._lead(partner_id=self.bakery.id)
        lead.partner_id = self.clinic
        self.assertEqual(lead.team_id, self.team_de)
        lead.with_user(self.manager_a).team_id = self.team_be
        lead.partner_id = self.clinic
        lead.partner_id = self.bakery
        lead.partner_id = self.clinic
        self.assertEqual(lead.team_id, self.team_be)

    def test_odoos_assignment_gives_open_leads_to_the_segments_team_first(self):
        wanted = self._lead(partner_id=self.bakery.id)
        chosen = self._lead(partner_id=self.brewery.id)
        wanted.write({"team_id": False, "crm_team_manual": False})
        chosen.with_user(self.manager_a).team_id = self.team_de
        # The other team would take every lead there is.
        self.team_de.write({"assignment_domain": "[]", "member_ids": [(6, 0, self.leader_a.ids)]})
        self.team_de.crm_team_member_ids.assignment_max = 900
        (self.team_be | self.team_de)._allocate_leads()
        self.assertEqual(wanted.team_id, self.team_be)
        self.assertFalse(wanted.crm_team_manual)
        self.assertEqual(chosen.team_id, self.team_de)

    # people
    def test_people_of_other_departments_are_counted_once(self):
        Seat = self.env["crm.team.seat"].with_user(self.leader_a)
        Seat.create(
            [
                {
                    "team_id": self.team_be.id,
                    "role_id": self.lead_role.id,
                    "user_id": self.leader_a.id,
                },
                {
                    "team_id": self.team_be.id,
                    "role_id": self.logistics.id,
                    "user_id": self.finance_a.id,
                },
                {
                    "team_id": self.team_be.id,
                    "role_id": self.logistics.id,
                    "user_id": self.user_a.id,
                },
            ]
        )
        team = self.team_be.with_user(self.user_a)
        # user_a sells as a member, leader_a by the role; finance_a alone does neither: 1 of 3.
        self.assertEqual((team.crm_people_count, team.crm_non_sales_count), (3, 1))
        self.assertAlmostEqual(team.crm_non_sales_rate, 1 / 3)
        self.assertEqual(self.env["crm.team"]._non_sales_share(self.company_a), (1, 3))

    def test_a_seat_is_filled_when_its_person_is_trained(self):
        Seat = self.env["crm.team.seat"].with_user(self.leader_a)
        trained, free = Seat.create(
            [
                {
                    "team_id": self.team_be.id,
                    "role_id": self.lead_role.id,
                    "user_id": self.leader_a.id,
                },
                {"team_id": self.team_be.id, "role_id": self.logistics.id},
            ]
        )
        self.assertEqual((trained.state, free.state), ("untrained", "open"))
        self.assertEqual(
            Seat._roles_without_trained_person(self.company_a), self.lead_role | self.logistics
        )
        trained.trained_on = "2026-03-01"
        free.user_id = self.finance_a
        self.assertEqual((trained.state, free.state), ("ready", "ready"))
        staffing = Seat._staffing(self.company_a)
        self.assertEqual((staffing.seats, staffing.staffed, staffing.ready), (2, 2, 2))
        trained.user_id = self.user_a
        self.assertEqual(trained.state, "untrained")

    def test_a_leader_fills_the_seats_of_the_own_team_alone(self):
        Seat = self.env["crm.team.seat"].with_user(self.leader_a)
        with self.assertRaises(AccessError):
            Seat.create({"team_id": self.team_de.id, "role_id": self.logistics.id})
        with self.assertRaises(AccessError):
            Seat.with_user(self.user_a).create(
                {"team_id": self.team_be.id, "role_id": self.logistics.id}
            )

    def test_seats_of_another_company_are_not_seen(self):
        self.env["crm.team.seat"].create({"team_id": self.team_b.id, "role_id": self.logistics.id})
        seen = self.env["crm.team.seat"].with_user(self.manager_a).search([])
        self.assertNotIn(self.team_b, seen.team_id)
