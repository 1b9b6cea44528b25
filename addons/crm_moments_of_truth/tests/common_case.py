from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields

from .common import MomentsCase

# A Friday afternoon, 16:00 in Bucharest; summer time begins on the Sunday after.
FRIDAY = datetime(2026, 3, 27, 14)


class CaseCase(MomentsCase):
    """The world of the moments, with a queue of cases in each company.

    ::

        Queue "Service" of Company A (team North)       people: Ana (pumps, at most 2 open cases)
          falls to Lia, the leader                              Ole (invoices, at most 2)
        Queue "Service B" of Company B, without people
        Causes: Leak (needs pumps), Wrong invoice (needs invoices), Question
        Levels: floor 8 h / 40 h; loyal customers 2 h / 16 h
        Hours of the companies: 8-12 and 13-17 in Bucharest, Monday to Friday
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.case.queue"].search([]).action_archive()
        Level = cls.env["crm.service.level"]
        Level.search([]).action_archive()
        cls.env.flush_all()
        cls.loyal = cls.env.ref("crm_strategy.crm_loyalty_class_loyal")
        cls.floor, cls.gold = Level.create(
            [
                {"name": "Floor", "reply_limit": 8, "solve_limit": 40},
                {
                    "name": "Gold",
                    "reply_limit": 2,
                    "solve_limit": 16,
                    "loyalty_class_id": cls.loyal.id,
                },
            ]
        )
        cls.pumps, cls.bills = cls.env["crm.case.skill"].create(
            [{"name": "Test pumps"}, {"name": "Test invoices"}]
        )
        cls.leak, cls.bill, cls.question = cls.env["crm.case.cause"].create(
            [
                {
                    "name": "Leak",
                    "code": "leak",
                    "skill_ids": [Command.set(cls.pumps.ids)],
                    "answer": "We come within a day.",
                },
                {
                    "name": "Wrong invoice",
                    "code": "wrong_invoice",
                    "skill_ids": [Command.set(cls.bills.ids)],
                },
                {"name": "Any question", "code": "any_question", "kind": "request"},
            ]
        )
        cls.queue, cls.queue_b = cls.env["crm.case.queue"].create(
            [
                {
                    "name": "Service",
                    "company_id": cls.company_a.id,
                    "team_id": cls.north.id,
                    "fallback_user_id": cls.lia.id,
                    "member_ids": [
                        Command.create(
                            {
                                "user_id": user.id,
                                "skill_ids": [Command.set(skill.ids)],
                                "capacity": 2,
                            }
                        )
                        for user, skill in ((cls.ana, cls.pumps), (cls.ole, cls.bills))
                    ],
                },
                {"name": "Service B", "company_id": cls.company_b.id},
            ]
        )
        cls.alfa_buyer.email = "buyer@alfa.example"

    def _case(self, user=None, at=FRIDAY, **vals):
        """A case, by default written down by Sim on Friday afternoon."""
        values = {"name": "It drips", "contact_id": self.alfa_buyer.id, **vals}
        with self._at(at):
            return self.env["crm.case"].with_user(user or self.sim).create(values)

    @contextmanager
    def _at(self, moment):
        with freeze_time(moment), patch.object(fields.Datetime, "now", lambda *_args: moment):
            yield

    def _answer(self, case, at, user=None, **values):
        """A message of a colleague that the customer gets."""
        with self._at(at):
            return case.with_user(user or self.lia).message_post(
                body="We are on it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **values,
            )
