from __future__ import annotations

from odoo import Command, api, models

CUSTOMER = "k01"
# key: class, words, nature, priority, days ago, legal reference
NEEDS = {
    "approved": (
        "legal",
        "Nothing that is not approved for drinking water may touch it",
        "rational",
        "3",
        58,
        "Directive (EU) 2020/2184, article 11",
    ),
    "pressure": (
        "main",
        "The tenth floor has at least 3 bar, in the evening too",
        "rational",
        "3",
        57,
        False,
    ),
    "repair": (
        "security",
        "At night somebody comes before the tank is empty",
        "rational",
        "2",
        57,
        False,
    ),
    "asked": (
        "belonging",
        "Our operators are asked before a panel is changed",
        "irrational",
        "1",
        41,
        False,
    ),
    "heard": (
        "esteem",
        "When the head of operations calls, an engineer answers",
        "irrational",
        "2",
        41,
        False,
    ),
    "shown": (
        "recognition",
        "Our station is one that others are sent to see",
        "irrational",
        "0",
        20,
        False,
    ),
}
FUNCTIONS = {
    "protect": {
        "verb": "Keep apart",
        "noun": "water and unapproved materials",
        "criterion": "materials in contact",
        "level": "all on the positive list",
        "feature": "stainless casing and certified seals",
        "advantage": "no coating that wears off",
        "benefit": "no objection at the yearly inspection",
    },
    "hold": {
        "verb": "Hold",
        "noun": "the pressure of the district",
        "criterion": "pressure at the highest tap",
        "level": "at least 3 bar, day and night",
        "feature": "two pumps, one on standby",
        "advantage": "the second takes over within 30 seconds",
        "benefit": "no claims by tenants",
    },
    "return": {
        "verb": "Bring back",
        "noun": "the water after a fault",
        "criterion": "time until it runs again",
        "level": "at most 4 hours, at night too",
        "feature": "a duty phone and parts in the van",
        "advantage": "one call instead of three",
        "benefit": "the tank never runs empty",
    },
    "consult": {
        "verb": "Ask",
        "noun": "the operators",
        "criterion": "before a panel is changed",
        "level": "with a drawing, two weeks before",
        "benefit": "they find every button in the dark",
    },
}
TECHNICAL = {
    "casing": {
        "characteristic": "Material in contact with water",
        "value": "1.4404",
        "tolerance": "certificate 3.1",
        "product": "booster",
    },
    "flow": {
        "characteristic": "Flow at 5 bar",
        "value": "45",
        "unit": "m³/h",
        "tolerance": "± 2 %",
        "product": "booster",
    },
    "reaction": {
        "characteristic": "Technician on site",
        "value": "4",
        "unit": "hours",
        "tolerance": "at most",
    },
}
# key: words, who promises, due in days (None: for good)
COMMITMENTS = {
    "certificates": ("Each station comes with its material certificates", "us", 20),
    "station": ("Station North holds the flow and pressure of the technical book", "us", 20),
    "duty": ("A technician is on site within 4 hours after a call, day and night", "us", None),
    "access": ("The waterworks give access to the building at any hour", "customer", 20),
}
LINKS = (
    ("need", "approved", "protect"),
    ("need", "pressure", "hold"),
    ("need", "repair", "return"),
    ("need", "asked", "consult"),
    ("need", "heard", "return"),
    ("functional", "protect", "casing"),
    ("functional", "hold", "flow"),
    ("functional", "return", "reaction"),
    ("technical", "casing", "certificates"),
    ("technical", "flow", "station"),
    ("technical", "reaction", "duty"),
    ("technical", "reaction", "access"),
)
# kind: what it is, days ago, what it says
INPUTS = {
    "listening": (
        "Visit to the waterworks",
        58,
        "Two floors without water on three evenings in July. They do not want to hear of it again.",
    ),
    "method": ("Functional analysis with the operators", 41, "Verb and object, then a number."),
    "market": (
        "Study of the district's growth",
        55,
        "Four hundred flats more until the end of next year.",
    ),
    "competition": (
        "Offer of Hydromax",
        50,
        "Cheaper by a tenth, but a technician only by day.",
    ),
    "benchmark": ("Reaction times of the region", 45, "Six hours at night is usual."),
}


class CrmDemoStory(models.AbstractModel):
    _inherit = "crm.demo.story"

    @api.model
    def _chapters(self) -> list[str]:
        """After the customers: what one of them needs, up to the contract."""
        return [*super()._chapters(), "needs"]

    @api.model
    def _tell_needs(self) -> None:
        """The waterworks of Brașov: six needs, one of them an orphan, one changed since."""
        customer = self._customer(CUSTOMER)
        analysis = self._make(
            "crm.need.analysis",
            {
                "analysis_north": {
                    "name": "Pumping station North",
                    "company_id": customer.company_id.id,
                    "customer_id": customer.id,
                    "user_id": self._get("story.sales").id,
                    "member_ids": [Command.link(self._get("story.leader").id)],
                    "date": self._calendar().day(58),
                    "method": "functional",
                    "method_note": "Head of operations and two operators, at the old station.",
                }
            },
        )
        self._tell_inputs(analysis)
        self._tell_trace(analysis)
        self._tell_ideas(analysis)
        analysis.with_user(analysis.user_id).action_issue()
        self._tell_change()

    @api.model
    def _tell_inputs(self, analysis) -> None:
        analysis.action_snapshot()
        self.env["crm.need.input"].create(
            [
                {
                    "analysis_id": analysis.id,
                    "kind": kind,
                    "name": name,
                    "date": self._calendar().day(days),
                    "note": note,
                }
                for kind, (name, days, note) in INPUTS.items()
            ]
        )

    @api.model
    def _tell_trace(self, analysis) -> None:
        common = {"analysis_id": analysis.id, "user_id": analysis.user_id.id}
        stakeholder = analysis.partner_id.child_ids[:1]
        classes = {line.code: line.id for line in self.env["crm.need.class"].search([])}
        heard = analysis.input_ids.filtered(lambda line: line.kind == "listening")
        self._make(
            "crm.need",
            {
                f"need_{key}": {
                    **common,
                    "name": words,
                    "class_id": classes[code],
                    "nature": nature,
                    "priority": priority,
                    "noted_on": self._calendar().day(days),
                    "legal_reference": reference,
                    "stakeholder_id": stakeholder.id,
                    "input_id": heard.id,
                }
                for key, (code, words, nature, priority, days, reference) in NEEDS.items()
                if code in classes
            },
        )
        self._tell_specifications(common, stakeholder)
        self._make(
            "crm.commitment",
            {
                f"commitment_{key}": {
                    **common,
                    "name": words,
                    "side": side,
                    "partner_id": stakeholder.id,
                    "due_date": due and self._calendar().day(-due),
                }
                for key, (words, side, due) in COMMITMENTS.items()
            },
        )
        links = self.env["crm.trace.link"].with_user(analysis.user_id)
        links.create([self._link_values(*link) for link in LINKS])

    @api.model
    def _tell_specifications(self, common: dict, stakeholder) -> None:
        rows = {
            f"functional_{key}": {**common, "kind": "functional", **words}
            for key, words in FUNCTIONS.items()
        }
        for key, words in TECHNICAL.items():
            parts = {name: value for name, value in words.items() if name != "product"}
            product = self._get(f"product_{words['product']}") if "product" in words else None
            rows[f"technical_{key}"] = {
                **common,
                "kind": "technical",
                "product_tmpl_id": product.product_tmpl_id.id if product else False,
                **parts,
            }
        specifications = self._make("crm.specification", rows)
        specifications.customer_approver_id = stakeholder
        approved = specifications[:3].with_user(common["user_id"])
        approved.action_approve_ours()
        approved.action_approve_customer()

    @api.model
    def _link_values(self, level: str, source: str, target: str) -> dict:
        below = {"need": "functional", "functional": "technical", "technical": "commitment"}[level]
        return {
            f"{level}_id": self._get(f"{level}_{source}").id,
            f"{below}_id": self._get(f"{below}_{target}").id,
        }

    @api.model
    def _tell_ideas(self, analysis) -> None:
        stakeholder = analysis.partner_id.child_ids[:1]
        common = {"company_id": analysis.company_id.id, "user_id": analysis.user_id.id}
        session = self._make(
            "crm.idea.session",
            {
                "session_night": {
                    **common,
                    "name": "How does the water come back at night?",
                    "analysis_id": analysis.id,
                    "date": self._calendar().day(41),
                    "technique": "journey",
                    "question": "What happens between the alarm and the first drop?",
                    "participant_ids": [
                        Command.set((stakeholder | analysis.user_id.partner_id).ids)
                    ],
                    "outcome": "The duty phone comes first, the spare controller next.",
                }
            },
        )
        self._make(
            "crm.idea",
            {
                "idea_phone": {
                    **common,
                    "name": "One number for the night, answered by a technician",
                    "customer_id": analysis.customer_id.id,
                    "contact_id": stakeholder.id,
                    "session_id": session.id,
                    "need_id": self._get("need_repair").id,
                    "state": "accepted",
                    "date": self._calendar().day(41),
                    "answer": "It stands in the contract of station North.",
                },
                "idea_box": {
                    **common,
                    "name": "A spare controller in a box on the wall",
                    "customer_id": self._customer("d01").id,
                    "product_tmpl_id": self._get("product_control").product_tmpl_id.id,
                    "state": "considered",
                    "date": self._calendar().day(12),
                },
            },
        )

    @api.model
    def _tell_change(self) -> None:
        """The list of materials changed: the legal need has a new revision, nobody approved yet."""
        need = self._get("need_approved")
        # The change comes weeks after the need was written down, in a transaction of its own.
        need._revisions_of_this_transaction().clear()
        need.with_user(
            self._get("story.strategy")
        ).legal_reference = "Directive (EU) 2020/2184, article 11, with the lists of 2024"
        # The people of the story have no mailbox.
        need.revision_ids.notified_at = self._moment(0)
