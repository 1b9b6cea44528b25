from __future__ import annotations

from typing import NamedTuple

from odoo import Command, api, models

THANKS = "Thank you for telling us. We look into it and call you back."


class Story(NamedTuple):
    """A case of the story: who reported what, and what happened so many days ago."""

    customer: str
    subject: str
    words: str
    cause: str
    days: int
    channel: str = "email"
    kind: str = "anomaly"
    amount: int = 0
    product: str | None = None
    replied: int | None = None
    waits: int | None = None
    solved: int | None = None
    answer: str = ""


CASES = {
    "boosters": Story(
        "k05",
        "Booster stations three weeks late",
        "Two stations were promised for September. The heating season begins without them.",
        "late",
        26,
        "phone",
        amount=9600,
        product="booster",
        replied=20,
    ),
    "valves": Story(
        "d02",
        "Two of ten boxes of valves are missing",
        "Ten boxes are on the delivery note, eight came.",
        "short",
        40,
        "web",
        amount=432,
        product="valve",
        replied=40,
        solved=37,
    ),
    "invoice": Story(
        "d05",
        "Invoice shows the list price",
        "We order at the distributor's price. The last invoice has the shop's.",
        "invoice",
        9,
        amount=360,
        product="filter",
        replied=8,
        waits=7,
    ),
    "seal": Story(
        "k03",
        "Seal of a booster station drips",
        "Station 3, since Sunday. We put a bucket under it.",
        "defect",
        75,
        "phone",
        amount=180,
        product="booster",
        replied=75,
        solved=74,
        answer="The seal was replaced by our fitter on the next day.",
    ),
    "training": Story(
        "k01",
        "Training for the new operators",
        "Three people are new. Who shows them the panel?",
        "training",
        15,
        "web",
        kind="request",
        replied=14,
        solved=10,
    ),
    "controller": Story(
        "k07",
        "Pressure controller shows an error",
        "E4, every morning. It runs again after a restart.",
        "defect",
        1,
        product="control",
    ),
}


class CrmDemoStory(models.AbstractModel):
    """What customers of the story reported, and how it was answered."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        return [*super()._chapters(), "cases"]

    @api.model
    def _tell_cases(self) -> None:
        """A queue with people and skills, and six cases of the year."""
        self.env["crm.change"]._run_all("moments")
        self._make_queue()
        for key, told in CASES.items():
            self._tell_case(key, told)
        self._analyze("crm.case", "mail.message")

    @api.model
    def _make_queue(self) -> None:
        self._make(
            "crm.case.skill",
            {
                "skill_pumps": {
                    "name": "Pumps and controls",
                    "cause_ids": [Command.set(self._cause("defect").ids)],
                },
                "skill_trade": {
                    "name": "Invoices and deliveries",
                    "cause_ids": [Command.set((self._cause("invoice") | self._cause("short")).ids)],
                },
            },
        )
        pumps, trade = self._get("skill_pumps"), self._get("skill_trade")
        people = {"story.sales": pumps, "story.sales.trade": trade, "story.leader.shops": pumps}
        company = self._get("company")
        self._make(
            "crm.case.queue",
            {
                "queue_service": {
                    "name": "Customer service",
                    "company_id": company.id,
                    "team_id": self._get("story.leader").crm_team_ids[:1].id,
                    "fallback_user_id": self._get("story.leader").id,
                    "member_ids": [
                        Command.create(
                            {
                                "user_id": self._get(login).id,
                                "skill_ids": [Command.set(skill.ids)],
                                "capacity": 8,
                            }
                        )
                        for login, skill in people.items()
                    ],
                }
            },
        )

    @api.model
    def _cause(self, code: str) -> models.BaseModel:
        """A cause of the first installation; a company may have archived it."""
        return self.env["crm.case.cause"].search([("code", "=", code)])

    @api.model
    def _tell_case(self, key: str, told: Story) -> None:
        partner = self._get(told.customer)
        contact = partner.child_ids.filtered(lambda child: child.type == "contact")[:1] or partner
        channels = {channel.code: channel for channel in self.env["crm.channel"].search([])}
        product = self._get(f"product_{told.product}") if told.product else None
        case = self._make(
            "crm.case",
            {
                f"case_{key}": {
                    "name": told.subject,
                    "description": told.words,
                    "kind": told.kind,
                    "cause_id": self._cause(told.cause).id,
                    "company_id": self._get("company").id,
                    "contact_id": contact.id,
                    "channel_id": channels[told.channel].id if told.channel in channels else False,
                    "intake": "portal" if told.channel == "web" else "hand",
                    "amount": told.amount,
                    "product_id": product.id if product else False,
                    "opened_at": self._moment(told.days, 9),
                }
            },
        )
        if told.replied is not None:
            at = self._moment(told.replied, 11)
            case.message_post(
                body=THANKS,
                author_id=case.user_id.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                date=at,
            )
            case._step(("new",), "progress", at=at)
        if told.waits is not None:
            case._step(("progress",), "waiting", at=self._moment(told.waits, 11))
        if told.solved is not None:
            case.solution = "\n\n".join(filter(None, (case.cause_id.answer, told.answer)))
            case._step(("progress",), "solved", at=self._moment(told.solved, 15))
