import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common import CrmStrategyCase
from .common_privacy import PersonMixin


@tagged("post_install", "-at_install")
class TestPrivacy(PersonMixin, CrmStrategyCase):
    """What the suite keeps about a person is handed out, and taken out, on request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_person(country_id=cls.belgium.id, crm_is_customer=True)
        cls.env["crm.customer"]._ensure(
            [(cls.person.id, cls.company_a.id), (cls.person.id, cls.company_b.id)]
        )
        cls._assign()
        cls.marketing = cls.env.ref("crm_strategy.crm_purpose_marketing")
        cls.consent_a, cls.consent_b = cls.env["crm.consent"].create(
            [
                {
                    "partner_id": cls.person.id,
                    "purpose_id": cls.marketing.id,
                    "company_id": company.id,
                    "given_on": "2024-03-01",
                    "channel": "email",
                    "evidence": f"Mail of Quillfeather, Zenobia to {company.name}",
                }
                for company in (cls.company_a, cls.company_b)
            ]
        )
        cls.consent_a.write({"evidence_file": b"eWVz", "evidence_name": "Zenobia.pdf"})
        cls.env["crm.change"]._insert_changes(
            [
                (
                    "profile",
                    cls.company_a.id,
                    partner.id,
                    date(2024, 1, 1),
                    5,
                    None,
                    "Invoice of Zenobia Quillfeather, Saltmarsh Lane 77 (0721.987.654)",
                )
                for partner in (cls.person, cls.bakery)
            ]
        )
        cls.segment_be.write({"description": "Not for Quillfeather, Zenobia"})
        cls.env["mail.message"].create(
            {
                "model": "crm.segment",
                "res_id": cls.segment_be.id,
                "body": "Ask zenobia@quillfeather.example",
            }
        )
        cls.admin = new_test_user(cls.env, "privacy_admin", "base.group_system")

    def _wizard_line(self, user):
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(user)
            .create({"name": self.person.name, "email": self.person.email})
        )
        wizard.action_lookup()
        return wizard.line_ids.filtered(
            lambda line: line.res_model == "res.partner" and line.res_id == self.person.id
        )

    def _sheets(self, content):
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True)

    def _text(self, content):
        book = self._sheets(content)
        return "\n".join(
            str(cell)
            for sheet in book.worksheets
            for row in sheet.iter_rows(values_only=True)
            for cell in row
            if cell
        )

    # erase
    def test_erased_person_is_nowhere_and_figures_stay(self):
        customers = self.env["crm.customer"].search([("partner_id", "=", self.person.id)])
        before = customers.mapped("segment_id"), len(customers), len(customers.membership_ids)
        self.assertTrue(self._found(), "the words stood there before")
        self.person._crm_anonymise()
        self.assertFalse(self._found())
        self.assertEqual(self.segment_be.description, "Not for •••")
        self.env.invalidate_all()
        after = customers.mapped("segment_id"), len(customers), len(customers.membership_ids)
        self.assertEqual(before, after)
        self.assertEqual(self.consent_a.given_on, date(2024, 3, 1))
        self.assertFalse(self.consent_a.evidence_file)

    def test_other_peoples_words_stay(self):
        change = self.env["crm.change"].search([("partner_id", "=", self.bakery.id)])
        self.person._crm_anonymise()
        self.assertEqual(change.reason, "Invoice of •••, ••• (•••)")

    def test_person_without_any_words_erases_nothing(self):
        nobody = self.env["res.partner"].create({"name": "N"})
        nobody._crm_anonymise()
        self.assertTrue(self._found())

    def test_contact_of_a_company_is_erased_with_it(self):
        self.person.write({"parent_id": self.brewery.id, "type": "other", **self.PERSON})
        self.brewery._crm_anonymise()
        self.assertFalse(self._found())

    def test_what_a_person_shares_with_her_company_stays(self):
        self.brewery.write({"street": "Brewers Yard 9", "email": "office@brewery.example"})
        self.person.write(
            {"parent_id": self.brewery.id, "type": "contact", "email": "office@brewery.example"}
        )
        self.assertEqual(self.person.street, "Brewers Yard 9")
        self.segment_de.description = "Brewers Yard 9, office@brewery.example, Zenobia Quillfeather"
        self.person._crm_anonymise()
        self.assertEqual(self.segment_de.description, "Brewers Yard 9, office@brewery.example, •••")

    def test_erasure_is_logged_without_the_name(self):
        last = self.env["crm.audit.log"].search([], limit=1).id
        self.person._crm_anonymise()
        entry = self.env["crm.audit.log"].search([("id", ">", last)])
        self.assertIn(str(self.person.id), entry.record_name)
        self.assertIn("Consent: 2", entry.after)

    def test_privacy_lookup_erases_for_administrators(self):
        line = self._wizard_line(self.admin)
        line.action_crm_anonymise()
        self.assertFalse(self._found())
        self.assertTrue(line.execution_details)

    def test_privacy_lookup_goes_on_deleting(self):
        line = self._wizard_line(self.admin)
        line.action_unlink()
        self.assertFalse(self.person.exists())
        self.assertFalse(self._found())

    def test_privacy_lookup_goes_on_archiving(self):
        line = self._wizard_line(self.admin)
        line.is_active = False
        line._onchange_is_active()
        self.assertFalse(self.person.active)
        self.person._crm_anonymise()
        self.assertFalse(self._found())

    def test_nobody_else_erases(self):
        line = self._wizard_line(self.admin)
        for user in (self.manager_a, self.finance_a):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                line.with_user(user).action_crm_anonymise()
        for model, method in (
            ("res.partner", "_crm_anonymise"),
            ("crm.privacy.engine", "_erase"),
            ("crm.privacy.engine", "_export"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                get_public_method(self.env[model], method)

    def test_other_line_of_the_lookup_is_refused(self):
        line = self._wizard_line(self.admin)
        line.write({"res_model_id": self.env["ir.model"]._get("res.users").id})
        with self.assertRaises(UserError):
            line.action_crm_anonymise()

    # export
    def test_export_holds_one_sheet_for_each_kind(self):
        engine = self.env["crm.privacy.engine"].with_user(self.admin)
        content = engine._export(self.person.with_user(self.admin))
        names = self._sheets(content).sheetnames
        for name in ("Purposes and consents", "Customer", "Consent", "Waiting Change"):
            self.assertIn(name, names)
        text = self._text(content)
        for words in ("News and offers", "Agrees (2024-03-01)", "to Harbour", "to Valley"):
            self.assertIn(words, text)

    def test_manager_gets_the_data_of_the_own_companies(self):
        engine = self.env["crm.privacy.engine"].with_user(self.manager_a)
        text = self._text(engine._export(self.person.with_user(self.manager_a)))
        self.assertIn("to Harbour", text)
        self.assertNotIn("Valley", text)

    def test_nobody_else_gets_an_export(self):
        for user in (self.user_a, self.leader_a, self.finance_a, self.salesman_a):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.person.with_user(user).action_crm_export()

    def test_handing_out_is_logged(self):
        last = self.env["crm.audit.log"].search([], limit=1).id
        engine = self.env["crm.privacy.engine"].with_user(self.manager_a)
        engine._export(self.person.with_user(self.manager_a))
        entry = self.env["crm.audit.log"].search([("id", ">", last)])
        self.assertEqual(entry.user_id, self.manager_a)
        self.assertIn("Consent: 1", entry.after)
