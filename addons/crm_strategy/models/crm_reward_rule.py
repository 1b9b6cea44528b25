from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL


class CrmRewardRule(models.Model):
    """When keeping customers deserves a thank-you; proposes it from records (S002-2.1-a)."""

    _name = "crm.reward.rule"
    _description = "Reward Rule"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="For what somebody is thanked, as it will be written."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Untick to propose nothing any more.")
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: for all companies."
    )
    months = fields.Integer(
        string="Stayed for (months)",
        required=True,
        default=12,
        help="A customer stayed when it had a document before this time and has one since.",
    )
    share = fields.Float(
        string="At least",
        required=True,
        default=0.9,
        aggregator=None,
        help="Share of the person's customers who stayed.",
    )
    minimum = fields.Integer(
        string="Of at least (customers)",
        required=True,
        default=5,
        help="With fewer customers than this nothing is proposed: it would be chance.",
    )
    recognition_ids = fields.One2many("crm.recognition", "rule_id", string="Proposals")
    recognition_count = fields.Integer(
        string="Number of proposals", compute="_compute_recognition_count"
    )

    _limits_check = models.Constraint(
        "CHECK (months > 0 AND share > 0 AND share <= 1 AND minimum > 0)",
        "Months and customers are at least 1, the share lies between 0 and 100 %.",
    )

    @api.depends("recognition_ids")
    def _compute_recognition_count(self) -> None:
        counts = dict(
            self.env["crm.recognition"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.recognition_count = counts.get(rule, 0)

    def _kept_by_owner(self, company: models.BaseModel) -> list[tuple[int, int, int]]:
        """(owner, customers who stayed, customers before) of the company.

        A document is what keeps a relation alive: opportunities here, orders and invoices from
        the addons that know them (``crm.retention.rule._last_document_queries``).
        """
        self.ensure_one()
        today = self.env["crm.segment.membership"]._today(company)
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT user_id, COUNT(*) FILTER (WHERE stayed), COUNT(*)
                  FROM (
                    SELECT customer.user_id,
                           bool_or(document.day < %(since)s) AS was_there,
                           bool_or(document.day >= %(since)s) AS stayed
                      FROM crm_customer AS customer
                      JOIN res_users AS owner ON owner.id = customer.user_id AND owner.active
                      JOIN (%(documents)s) AS document
                        ON document.partner_id = customer.partner_id
                       AND document.company_id = customer.company_id
                     WHERE customer.company_id = %(company)s
                  GROUP BY customer.id, customer.user_id
                  ) AS relation
                 WHERE was_there
              GROUP BY user_id
                """,
                since=today - relativedelta(months=self.months),
                documents=SQL(" UNION ALL ").join(
                    self.env["crm.retention.rule"]._last_document_queries()
                ),
                company=company.id,
            )
        )

    def action_propose(self) -> dict:
        """Propose whom to thank, in the companies switched on; twice proposes nothing new."""
        self.check_access("write")
        made = self.env["crm.recognition"]
        for rule in self:
            for company in rule.company_id or self.env.companies:
                made |= rule._propose(company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if made else "info",
                "message": self.env._("%(count)s colleagues proposed.", count=len(made))
                if made
                else self.env._("Nobody new reaches the limits of the rule."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _propose(self, company: models.BaseModel) -> models.BaseModel:
        # Access: who stayed is counted over the whole company; the manager reads the proposals.
        Recognition = self.env["crm.recognition"].sudo()
        period = Recognition._default_period(company)
        known = Recognition.search([("rule_id", "=", self.id), ("period_key", "=", period)]).user_id
        return Recognition.create(
            [
                {
                    "user_id": owner_id,
                    "reason": self.name,
                    "kind": "retention",
                    "is_kept": True,
                    "company_id": company.id,
                    "state": "proposed",
                    "given_by": False,
                    "rule_id": self.id,
                    "period_key": period,
                    "kept_count": stayed,
                    "due_count": count,
                }
                for owner_id, stayed, count in self._kept_by_owner(company)
                if count >= self.minimum
                and stayed >= self.share * count
                and owner_id not in known.ids
            ]
        ).sudo(False)

    def action_open_recognitions(self) -> dict:
        """Open what the rule proposed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_recognition_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}
