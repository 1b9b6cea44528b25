from __future__ import annotations

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.value import UNDEFINED
from odoo.addons.crm_strategy.models.figure_field import FigureField

from ..core import affinity

GROUPS = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class CrmLead(models.Model):
    """How well a lead fits us, and why, before the first contact (S000-9.3-05)."""

    _inherit = "crm.lead"

    crm_affinity = FigureField(
        string="Affinity",
        compute="_compute_crm_affinity",
        digits=(3, 0),
        groups=GROUPS,
        help="How well the lead fits us, 0 to 100: the weighted mean of what is known of it. "
        "Empty: nothing is known yet. The pass keeps the score with which it began.",
    )
    crm_affinity_reasons = fields.Text(
        string="Because",
        compute="_compute_crm_affinity",
        groups=GROUPS,
        help="What speaks for the lead and what against it, with its weight.",
    )

    @api.depends(
        "partner_id", "email_from", "phone", "contact_name", "crm_referrer_id", "probability"
    )
    def _compute_crm_affinity(self) -> None:
        found = self._crm_affinity_reasons()
        for lead in self:
            own = found[lead]
            value = affinity.score(own)
            lead.crm_affinity = False if value is UNDEFINED else float(value)
            lead.crm_affinity_reasons = "\n".join(map(self._crm_affinity_words, own)) or False

    def _crm_affinity_reasons(self) -> dict[CrmLead, tuple[affinity.Reason, ...]]:
        """The signs that are known of each lead; two queries for all of them."""
        # sudo: our decisions about segment and customer, whoever looks at the lead; leads
        # themselves are those that the reader sees.
        leads = self.sudo()
        keys = {
            lead: (
                (lead._crm_document_company() or self.env.company).id,
                lead.partner_id.commercial_partner_id.id,
            )
            for lead in leads
        }
        known = self._crm_affinity_customers({key for key in keys.values() if key[1]})
        found = {}
        for lead, reader in zip(leads, self, strict=True):
            segment, customer, roots = known.get(keys[lead], (None, None, []))
            # The pass of the lead itself is no earlier business.
            orders = sum(1 for root in roots if root != lead._origin.id)
            found[reader] = affinity.reasons(
                affinity.Lead(
                    segment=segment,
                    customer=customer,
                    orders=orders,
                    likeness=lead._crm_affinity_likeness(),
                    referred=bool(lead.crm_referrer_id),
                    reached=sum(
                        bool(value)
                        for value in (
                            lead.contact_name or lead.partner_id.name,
                            lead.email_from,
                            lead.phone,
                        )
                    ),
                )
            )
        return found

    def _crm_affinity_likeness(self) -> Decimal | None:
        """Odoo's predicted chance; None where it never learned from decided leads."""
        if not self.automated_probability or self.won_status != "pending":
            return None
        return Decimal(str(round(self.automated_probability, 2))) / 100

    @api.model
    def _crm_affinity_customers(self, keys: set[tuple[int, int]]) -> dict:
        """(segment's decision, customer's decision, leads of earlier orders) by customer."""
        if not keys:
            return {}
        companies, partners = (list(column) for column in zip(*sorted(keys), strict=True))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.company_id, customer.partner_id, segment.decision,
                       customer.decision,
                       ARRAY(SELECT COALESCE(relationship.lead_id, 0)
                               FROM crm_relationship AS relationship
                              WHERE relationship.customer_id = customer.id AND relationship.active
                                AND EXISTS (SELECT FROM crm_moment_event AS event
                                             WHERE event.relationship_id = relationship.id
                                               AND event.fact = 'order_confirmed'
                                               AND event.voided_at IS NULL))
                  FROM crm_customer AS customer
                  JOIN unnest(%s::int[], %s::int[]) AS pair(company_id, partner_id)
                 USING (company_id, partner_id)
             LEFT JOIN LATERAL (
                    SELECT decision.decision FROM crm_segment_decision AS decision
                     WHERE decision.segment_id = customer.segment_id
                  ORDER BY decision.date DESC, decision.id DESC LIMIT 1
                  ) AS segment ON TRUE
                """,
                companies,
                partners,
            )
        )
        return {(company, partner): tuple(rest) for company, partner, *rest in rows}

    @api.model
    def _crm_affinity_words(self, reason: affinity.Reason) -> str:
        """One line for one sign: what it is, its points, its weight."""
        words = {
            "segment": self.env._("What we decided about its segment"),
            "customer": self.env._("What we decided about the customer"),
            "bought": self.env._("It has ordered from us before"),
            "likeness": self.env._("It is like leads that were won (Odoo's prediction)"),
            "referred": self.env._("Somebody recommended us"),
            "reachable": self.env._("Name, e-mail and telephone are known"),
        }
        return self.env._(
            "%(points)s of 100: %(reason)s (weight %(weight)s)",
            points=round(reason.points * 100),
            reason=words[reason.code],
            weight=reason.weight,
        )
