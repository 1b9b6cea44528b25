from __future__ import annotations

from datetime import timedelta

from odoo import Command, api, models

from . import story_opinions as opinions


class CrmDemoStory(models.AbstractModel):
    """What the customers of the story think of it, and how its people react to events."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "opinions", "events"]

    # opinions
    @api.model
    def _tell_opinions(self) -> None:
        """Contacts are asked after the delivery; most answer, two have not yet."""
        self.env["crm.change"]._run_all("moments")
        survey = self.env.ref(
            "crm_moments_of_truth.crm_survey_satisfaction", raise_if_not_found=False
        )
        moment = self.env["crm.moment"].search([("code", "=", "M7")], limit=1)
        if not survey or not moment:
            return  # an administrator has a way of his own
        self._make(
            "crm.satisfaction.rule",
            {
                "satisfaction_rule": {
                    "name": "How was the delivery?",
                    "company_id": self._get("company").id,
                    "survey_id": survey.id,
                    "moment_id": moment.id,
                    "wait_days": 5,
                    # What is told here was asked by hand of the story.
                    "date_from": self._calendar().day(-1),
                }
            },
        )
        for opinion in opinions.OPINIONS:
            done = self._ask(opinion.order, opinion.days + 2)
            if done:
                self._answer(done, opinion)
        for order, days in opinions.SILENT:
            self._ask(order, days)

    @api.model
    def _ask(self, order: str, days: int) -> models.BaseModel:
        """The invitation of the contact of an order's pass, without any e-mail."""
        Invitation = self.env["crm.satisfaction.invitation"]
        relationship = self._pass_of(f"order_{order}")
        contact = Invitation._contact(relationship) if relationship else None
        if not contact:
            return self.env["survey.user_input"]
        asked, rule = self._moment(days), self._get("satisfaction_rule")
        invitation = Invitation.create(
            {
                "date": asked,
                "company_id": relationship.company_id.id,
                "rule_id": rule.id,
                "relationship_id": relationship.id,
                "moment_id": relationship.line_ids.moment_id.filtered(
                    lambda moment: moment.code == rule.moment_id.code
                ).id,
                "customer_id": relationship.customer_id.id,
                "partner_id": relationship.partner_id.id,
                "contact_id": contact.id,
                "survey_id": rule.survey_id.id,
                "deadline": asked + timedelta(days=rule.deadline_days),
                "pause_until": asked + timedelta(days=rule.pause_days),
                "is_running": days < rule.pause_days,
            }
        )
        return rule.survey_id._create_answer(
            partner=contact, check_attempts=False, crm_invitation_id=invitation.id
        )

    @api.model
    def _answer(self, done: models.BaseModel, opinion: opinions.Opinion) -> None:
        """Fill in the survey as the contact did, and take it over on its day."""
        marks = {
            **{("expected", code): mark for code, mark in self._by_class(opinion.expected)},
            **{("perceived", code): mark for code, mark in self._by_class(opinion.perceived)},
            ("recommendation", False): opinion.recommendation,
            ("comment", False): opinion.words,
        }
        for question in done.survey_id.question_ids:
            key = (question.crm_answer_role, question.crm_needs_class_id.code)
            if key in marks:
                done._save_lines(question, str(marks[key]))
        done.write({"state": "done", "end_datetime": self._moment(opinion.days, 15)})
        self.env["crm.satisfaction.answer"]._take(done)

    @api.model
    def _by_class(self, marks: tuple[int, ...]):
        return zip(opinions.CLASSES, marks, strict=True)

    # events
    @api.model
    def _tell_events(self) -> None:
        """Two contracts near their end and a new ordinance give people something to do."""
        company = self._get("company")
        for order, days in opinions.CONTRACTS.items():
            self._get(f"order_{order}").crm_contract_end = self._calendar().day(-days)
        name, days, description = opinions.EVENT
        self._make(
            "crm.public.event",
            {
                "public_event": {
                    "name": name,
                    "date": self._calendar().day(-days),
                    "description": description,
                    "company_id": company.id,
                    "segment_ids": [Command.set(self._get("segment_key").ids)],
                }
            },
        )
        call = self.env.ref("mail.mail_activity_data_call")
        common = {
            "company_id": company.id,
            "activity_type_id": call.id,
            "activity_days": 5,
            "since": self._moment(30),
            "pause_days": 0,
        }
        rules = self._make(
            "crm.event.rule",
            {
                "event_rule_contract": {
                    **common,
                    "name": "Talk before the contract ends",
                    "trigger": "contract_end",
                    "days": 60,
                    "minutes": 1440 * 30,
                    "activity_summary": "Talk about the next contract",
                },
                "event_rule_public": {
                    **common,
                    "name": "Explain new rules to key accounts",
                    "trigger": "public_event",
                    "days": 30,
                    "minutes": 1440 * 30,
                    "activity_summary": "Explain what the new rules ask for",
                },
            },
        )
        quiet = {"mail_activity_quick_update": True}
        for rule in rules:
            rule._note_events(getattr(rule, f"_detect_{rule.trigger}")())
        while self.env["crm.event.reaction"].with_context(**quiet)._react_step():
            pass
