"""What was loaded, posted and changed in the exchange stands in the audit log."""

from odoo.tests import tagged

from .common import ExchangeCase


@tagged("post_install", "-at_install")
class TestExchangeAudit(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls.env["crm.audit.log"].search([], limit=1).id

    def _new(self, user):
        log = self.env["crm.audit.log"].with_user(user)
        return log.search([("id", ">", self.last)], order="id")

    def test_load_leaves_one_entry_for_each_file_and_step(self):
        self._load({name: self.files[name] for name in ("suppliers.csv", "customers.csv")})
        entries = self._new(self.loader).filtered(lambda entry: entry.kind == "run")
        self.assertEqual(entries.mapped("area"), ["exchange", "exchange"])
        self.assertIn(
            "8 rows: 8 created, 0 updated, 0 unchanged, 0 waiting, 0 errors.", entries[-1].after
        )
        self.assertIn(self.loader.name, entries[-1].after)
        self.assertEqual(entries.company_id, self.company)
        self.assertFalse(
            self._new(self.other_loader).filtered(lambda entry: entry.kind == "run"),
            "another company's loads are not shown",
        )

    def test_posting_leaves_an_entry(self):
        self._load_harbour()
        wizard = self.env["crm.exchange.post"].with_user(self.accountant)
        done = wizard._post(self.company)
        entry = self._new(self.loader)[-1]
        self.assertIn(f"{done['invoices']} invoices posted", entry.after)
        self.assertEqual(entry.user_id, self.accountant)

    def test_change_of_a_mapping_stands_with_its_type(self):
        kind = self.package.type_ids.filtered(lambda t: t.code == "customers")
        line = kind.mapping_ids[:1].with_user(self.loader)
        before = line.column
        line.column = "CustomerNumber"
        entry = self._new(self.loader)
        self.assertRecordValues(
            entry,
            [
                {
                    "area": "exchange",
                    "model": "crm.exchange.type",
                    "res_id": kind.id,
                    "field_name": "column",
                    "before": before,
                    "after": "CustomerNumber",
                }
            ],
        )
        action = kind.with_user(self.loader).action_open_changes()
        found = self.env["crm.audit.log"].with_user(self.loader).search(action["domain"])
        self.assertIn(entry, found)

    def test_role_of_the_exchange_is_logged(self):
        self.accountant.group_ids += self.env.ref("crm_erp_bridge.crm_erp_bridge_group_exchange")
        self.assertEqual(self._new(self.loader).mapped("area"), ["rights"])
