from __future__ import annotations

from odoo import Command, api, models
from odoo.tools import SQL

from . import story_world as world

# (team, role, person or nobody, trained so many days ago or not, note)
SEATS = (
    (world.KEY, "lead", "story.leader", 320, False),
    (world.KEY, "account", "story.sales", 310, False),
    (world.KEY, "finance", "story.finance", 200, "Tuesdays; stands in for nobody"),
    (world.KEY, "service", None, None, "Wanted from May"),
    (world.TRADE, "lead", "story.leader.trade", 320, False),
    (world.TRADE, "account", "story.sales.trade", 300, False),
    (world.TRADE, "logistics", "story.sales.shops", None, "One day a week, for the vans"),
    (world.SHOP, "lead", "story.leader.shops", 320, False),
    (world.SHOP, "account", "story.sales.shops", 290, False),
    (world.SHOP, "marketing", "story.strategy", 290, "Plans the spring campaign"),
)
PROMISES = {
    world.KEY: "Water never stops because of us: we answer at night, and we say the truth early.",
    world.TRADE: "A price and a full van every month, without asking twice.",
    world.SHOP: "Whoever calls gets a person, and the part the day after.",
}
# Customers without an owner, and without a role for their contact.
OWNERLESS = ("s14", "p02")
ROLELESS = ("k06", "d05", "d09", "s03", "s06", "s09", "s12", "s15", "p01", "p02")
# customer: name, job, role in the purchase, preferred channel
PEOPLE = {
    "k01": ("Doina Albu", "Head of operations", "decider", "visit"),
    "k02": ("Gheorghe Neagu", "Chief engineer", "influencer", "phone"),
    "k03": ("Wanda Król", "Head of purchasing", "buyer", "email"),
    "k05": ("Marek Bąk", "Plant manager", "decider", "visit"),
    "d01": ("Sorin Matei", "Warehouse manager", "user", "phone"),
    "d04": ("Zofia Maj", "Owner", "decider", "phone"),
    "s04": ("Ion Șerban", "Plumber", "user", "phone"),
}
WAYS = {
    1: "Nobody leaves on holiday before a colleague has accepted",
    5: "We ask who decides at the first visit",
    9: "We ask everybody once a year how to reach them",
}


class CrmDemoStory(models.AbstractModel):
    """The teams of the story: seats, charters, hand-offs, contacts and a thank-you."""

    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        chapters = super()._chapters()
        place = chapters.index("deals") + 1
        return [*chapters[:place], "teams", *chapters[place:]]

    @api.model
    def _tell_teams(self) -> None:
        """What the charter needs so that its rules have something to count."""
        self._tell_seats()
        self._tell_owners()
        self._tell_contacts()
        self._tell_talks()
        self._tell_handoffs()
        self._tell_stages()
        self._tell_thanks()

    @api.model
    def _definition(self, name: str) -> models.BaseModel:
        return self.env.ref(f"crm_strategy.{name}")

    @api.model
    def _tell_seats(self) -> None:
        self.env["crm.team.seat"].create(
            [
                {
                    "team_id": self._get(f"team_{team}").id,
                    "role_id": self._definition(f"crm_team_role_{role}").id,
                    "user_id": self._get(person).id if person else False,
                    "trained_on": self._calendar().day(days) if days else False,
                    "note": note,
                }
                for team, role, person, days, note in SEATS
            ]
        )
        for segment, promise in PROMISES.items():
            charter = self._get(f"team_{segment}").crm_charter_ids
            charter.write({"promise": promise, "agreed_on": self._calendar().day(300)})
            for line in charter.line_ids.filtered(lambda line: line.number in WAYS):
                line.way = WAYS[line.number]

    @api.model
    def _tell_owners(self) -> None:
        """The salesperson of the contact owns the customer, but for those nobody thought of."""
        customers = self.env["crm.customer"].search(
            [("company_id", "=", self._get("company").id), ("user_id", "=", False)]
        )
        forgotten = self.env["res.partner"].union(*(self._get(key) for key in OWNERLESS))
        for customer in customers.filtered(lambda line: line.partner_id not in forgotten):
            customer.user_id = customer.partner_id.user_id

    @api.model
    def _tell_contacts(self) -> None:
        """Named people with a role in the purchase and the channel they like best."""
        channels = ("phone", "email", "visit")
        self.env["res.partner"].flush_model()
        for place, customer in enumerate(world.customers().values()):
            buyer = self._get(customer.key).child_ids[:1]
            if customer.key not in ROLELESS:
                channel = self._definition(f"crm_channel_{channels[place % 3]}")
                buyer.write({"crm_decision_role": "buyer", "crm_channel_id": channel.id})
            # Raw SQL: the day on which a contact was written down is nobody's to type.
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET create_date = %s WHERE commercial_partner_id = %s",
                    self._moment(customer.first + 10),
                    self._get(customer.key).id,
                )
            )
        self._make(
            "res.partner",
            {
                f"person_{key}": {
                    "name": name,
                    "function": job,
                    "parent_id": self._get(key).id,
                    "type": "contact",
                    "email": f"person.{key}@example.com",
                    "crm_decision_role": role,
                    "crm_channel_id": self._definition(f"crm_channel_{channel}").id,
                }
                for key, (name, job, role, channel) in PEOPLE.items()
            },
        )

    @api.model
    def _tell_talks(self) -> None:
        """Calls, visits and mails on the opportunities, as their chatter keeps them."""
        kinds = {
            "phone": self.env.ref("mail.mail_activity_data_call"),
            "visit": self.env.ref("mail.mail_activity_data_meeting"),
        }
        talks = []
        for place, deal in enumerate(world.deals()):
            lead = self._get(f"deal_{deal.key}")
            if not lead.user_id:
                continue
            buyer = lead.partner_id.child_ids[:1]
            kind = kinds["visit" if place % 4 == 0 else "phone"]
            days = max(deal.opened - 5, 1)
            talks.append(self._talk(lead, days, lead.user_id.partner_id, kind))
            talks.append(self._talk(lead, days, buyer))
            # Two of three mails are answered, by the salesperson of the deal.
            if place % 3:
                talks.append(self._talk(lead, max(days - 2, 0), lead.user_id.partner_id, to=buyer))
        self.env["mail.message"].create(talks)

    @api.model
    def _talk(self, lead, days: int, author, kind=None, to=None) -> dict:
        """An activity done (of a kind), a mail from the customer, or our answer to somebody."""
        subtype = "mail.mt_activities" if kind else "mail.mt_comment"
        words = self.env._("What about %(deal)s?", deal=lead.name)
        if kind:
            words = self.env._("%(kind)s about %(deal)s", kind=kind.name, deal=lead.name)
        elif to:
            words = self.env._("As promised: our answer about %(deal)s.", deal=lead.name)
        return {
            "model": "crm.lead",
            "res_id": lead.id,
            "date": self._moment(days, 15 if to else 11),
            "author_id": author.id,
            "message_type": "notification" if kind else "comment" if to else "email",
            "subtype_id": self.env.ref(subtype).id,
            "mail_activity_type_id": kind.id if kind else False,
            "partner_ids": [Command.set(to.ids if to else [])],
            "body": words,
        }

    @api.model
    def _tell_handoffs(self) -> None:
        """One customer changed hands in good order, one hangs in the air."""
        sales, leader = self._get("story.sales"), self._get("story.leader")
        done, hanging = self._customer("k04"), self._customer("k05")
        rows = {
            "handoff_done": {
                "customer_id": done.id,
                "from_user_id": sales.id,
                "to_user_id": leader.id,
                "state": "accepted",
                "offered_on": self._moment(41),
                "answered_on": self._moment(40),
                "note": "The dairy wants to hear bad news by telephone, before nine.",
                "open_points": "The second heat exchanger is promised for the summer stop.",
            },
            "handoff_open": {
                "customer_id": hanging.id,
                "from_user_id": hanging.user_id.id,
                "to_user_id": leader.id if hanging.user_id != leader else sales.id,
                "offered_on": self._moment(6),
                "note": "Marek Bąk decides alone, and only after he has seen the pump run.",
                "open_points": "No order for five months; the offer of the valves waits.",
            },
        }
        self._make("crm.handoff", rows)
        done.user_id = leader

    @api.model
    def _tell_stages(self) -> None:
        """Open deals: some with evidence, some that moved on without."""
        need = self._definition("crm_stage_criterion_need")
        decider = self._definition("crm_stage_criterion_decider")
        left = {}
        for place, deal in enumerate(world.OPEN_DEALS):
            lead = self._get(f"deal_{deal.key}")
            if place % 2:
                self.env["crm.stage.evidence"].create(
                    [
                        {
                            "lead_id": lead.id,
                            "criterion_id": criterion.id,
                            "user_id": lead.user_id.id,
                            "date": self._calendar().day(max(deal.opened - 7, 0)),
                            "note": "Minutes of the first visit",
                        }
                        for criterion in (need, decider)
                    ]
                )
            stage = need.stage_id
            if stage and lead.stage_id.sequence > stage.sequence:
                left[lead] = stage
        self.env["crm.stage.exit"]._note(left)
        for row in self.env["crm.stage.exit"].search([("lead_id", "in", [x.id for x in left])]):
            row.write({"user_id": row.lead_id.user_id.id, "left_on": row.lead_id.create_date})

    @api.model
    def _tell_thanks(self) -> None:
        company = self._get("company")
        self.env["crm.recognition"].create(
            [
                {
                    "user_id": self._get("story.sales").id,
                    "reason": "Stayed with the waterworks until the pump ran again",
                    "story": "Called the service at ten in the evening, drove there herself and "
                    "told the night shift every hour what comes next.",
                    "kind": "retention",
                    "is_kept": True,
                    "customer_id": self._customer("k01").id,
                    "given_by": self._get("story.leader").id,
                    "date": self._calendar().day(34),
                    "company_id": company.id,
                },
                {
                    "user_id": self._get("story.finance").id,
                    "reason": "Found the missing credit note before the customer did",
                    "kind": "help",
                    "customer_id": self._customer("d01").id,
                    "given_by": self._get("story.leader.trade").id,
                    "date": self._calendar().day(75),
                    "company_id": company.id,
                },
                {
                    "user_id": self._get("story.sales.shops").id,
                    "reason": "Her shops came back for a second year",
                    "kind": "retention",
                    "is_kept": True,
                    "state": "proposed",
                    "given_by": False,
                    "date": self._calendar().day(3),
                    "company_id": company.id,
                },
            ]
        )
