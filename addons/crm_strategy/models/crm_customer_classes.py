from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models

from ..core import loyalty

TYPE, LOYALTY, PHASE = "type", "loyalty", "phase"
KINDS = (TYPE, LOYALTY, PHASE)
# Why there is no class: nobody here knows the facts, or this customer has none.
NO_SOURCE, NO_FACT = "no_source", "no_fact"
# Stands where an amount is not for the reader.
HIDDEN = "•••"


class CrmCustomerClasses(models.AbstractModel):
    """The classes of a customer, and why it is in them, in the reader's language.

    Stored is the class, and with it the reason code and the figures that decided.
    """

    _name = "crm.customer.classes"
    _description = "Classes of a Customer"

    type_id = fields.Many2one(
        "crm.customer.type",
        string="Customer type",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="One of four types by profit and length of the relation. Empty: no data.",
    )
    loyalty_class_id = fields.Many2one(
        "crm.loyalty.class",
        string="Loyalty class",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="One of five classes by how this customer buys. Empty: no data.",
    )
    phase_id = fields.Many2one(
        "crm.loyalty.phase",
        string="Loyalty phase",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="How far the work with this customer has come: identify, assign a strategy, care, "
        "exceed expectations.",
    )
    phase_since = fields.Date(
        string="In the phase since", readonly=True, help="Day on which the present phase began."
    )
    classified_on = fields.Date(
        string="Sorted on",
        readonly=True,
        help="Day on which the classes were last decided; every night for all customers.",
    )
    loyalty_class_code = fields.Selection(
        related="loyalty_class_id.code", string="Place on the ladder"
    )
    loyalty_strategy = fields.Text(
        related="loyalty_class_id.strategy", string="What to do with this class"
    )
    type_strategy = fields.Text(related="type_id.strategy", string="What to do with this type")
    class_facts = fields.Json(
        string="Figures behind the classes",
        readonly=True,
        groups="crm_strategy.crm_strategy_group_manager",
    )
    type_reason = fields.Char(
        string="Why this type", compute="_compute_class_reasons", help="The figures that decided."
    )
    loyalty_reason = fields.Char(
        string="Why this class", compute="_compute_class_reasons", help="The figures that decided."
    )
    phase_reason = fields.Char(
        string="Why this phase",
        compute="_compute_class_reasons",
        help="What holds the customer in this phase, and so what to do next.",
    )
    class_change_ids = fields.One2many(
        "crm.customer.class.change", "customer_id", string="Changes of class"
    )

    @api.depends("class_facts", "type_id", "loyalty_class_id", "phase_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_class_reasons(self) -> None:
        rules = {company: self.env["crm.class.rule"]._of(company) for company in self.company_id}
        near = self._with_amounts()
        for customer in self:
            rule = rules.get(customer.company_id) or self.env["crm.class.rule"].new({})
            for kind in KINDS:
                customer[f"{kind}_reason"] = customer._class_reason(kind, rule, customer in near)

    def _with_amounts(self) -> models.BaseModel:
        """Those of these customers whose amounts the person sees: own, of the team, or all."""
        if self.env.su:
            return self
        return self.filtered_domain(self.env["crm.customer.measure"]._reach_domain())

    def _class_reason(self, kind: str, rule: models.BaseModel, with_amounts: bool) -> str:
        """Why the customer is in its class, with the figures, in the reader's language."""
        self.ensure_one()
        # Access: who reads the customer reads why; amounts are told to those near it alone.
        known = (self.sudo().class_facts or {}).get(kind)
        if not known:
            return self.env._("Not sorted yet: this is done every night, or by “Sort now”.")
        values = self._class_values(known.get("figures") or {}, rule)
        if "margin" in values and not with_amounts:
            values["margin"] = HIDDEN
        sentences = {
            TYPE: self._type_sentences,
            LOYALTY: self._loyalty_sentences,
            PHASE: self._phase_sentences,
        }[kind](values)
        sentences[NO_SOURCE] = self.env["crm.facts"]._why_no_data()
        return sentences.get(known["reason"], "")

    def _class_values(self, figures: dict[str, str], rule: models.BaseModel) -> dict[str, str]:
        """The figures as people write them."""
        number = {name: Decimal(text) for name, text in figures.items()}
        values = {
            name: rule._number_words(float(value))
            for name, value in number.items()
            if name in ("silence", "tenure", "purchases", "days")
        }
        values |= {
            name: f"{round(number[name] * 100)} %"
            for name in ("trend", "completeness")
            if name in number
        }
        if "margin" in number:
            currency = self.company_id.currency_id
            values["margin"] = currency.format(float(number["margin"]))
        return values

    def _type_sentences(self, values: dict[str, str]) -> dict[str, str]:
        figures = {"margin": values.get("margin"), "tenure": values.get("tenure")}
        return {
            loyalty.TRUE_FRIEND: self.env._(
                "Profitable (margin of twelve months %(margin)s) and with us for long "
                "(%(tenure)s months).",
                **figures,
            ),
            loyalty.BUTTERFLY: self.env._(
                "Profitable (margin of twelve months %(margin)s) but new (%(tenure)s months).",
                **figures,
            ),
            loyalty.BARNACLE: self.env._(
                "With us for long (%(tenure)s months) but hardly profitable (margin of twelve "
                "months %(margin)s).",
                **figures,
            ),
            loyalty.STRANGER: self.env._(
                "New (%(tenure)s months) and hardly profitable (margin of twelve months "
                "%(margin)s).",
                **figures,
            ),
            NO_FACT: self.env._("No data: this customer has bought nothing yet."),
        }

    def _loyalty_sentences(self, values: dict[str, str]) -> dict[str, str]:
        figures = {name: values.get(name) for name in ("purchases", "silence", "trend")}
        return {
            "one_purchase": self.env._(
                "Only %(purchases)s purchase so far: there is no habit to judge.", **figures
            ),
            "few_purchases": self.env._(
                "Only %(purchases)s purchases so far: there is no habit to judge.", **figures
            ),
            "silent_too_long": self.env._(
                "The last purchase lies %(silence)s times the usual interval back.", **figures
            ),
            "later_than_usual": self.env._(
                "Late: the last purchase lies %(silence)s times the usual interval back.",
                **figures,
            ),
            "no_earlier_period": self.env._(
                "%(purchases)s purchases in time; there is no earlier period to compare with.",
                **figures,
            ),
            "buys_less": self.env._(
                "Buys in time but less: %(trend)s of the period before.", **figures
            ),
            "buys_as_before": self.env._(
                "Buys in time and as before: %(trend)s of the period before.", **figures
            ),
            "buys_more": self.env._(
                "Buys in time and more: %(trend)s of the period before.", **figures
            ),
            NO_FACT: self.env._("No data: this customer has bought nothing yet."),
        }

    def _phase_sentences(self, values: dict[str, str]) -> dict[str, str]:
        figures = {name: values.get(name) for name in ("completeness", "days")}
        return {
            "data_missing": self.env._(
                "Only %(completeness)s of the key data is known. Fill in what is missing.",
                **figures,
            ),
            "value_missing": self.env._(
                "Nobody judged yet what the customer is worth. Decide keep, develop or exit."
            ),
            "strategy_missing": self.env._(
                "Known (%(completeness)s of the key data), but nobody decided yet to keep, "
                "develop or let it go.",
                **figures,
            ),
            "floor_not_measured": self.env._(
                "A strategy is decided. Whether the least level of service is kept was not "
                "measured yet."
            ),
            "floor_broken": self.env._(
                "A strategy is decided, but the least level of service was not kept."
            ),
            "never_asked": self.env._(
                "Well cared for. Nobody asked yet whether expectations are exceeded."
            ),
            "not_yet_exceeded": self.env._("Well cared for; expectations are not exceeded yet."),
            "exceeded": self.env._("Expectations are exceeded: ask for a recommendation."),
            "waits": self.env._(
                "What this phase asks for is done. The next phase begins %(days)s days after this "
                "one began, at the earliest.",
                **figures,
            ),
        }
