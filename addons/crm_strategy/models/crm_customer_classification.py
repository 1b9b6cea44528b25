from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from psycopg2.extras import Json

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import loyalty
from ..core.loyalty import CareFacts, LoyaltyFacts, PhaseFacts, ValueFacts, Verdict
from ..core.value import UNDEFINED, Undefined
from .crm_customer_classes import KINDS, LOYALTY, NO_FACT, NO_SOURCE, PHASE, TYPE

STEP = 2000


class CrmCustomerClassification(models.AbstractModel):
    """How customers are sorted into types, loyalty classes and phases, many at once.

    The rules are pure (``core/loyalty.py``), the facts come from the hooks of ``crm.facts``.
    """

    _name = "crm.customer.classification"
    _description = "Classification of Customers"
    _inherit = ["crm.batch.mixin", "crm.customer.classes"]

    _unclassified_idx = models.Index("(company_id, classified_on)")

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
