from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmStrategyCase


@tagged("post_install", "-at_install")
class TestChannel(CrmStrategyCase):
    """S000-9.5-R9: contacts are counted once, for one channel, for the customer they were with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Channel = cls.env["crm.channel"]
        Channel.search([]).active = False
        cls.call_type, cls.visit_type = cls.env["mail.activity.type"].create(
            [{"name": "Ring up"}, {"name": "Go there"}]
        )
        cls.medium = cls.env["utm.medium"].create({"name": "Our shop window"})
        cls.phone, cls.visit, cls.mail, cls.web = Channel.create(
            [
                {
                    "name": "Phone",
                    "code": "t_phone",
                    "activity_type_ids": [Command.link(cls.call_type.id)],
                },
                {
                    "name": "Visit",
                    "code": "t_visit",
                    "activity_type_ids": [Command.link(cls.visit_type.id)],
                },
                {"name": "Mail", "code": "t_mail", "message_kind": "email"},
                {"name": "Web", "code": "t_web", "medium_ids": [Command.link(cls.medium.id)]},
            ]
        )
        cls.baker = cls.env["res.partner"].create(
            {"name": "Anna Baker", "parent_id": cls.bakery.id, "email": "anna@example.com"}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Oven",
                "type": "opportunity",
                "partner_id": cls.baker.id,
                "company_id": cls.company_a.id,
                "user_id": cls.user_a.id,
            }
        )

    def _contacts(self):
        """(channel, person, our person, incoming) of the bakery, as the one method counts them."""
        self.env.flush_all()
        contacts = self.env["crm.channel"]._contacts_sql()
        self.env.cr.execute(SQL("SELECT * FROM (%s) AS contact", contacts))
        return sorted(
            (
                self.env["crm.channel"].browse(row["channel_id"]).code,
                self.env["res.partner"].browse(row["person_id"]).name,
                self.env["res.users"].browse(row["user_id"] or ()).login or "",
                row["is_incoming"],
            )
            for row in self.env.cr.dictfetchall()
            if row["partner_id"] == self.bakery.id and row["company_id"] == self.company_a.id
        )

    def _do(self, activity_type, record):
        activity = record.with_user(self.user_a).activity_schedule(
            activity_type_id=activity_type.id, user_id=self.user_a.id
        )
        activity.action_feedback(feedback="Done")

    def test_an_activity_done_counts_and_an_open_one_does_not(self):
        self._do(self.call_type, self.lead)
        self.lead.activity_schedule(activity_type_id=self.visit_type.id, user_id=self.user_a.id)
        self.assertEqual(self._contacts(), [("t_phone", "Anna Baker", "strategy_user_a", False)])

    def test_messages_count_both_ways_and_notes_do_not(self):
        self.lead.message_post(
            body="Do you have time?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.baker.id,
        )
        self.lead.with_user(self.user_a).message_post(
            body="Yes",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.baker.ids,
        )
        self.lead.with_user(self.user_a).message_post(body="Between us", message_type="comment")
        self.assertEqual(
            self._contacts(),
            [
                ("t_mail", "Anna Baker", "", True),
                ("t_mail", "Anna Baker", "strategy_user_a", False),
            ],
        )

    def test_a_lead_through_a_medium_counts_as_the_customers_contact(self):
        self.lead.medium_id = self.medium
        self.assertEqual(self._contacts(), [("t_web", "Anna Baker", "", True)])

    def test_the_list_counts_the_contacts_of_the_companies_alone(self):
        self._do(self.call_type, self.lead)
        self._do(self.call_type, self.lead)
        seen = self.phone.with_user(self.user_a)
        self.assertEqual(seen.with_company(self.company_a).contact_count, 2)
        seen.invalidate_recordset()
        self.assertEqual(self.phone.with_user(self.user_b).contact_count, 0)

    def test_an_activity_counts_for_one_channel_and_the_sentence_says_for_which(self):
        with self.assertRaisesRegex(ValidationError, "“Ring up” counts for channel “Phone”"):
            self.visit.activity_type_ids = [Command.link(self.call_type.id)]

    def test_the_first_installation_knows_odoos_activities(self):
        visit = self.env.ref("crm_strategy.crm_channel_visit")
        self.assertIn(self.env.ref("mail.mail_activity_data_meeting"), visit.activity_type_ids)
        self.assertLess(visit.create_date, fields.Datetime.now())
