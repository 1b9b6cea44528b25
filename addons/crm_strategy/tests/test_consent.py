from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 12:00:00")
class TestConsent(CrmStrategyCase):
    """One answer runs per person, purpose and company, and the history stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls.env.ref("crm_strategy.crm_purpose_marketing")
        cls.ana, cls.ben = cls.env["res.partner"].create(
            [
                {"name": "Ana", "parent_id": cls.bakery.id},
                {"name": "Ben", "parent_id": cls.bakery.id},
            ]
        )

    def _answer(self, person=None, user=None, **vals):
        return (
            self.env["crm.consent"]
            .with_user(user or self.user_a)
            .with_company(self.company_a)
            .create(
                {
                    "partner_id": (person or self.ana).id,
                    "purpose_id": self.marketing.id,
                    **vals,
                }
            )
        )

    def _coverage(self, day=date(2026, 6, 15)):
        return self.env["crm.purpose"]._coverage(self.company_a, day)

    # answers
    def test_user_writes_an_answer_down(self):
        consent = self._answer()
        self.assertRecordValues(
            consent,
            [{"state": "given", "given_on": date(2026, 6, 15), "company_id": self.company_a.id}],
        )

    def test_new_answer_ends_the_one_before(self):
        first = self._answer(given_on="2026-01-10")
        second = self._answer(answer="no", given_on="2026-05-01")
        self.assertEqual(first.withdrawn_on, date(2026, 5, 1))
        self.assertEqual((first.state, second.state), ("withdrawn", "refused"))

    def test_state_as_of_a_day(self):
        consent = self._answer(given_on="2026-01-10")
        consent.sudo().withdrawn_on = "2026-03-01"
        for day, state in (
            ("2026-01-09", "future"),
            ("2026-01-10", "given"),
            ("2026-02-28", "given"),
            ("2026-03-01", "withdrawn"),
        ):
            then = consent.with_context(crm_as_of=day)
            self.assertEqual(then.state, state, day)
            for wanted in ("future", "given", "refused", "withdrawn"):
                found = then.search([("id", "=", consent.id), ("state", "=", wanted)])
                self.assertEqual(bool(found), wanted == state, (day, wanted))

    def test_whoever_sees_it_may_take_it_back(self):
        consent = self._answer(user=self.manager_a, given_on="2026-01-10")
        consent.with_user(self.user_a).action_withdraw()
        self.assertEqual(consent.withdrawn_on, date(2026, 6, 15))
        with self.assertRaises(AccessError):
            consent.with_user(self.user_a).write({"answer": "no"})
        with self.assertRaises(AccessError):
            consent.with_user(self.manager_a).unlink()
        with self.assertRaises(AccessError):
            consent.with_user(self.user_b).action_withdraw()

    def test_company_does_not_consent(self):
        with self.assertRaisesRegex(ValidationError, "Bakery"):
            self._answer(self.bakery)

    def test_database_holds_one_running_answer(self):
        consent = self._answer()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env.cr.execute(
                "INSERT INTO crm_consent (partner_id, purpose_id, company_id, answer, given_on, "
                "channel) SELECT partner_id, purpose_id, company_id, answer, given_on, channel "
                "FROM crm_consent WHERE id = %s",
                [consent.id],
            )

    def test_answer_does_not_end_before_it_was_given(self):
        consent = self._answer()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            consent.sudo().withdrawn_on = "2026-06-14"

    def test_own_purpose_of_another_company_is_refused(self):
        foreign = self.env["crm.purpose"].create(
            {
                "name": "Theirs",
                "code": "x",
                "legal_basis": "consent",
                "company_id": self.company_b.id,
            }
        )
        with self.assertRaises(UserError):
            self._answer(user=self.manager_a, purpose_id=foreign.id)

    # merge
    def test_merged_people_keep_the_latest_answer_and_all_history(self):
        self._answer(self.ana, given_on="2026-01-10", evidence="Ana")
        self._answer(self.ben, given_on="2026-02-20", answer="no", evidence="Ben")
        self.env["base.partner.merge.automatic.wizard"]._merge((self.ana + self.ben).ids, self.ana)
        consents = self.env["crm.consent"].search([("partner_id", "=", self.ana.id)])
        self.assertRecordValues(
            consents,
            [
                {"evidence": "Ben", "state": "refused", "withdrawn_on": False},
                {"evidence": "Ana", "state": "withdrawn", "withdrawn_on": date(2026, 2, 20)},
            ],
        )

    # coverage
    def test_coverage_counts_customers_whose_people_all_answered(self):
        self.env["res.partner"].create({"name": "Clara", "parent_id": self.clinic.id})
        self.assertEqual((self._coverage().covered, self._coverage().total), (0, 2))
        self._answer(self.ana)
        self.assertEqual(self._coverage().covered, 0, "Ben has not been asked")
        self._answer(self.ben, answer="no")
        coverage = self._coverage()
        self.assertEqual((coverage.covered, coverage.total, coverage.share), (1, 2, 0.5))
        self.assertEqual(self._coverage(date(2026, 6, 14)).covered, 0, "not yet on that day")

    def test_without_a_period_nobody_is_covered(self):
        self._answer(self.ana)
        self._answer(self.ben)
        self.marketing.retention_months = 0
        self.assertEqual(self._coverage().covered, 0)

    def test_without_people_there_is_no_share(self):
        (self.ana + self.ben).unlink()
        self.assertEqual(self._coverage().total, 0)
        self.assertIsNone(self._coverage().share)

    def test_answers_in_another_company_do_not_count(self):
        for person in (self.ana, self.ben):
            self._answer(person, user=self.env.user, company_id=self.company_b.id)
        self.assertEqual(self._coverage().covered, 0)

    # screens
    def test_buttons_open_the_answers_of_the_people(self):
        consent = self._answer()
        customer = self._customer(self.bakery).with_user(self.user_a)
        self.assertEqual(customer.partner_id.crm_consent_count, 1)
        for action in (
            customer.action_open_consents(),
            customer.partner_id.action_crm_open_consents(),
        ):
            self.assertEqual(self.env["crm.consent"].search(action["domain"]), consent)

    def test_own_purpose_of_a_company_replaces_the_shared_one(self):
        own = self.env["crm.purpose"].create(
            {
                "name": "Our news",
                "code": "marketing",
                "legal_basis": "interest",
                "company_id": self.company_a.id,
                "retention_months": 6,
            }
        )
        purposes = self.env["crm.purpose"]._of_companies(self.company_a)
        self.assertIn(own, purposes)
        self.assertNotIn(self.marketing, purposes)
        self.assertIn(self.marketing, purposes._of_companies(self.company_a + self.company_b))
