"""What a customer sees and does in the portal, and that it is nothing of others."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..models import crm_case_portal
from .common_case import CaseCase


@tagged("post_install", "-at_install")
class TestCasePortal(CaseCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        cls.beta_buyer = Partner.create({"name": "Beta Buyer", "parent_id": cls.beta.id})
        for login, partner in (("alfa-portal", cls.alfa_buyer), ("beta-portal", cls.beta_buyer)):
            new_test_user(
                cls.env,
                login=login,
                password=login,
                groups="base.group_portal",
                partner_id=partner.id,
                company_id=cls.company_a.id,
                context={"no_reset_password": True},
            )
        cls.order = cls._confirm(cls._create_order())
        cls.foreign = cls._confirm(cls._create_order(partner=cls.beta))

    def _post(self, url, **data):
        page = self.url_open("/my/cases/new").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        files = data.pop("files", None)
        return self.url_open(url, data={"csrf_token": token, **data}, files=files)

    def test_a_customer_reports_follows_and_sees_nothing_of_others(self):
        self.authenticate("alfa-portal", "alfa-portal")
        page = self._post(
            "/my/cases/new",
            name="Two valves are missing",
            description="Ten were\0 ordered",
            kind="anomaly",
            cause_id=str(self.leak.id),
            order_id=str(self.order.id),
            files={"files": ("valves.txt", b"two", "text/plain")},
        )
        case = self.env["crm.case"].search([("name", "=", "Two valves are missing")])
        self.assertIn(case.reference, page.text)
        self.assertEqual(
            (case.contact_id, case.order_id, case.company_id, case.intake, case.user_id),
            (self.alfa_buyer, self.order, self.company_a, "portal", self.ana),
        )
        self.assertIn("valves.txt", page.text)
        # Our words reach the customer, our notes do not.
        case.with_user(self.ana).message_post(body="A secret among us")
        case.with_user(self.ana).message_post(
            body="They come tomorrow", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        page = self.url_open(f"/my/cases/{case.id}").text
        self.assertIn("They come tomorrow", page)
        self.assertNotIn("A secret among us", page)
        self.assertTrue(case.first_reply_at)
        case.with_user(self.ana).action_wait()
        self._post(f"/my/cases/{case.id}/reply", message="Good, thank you")
        self.assertEqual(case.state, "progress")
        self.assertIn(case.name, self.url_open("/my/cases").text)

        # Somebody else sees, reads and writes nothing of it, and cannot take the order.
        self.authenticate("beta-portal", "beta-portal")
        self.assertNotIn(case.name, self.url_open("/my/cases").text)
        for url in (f"/my/cases/{case.id}", f"/my/cases/{case.id}?access_token=guess"):
            self.assertNotIn(case.name, self.url_open(url).text)
        before = len(case.message_ids)
        self._post(f"/my/cases/{case.id}/reply", message="I am not Alfa")
        self.assertEqual(len(case.message_ids), before)
        self.assertNotIn(self.order.name, self.url_open("/my/cases/new").text)
        self._post(
            "/my/cases/new", name="Foreign", description="Foreign", order_id=str(self.order.id)
        )
        self.assertFalse(self.env["crm.case"].search([("name", "=", "Foreign")]).order_id)

        # The link of an e-mail lets read, not write.
        self.authenticate(None, None)
        page = self.url_open(case.get_portal_url()).text
        self.assertIn("They come tomorrow", page)
        self.assertNotIn(f"/my/cases/{case.id}/reply", page)

    def test_what_is_missing_or_dangerous_is_said_to_the_customer(self):
        self.authenticate("alfa-portal", "alfa-portal")
        count = self.env["crm.case"].search_count([])
        page = self._post("/my/cases/new", name="Only a subject", description=" ")
        self.assertIn("what happened", page.text)
        page = self._post(
            "/my/cases/new",
            name="A page",
            description="Look",
            files={"files": ("page.html", b"<script>alert(1)</script>", "text/html")},
        )
        self.assertIn("page.html", page.text)
        self.assertEqual(self.env["crm.case"].search_count([]), count)

    def test_what_it_is_about_says_what_it_is(self):
        """Whoever chooses a question and leaves the first mark as it was asks a question."""
        typed = {"name": "Who shows us?", "description": "Three are new", "kind": "anomaly"}
        case = self.env["crm.case"]._portal_open(
            self.alfa_buyer, {**typed, "cause_id": str(self.question.id)}, []
        )
        self.assertEqual((case.kind, case.cause_id), ("request", self.question))

    def test_a_customer_opens_so_many_cases_a_day(self):
        Case = self.env["crm.case"]
        values = {"name": "Two valves are missing", "description": "Ten were ordered"}
        with patch.object(crm_case_portal, "NEW_CASES", 2):
            older = Case._portal_open(self.alfa_buyer, values, [])
            Case._portal_open(self.alfa_buyer, values, [])
            with self.assertRaisesRegex(ValidationError, "2 cases"):
                Case._portal_open(self.alfa_buyer, values, [])
            Case._portal_open(self.beta_buyer, values, [])
            older.opened_at -= timedelta(days=1)
            Case._portal_open(self.alfa_buyer, values, [])
