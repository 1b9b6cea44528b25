from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.erase import COVER

DECISIONS = [("keep", "Keep"), ("develop", "Develop"), ("exit", "Exit")]


class CrmCustomerDecision(models.AbstractModel):
    """Keep, develop or let go: not every customer is worth every effort (S003-K3)."""

    _name = "crm.customer.decision"
    _description = "Decision about a Customer"

    decision = fields.Selection(
        DECISIONS,
        index=True,
        help="Keep: hold the relation as it is. Develop: invest in more business. Exit: serve by "
        "the least level for all and put no further effort in. Empty: nobody decided yet.",
    )
    decision_reason = fields.Text(
        string="Because", help="Why this is decided; whoever comes later reads it."
    )
    decision_date = fields.Date(
        string="Decided on", readonly=True, help="Filled in when the decision is taken."
    )
    decision_user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        ondelete="set null",
        help="Who took the decision.",
    )
    decision_by = fields.Char(
        string="Name of the decider",
        readonly=True,
        help="Stays readable when the user is removed.",
    )

    # A removed user leaves the name behind, so that somebody always answers for a decision.
    _decision_check = models.Constraint(
        "CHECK (decision IS NULL OR (TRIM(COALESCE(decision_reason, '')) <> '' "
        "AND decision_date IS NOT NULL AND decision_by IS NOT NULL))",
        "A decision to keep, develop or exit needs a reason. Write down why.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create customers; a decision is signed with day and person."""
        customers = super().create([self._signed(vals) for vals in vals_list])
        customers.filtered("decision")._decision_taken({})
        return customers

    def write(self, vals: dict) -> bool:
        """Write customers; a decision that changes is signed anew and enters the history."""
        if not {"decision", "decision_reason"} & set(vals):
            return super().write(vals)
        if "decision" in vals and not vals["decision"]:
            vals = {**vals, "decision_reason": False}
        before = {customer.id: customer.decision or None for customer in self}
        for customer in self:
            decision = vals.get("decision", customer.decision)
            reason = vals.get("decision_reason", customer.decision_reason)
            if decision and not (reason or "").strip():
                raise UserError(
                    self.env._(
                        "Say why you decide this about “%(name)s”: fill in “Because”.",
                        name=customer.display_name,
                    )
                )
        result = super().write(vals)
        # Access: the signature follows from what the person just wrote; nobody types it.
        super(CrmCustomerDecision, self.sudo()).write(self._signature(vals.get("decision", True)))
        self._decision_taken(before)
        return result

    @api.model
    def _signed(self, vals: dict) -> dict:
        """The values of a new customer, signed when they decide something."""
        if vals.get("decision") and not (vals.get("decision_reason") or "").strip():
            raise UserError(
                self.env._("Say why you decide this about a customer: fill in “Because”.")
            )
        return {**vals, **self._signature(True)} if vals.get("decision") else vals

    @api.model
    def _signature(self, decision: str | bool) -> dict:
        if not decision:
            return {"decision_date": False, "decision_user_id": False, "decision_by": False}
        return {
            "decision_date": fields.Date.context_today(self),
            "decision_user_id": self.env.uid,
            "decision_by": self.env.user.name,
        }

    def _decision_taken(self, before: dict[int, str | None]) -> None:
        """Write the history of what changed and let the phases follow."""
        self.flush_recordset()
        Membership = self.env["crm.segment.membership"]
        # Access: the history is written by the suite alone, and phases follow the decision.
        engine = self.sudo()
        History = engine.env["crm.customer.class.change"]
        for company, customers in engine.grouped("company_id").items():
            changes = [
                (
                    customer.id,
                    customer.partner_id.id,
                    "decision",
                    before.get(customer.id),
                    customer.decision or None,
                )
                for customer in customers
                if before.get(customer.id) != (customer.decision or None)
            ]
            if changes:
                day = Membership._today(company)
                History._log(company, day, changes)
                engine._classify(company, [change[1] for change in changes])

    # privacy
    @api.model
    def _privacy_blank(self, name: str) -> str | SQL | None:
        if name == "decision_reason":
            # A decision without any reason cannot be kept; without the decision there is none.
            return SQL("CASE WHEN decision IS NULL THEN NULL ELSE %s END", COVER)
        return super()._privacy_blank(name)

    # merge
    @api.model
    def _merge_collisions(  # pylint: disable=missing-return
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Give remaining customers without a decision that of the others, the latest first."""
        if customers:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_customer AS kept
                       SET decision = other.decision, decision_reason = other.decision_reason,
                           decision_date = other.decision_date, decision_by = other.decision_by,
                           decision_user_id = other.decision_user_id
                      FROM (
                        SELECT DISTINCT ON (pair.kept) pair.kept, gone.*
                          FROM %s
                          JOIN crm_customer AS gone ON gone.id = pair.gone
                         WHERE gone.decision IS NOT NULL
                      ORDER BY pair.kept, gone.decision_date DESC, gone.id
                      ) AS other
                     WHERE kept.id = other.kept AND kept.decision IS NULL
                    """,
                    self._merge_pairs_sql(customers),
                )
            )
        super()._merge_collisions(source_ids, destination_id, customers)
