from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import loyalty
from ..core.loyalty import CareFacts, LoyaltyFacts, PhaseFacts, ValueFacts, Verdict
from ..core.value import UNDEFINED, Undefined

TYPE, LOYALTY, PHASE = "type", "loyalty", "phase"
KINDS = (TYPE, LOYALTY, PHASE)
# Why there is no class: nobody here knows the facts, or this customer has none.
NO_SOURCE, NO_FACT = "no_source", "no_fact"
STEP = 2000
# Stands where an amount is not for the reader.
HIDDEN = "•••"


class CrmCustomerClassification(models.AbstractModel):
    """How customers are sorted into types, loyalty classes and phases, many at once.

    The rules are pure (``core/loyalty.py``), the facts come from the hooks of ``crm.facts``. What
    is stored is the class, and with it the reason code and the figures, from which the sentence is
    made in the reader's language.
    """

    _name = "crm.customer.classification"
    _description = "Classification of Customers"
    _inherit = ["crm.batch.mixin"]

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

    _unclassified_idx = models.Index("(company_id, classified_on)")

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # Sorting
    # ------------------------------------------------------------------

    @api.model
    @api.private
    def _classify(self, company: models.BaseModel, partner_ids: Sequence[int] | None = None) -> int:
        """Sort the customers of a company anew; returns how many changed a class.

        Facts come in three questions for all of them, classes go in one UPDATE, and each change
        leaves a dated line. Called again on the same day it changes nothing. Without partners:
        all customers of the company, in steps.
        """
        if partner_ids is not None:
            scope = SQL("customer.partner_id = ANY(%s)", list(partner_ids))
            return len(self._classify_rows(company, self._class_rows(company, scope)))
        changed, last = 0, 0
        while rows := self._class_rows(company, SQL("customer.id > %s", last), STEP):
            last = rows[-1]["id"]
            changed += len(self._classify_rows(company, rows))
        return changed

    @api.model
    def _class_rows(
        self, company: models.BaseModel, scope: SQL, limit: int | None = None
    ) -> list[dict]:
        """What is stored of the customers: codes of their classes, reasons, decision, phase."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT customer.id, customer.partner_id, customer.decision,
                       customer.phase_since, customer.classified_on, customer.class_facts,
                       type.code AS type, class.code AS loyalty, phase.code AS phase
                  FROM crm_customer AS customer
             LEFT JOIN crm_customer_type AS type ON type.id = customer.type_id
             LEFT JOIN crm_loyalty_class AS class ON class.id = customer.loyalty_class_id
             LEFT JOIN crm_loyalty_phase AS phase ON phase.id = customer.phase_id
                 WHERE customer.company_id = %s AND %s
              ORDER BY customer.id
                 %s
                """,
                company.id,
                scope,
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )

    @api.model
    def _class_verdicts(
        self, company: models.BaseModel, rows: list[dict], day: date
    ) -> dict[int, dict[str, Verdict | Undefined | None]]:
        """What each customer is by its facts of the day; None where no addon knows the facts."""
        ids = [row["id"] for row in rows]
        Facts = self.env["crm.facts"]
        values = Facts._value_facts(company, ids, day)
        buys = Facts._loyalty_facts(company, ids, day)
        cares = Facts._care_facts(company, ids, day)
        complete = self._completeness_rates(ids)
        rule = self.env["crm.class.rule"]._of(company)
        bounds, band = rule._type_bounds(), Decimal(str(rule.band_rate))
        loyalty_rule, phase_rule = rule._loyalty_rule(), rule._phase_rule()
        found = {}
        for row in rows:
            before = row["class_facts"] or {}
            verdicts: dict[str, Verdict | Undefined | None] = {TYPE: None, LOYALTY: None}
            if values is not UNDEFINED:
                fact = values.get(row["id"], ValueFacts(UNDEFINED, UNDEFINED))
                verdicts[TYPE] = loyalty.customer_type(
                    fact.margin, fact.tenure, bounds, row["type"], band
                )
            if buys is not UNDEFINED:
                fact = buys.get(row["id"], LoyaltyFacts(UNDEFINED, UNDEFINED, UNDEFINED))
                verdicts[LOYALTY] = loyalty.loyalty_class(
                    fact, loyalty_rule, (before.get(LOYALTY) or {}).get("reason")
                )
            care = CareFacts(UNDEFINED, UNDEFINED)
            if cares is not UNDEFINED:
                care = cares.get(row["id"], care)
            is_valued: bool | Undefined = UNDEFINED
            if verdicts[TYPE] is not None:
                is_valued = bool(verdicts[TYPE]) or bool(row["decision"])
            verdicts[PHASE] = loyalty.loyalty_phase(
                PhaseFacts(
                    complete.get(row["id"], UNDEFINED),
                    is_valued,
                    bool(row["decision"]),
                    care.floor_kept,
                    care.exceeded,
                ),
                phase_rule,
                row["phase"],
                (day - row["phase_since"]).days if row["phase_since"] else 0,
            )
            found[row["id"]] = verdicts
        return found

    @api.model
    def _class_outcome(self, verdict: Verdict | Undefined | None) -> tuple[str | None, dict]:
        """(code of the class, what is kept of the reason); no class for want of facts."""
        if verdict is None:
            return None, {"reason": NO_SOURCE}
        if verdict is UNDEFINED:
            return None, {"reason": NO_FACT}
        figures = {name: str(value) for name, value in verdict.figures}
        return verdict.name, {"reason": verdict.reason, "figures": figures}

    @api.model
    def _classify_rows(self, company: models.BaseModel, rows: list[dict]) -> list[int]:
        """Store the classes of these rows; returns the customers that changed one."""
        if not rows:
            return []
        Change = self.env["crm.customer.class.change"]
        day = self.env["crm.segment.membership"]._today(company)
        codes = {
            TYPE: self.env["crm.customer.type"]._by_code(),
            LOYALTY: self.env["crm.loyalty.class"]._by_code(),
            PHASE: self.env["crm.loyalty.phase"]._by_code(),
        }
        verdicts = self._class_verdicts(company, rows, day)
        updates, changes = [], []
        for row in rows:
            facts, now = {}, {}
            for kind in KINDS:
                code, facts[kind] = self._class_outcome(verdicts[row["id"]][kind])
                now[kind] = code if code in codes[kind] else None
                if now[kind] != row[kind]:
                    changes.append((row["id"], row["partner_id"], kind, row[kind], now[kind]))
            is_moved = any(now[kind] != row[kind] for kind in KINDS)
            since = day if now[PHASE] and now[PHASE] != row[PHASE] else row["phase_since"]
            if is_moved or facts != row["class_facts"] or row["classified_on"] != day:
                ids = [codes[kind].get(now[kind]) for kind in KINDS]
                updates.append((row["id"], *ids, since, Json(facts)))
        self._write_classes(updates, day)
        Change._log(company, day, changes)
        return sorted({change[0] for change in changes})

    @api.model
    def _write_classes(self, updates: list[tuple], day: date) -> None:
        if not updates:
            return
        # Raw SQL: one statement for all customers of a step; the machine's fields are closed to
        # everybody else.
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer AS customer
                   SET type_id = new.type_id, loyalty_class_id = new.loyalty_class_id,
                       phase_id = new.phase_id, phase_since = new.phase_since,
                       class_facts = new.facts, classified_on = %(day)s
                  FROM (VALUES %(values)s)
                    AS new (id, type_id, loyalty_class_id, phase_id, phase_since, facts)
                 WHERE customer.id = new.id
                """,
                day=day,
                values=SQL(", ").join(
                    SQL("(%s, %s::int, %s::int, %s::int, %s::date, %s::jsonb)", *update)
                    for update in updates
                ),
            )
        )
        self.env["crm.customer"].invalidate_model(
            [
                "type_id",
                "loyalty_class_id",
                "phase_id",
                "phase_since",
                "class_facts",
                "classified_on",
                "class_change_ids",
            ],
            flush=False,
        )
        for name in ("crm.customer.type", "crm.loyalty.class", "crm.loyalty.phase"):
            self.env[name].invalidate_model(["customer_count"], flush=False)

    # ------------------------------------------------------------------
    # Every night
    # ------------------------------------------------------------------

    @api.model
    def _cron_classify(self) -> None:
        """Nightly: sort all customers anew, since silence grows and phases ripen by themselves."""
        self._run_lane(self._classify_step, self._classify_left)

    @api.model
    def _classify_left(self) -> int:
        return sum(
            self.env["crm.customer"].search_count(self._unclassified(company), limit=1)
            for company in self.env["res.company"].search(Domain.TRUE)
        )

    @api.model
    def _unclassified(self, company: models.BaseModel) -> list:
        today = self.env["crm.segment.membership"]._today(company)
        return [
            ("company_id", "=", company.id),
            "|",
            ("classified_on", "=", False),
            ("classified_on", "<", today),
        ]

    @api.model
    def _classify_step(self) -> int:
        """Sort the next customers of whichever company has some left; how many they were."""
        for company in self.env["res.company"].search(Domain.TRUE):
            today = self.env["crm.segment.membership"]._today(company)
            scope = SQL("(customer.classified_on IS NULL OR customer.classified_on < %s)", today)
            if rows := self._class_rows(company, scope, STEP):
                self._classify_rows(company, rows)
                return len(rows)
        return 0

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_classify(self) -> dict:
        """Sort the chosen customers now."""
        self.check_access("write")
        changed = sum(
            # Access: whoever may write the customers asks for what the night does anyway.
            customers.sudo()._classify(company, customers.partner_id.ids)
            for company, customers in self.grouped("company_id").items()
        )
        return self._classify_notification(changed)

    @api.model
    def _classify_notification(self, changed: int) -> dict:
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Customers sorted"),
                "message": self.env._("%(count)s customers changed a class.", count=changed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
