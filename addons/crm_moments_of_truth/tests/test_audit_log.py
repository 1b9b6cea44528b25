from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestAuditLog(MomentsCase):
    """Changed chains and rebuilt histories leave entries; documents keep personal data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls.env["crm.audit.log"].search([], limit=1).id
        cls.chain = cls.env["crm.moment.chain"]._for_company(cls.company_a)

    def _new(self, user):
        log = self.env["crm.audit.log"].with_user(user)
        log = log.with_context(allowed_company_ids=user.company_ids.ids)
        return log.search([("id", ">", self.last)], order="id")

    def test_rebuild_leaves_an_entry_for_its_company_alone(self):
        self._confirm(self._create_order())
        self.env["crm.moment.event"]._rebuild(self.company_a)
        count = self.env["crm.moment.event"].search_count(
            [("company_id", "=", self.company_a.id), ("voided_at", "=", False)]
        )
        self.assertGreater(count, 0)
        entry = self._new(self.sim)
        self.assertRecordValues(
            entry,
            [
                {
                    "area": "moments",
                    "kind": "run",
                    "after": f"{count} facts stand afterwards.",
                    "company_id": self.company_a.id,
                }
            ],
        )
        self.assertFalse(self._new(self.bor))

    def test_new_version_and_its_moments_are_logged(self):
        action = self.chain.with_user(self.sim).action_company_version()
        copy = self.env["crm.moment.chain"].browse(action["res_id"])
        moment = copy.moment_ids.filtered("end_fact_ids")[:1].with_user(self.sim)
        moment.end_fact_ids = False
        entries = self._new(self.sim)
        created = entries.filtered(lambda entry: entry.kind == "created")
        self.assertEqual(len(created), 1 + len(copy.moment_ids) + len(copy.moment_ids.input_ids))
        self.assertEqual(created.company_id, self.company_a)
        self.assertTrue(entries[-1].before, "the facts are named")
        self.assertEqual((entries[-1].field_name, entries[-1].after), ("end_fact_ids", False))

    @freeze_time("2030-06-15 12:00:00")
    def test_orders_and_invoices_keep_personal_data(self):
        person = self.env["res.partner"].create({"name": "Reader", "parent_id": self.alfa.id})
        self.env["crm.consent"].create(
            {
                "partner_id": person.id,
                "purpose_id": self.env.ref("crm_strategy.crm_purpose_marketing").id,
                "company_id": self.company_a.id,
                "given_on": "2020-01-01",
            }
        )
        rule = self.env.ref("crm_strategy.crm_retention_rule_consent")
        rule.months = 24
        self.assertEqual(len(rule._due_ids(self.company_a)), 1)
        order = self._create_order(self.alfa)
        self._confirm(order, datetime(2029, 1, 1, 10))
        self.assertEqual(rule._due_ids(self.company_a), [])
        order.date_order = datetime(2028, 6, 14, 10)
        self.assertEqual(len(rule._due_ids(self.company_a)), 1)
        self._post(self._create_invoice(order, date(2029, 1, 1)))
        self.assertEqual(rule._due_ids(self.company_a), [])
