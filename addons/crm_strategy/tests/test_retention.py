from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmStrategyCase

TODAY = "2026-06-15 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRetention(CrmStrategyCase):
    """Data goes when the period since the customer's last document has passed, not before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.retention.rule"].search([]).write({"is_applied": False})
        cls.rule = cls.env.ref("crm_strategy.crm_retention_rule_consent")
        cls.rule.months = 12
        cls.purpose = cls.env.ref("crm_strategy.crm_purpose_marketing")
        cls.ana = cls.env["res.partner"].create({"name": "Ana", "parent_id": cls.bakery.id})
        cls.old = cls._answer("2024-01-01")

    @classmethod
    def _answer(cls, day, company=None):
        return cls.env["crm.consent"].create(
            {
                "partner_id": cls.ana.id,
                "purpose_id": cls.purpose.id,
                "company_id": (company or cls.company_a).id,
                "given_on": day,
            }
        )

    def _lead(self, day, company=None):
        with freeze_time(f"{day} 12:00:00"):
            return self.env["crm.lead"].create(
                {
                    "name": "Bread",
                    "type": "opportunity",
                    "partner_id": self.bakery.id,
                    "company_id": (company or self.company_a).id,
                }
            )

    def _age(self, lead, day):
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [day, lead.id])

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_strategy.crm_retention_rule_cron").method_direct_trigger()

    def test_preview_names_what_would_go(self):
        rule = self.rule.with_user(self.manager_a)
        self.assertEqual(rule.due_count, 1)
        action = rule.action_open_due()
        found = self.env[action["res_model"]].with_user(self.manager_a).search(action["domain"])
        self.assertEqual(found, self.old)

    def test_last_document_of_the_customer_keeps_the_data(self):
        lead = self._lead("2026-01-01")
        self._age(lead, "2026-01-01")
        self.assertEqual(self.rule._due_ids(), [])
        self._age(lead, "2025-06-14")
        self.assertEqual(self.rule._due_ids(), self.old.ids)

    def test_period_ends_on_its_day(self):
        for day, due in (("2025-06-14", True), ("2025-06-15", False)):
            self.old.given_on = day
            self.assertEqual(bool(self.rule._due_ids()), due, day)

    def test_document_of_another_company_does_not_count(self):
        self._age(self._lead("2026-01-01", self.company_b), "2026-01-01")
        self.assertEqual(self.rule._due_ids(), self.old.ids)

    def test_nothing_goes_before_somebody_switches_it_on(self):
        self._run()
        self.assertTrue(self.old.exists())

    def test_rule_that_is_on_removes_and_is_logged(self):
        kept = self._answer("2026-06-01", self.company_b)
        self.rule.with_user(self.manager_a).is_applied = True
        self._run()
        self.assertFalse(self.old.exists())
        self.assertTrue(kept.exists())
        self.assertRecordValues(self.rule, [{"last_count": 1, "due_count": 0}])
        entry = self.env["crm.audit.log"].search([("model", "=", "crm.retention.rule")], limit=1)
        self.assertIn("1 rows after 12 months", entry.after)

    def test_own_rule_of_a_company_wins(self):
        foreign = self._answer("2024-01-01", self.company_b)
        own = self.env["crm.retention.rule"].create(
            {
                "model": "crm.consent",
                "purpose_id": self.purpose.id,
                "company_id": self.company_a.id,
            }
        )
        self.assertEqual(own.months, 24, "of the purpose")
        own.months = 120
        self.assertEqual(own._due_ids(), [])
        self.assertEqual(self.rule._due_ids(), foreign.ids)

    def test_zero_months_removes_nothing(self):
        self.rule.months = 0
        self.assertEqual(self.rule._due_ids(), [])

    def test_row_that_fails_is_left_and_named(self):
        self.rule.is_applied = True
        second = self._answer("2024-01-02", self.company_b)
        Consent = self.env.registry["crm.consent"]
        refuse, reason = self.old.id, "no"
        delete = Consent.unlink

        def unlink(records):
            if refuse in records.ids:
                raise AccessError(reason)
            return delete(records)

        self.patch(Consent, "unlink", unlink)
        self._run()
        self.assertTrue(self.old.exists())
        self.assertFalse(second.exists())
        entry = self.env["crm.audit.log"].search([("model", "=", "crm.retention.rule")], limit=1)
        self.assertIn("1 failed", entry.after)

    def test_documents_are_never_offered(self):
        kinds = dict(self.rule._selection_model())
        self.assertIn("crm.consent", kinds)
        self.assertFalse(
            [name for name in kinds if self.env[name]._original_module not in self._suite()]
        )

    def _suite(self):
        return {model._original_module for model in self.env["crm.privacy.engine"]._own_models()}

    def test_roles(self):
        self.assertTrue(self.rule.with_user(self.user_a).has_access("read"))
        for user in (self.user_a, self.leader_a, self.finance_a):
            self.assertFalse(self.rule.with_user(user).has_access("write"), user.name)
        self.assertFalse(self.rule.with_user(self.manager_a).has_access("unlink"))
        self.assertEqual(date(2026, 6, 15), date.today())
