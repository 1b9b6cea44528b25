from __future__ import annotations

import logging
from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_batch_mixin import CONCURRENCY_ERRORS

from ..core.facts import FactRow

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"
CODES = ("lead_opened", "lead_qualified")
# What makes a lead's facts, and what its pass takes from it besides.
WATCHED = {"partner_id", "company_id", "team_id", "user_id", "type", "date_conversion"}
OWNING = {"partner_id", "company_id", "team_id", "user_id"}
# From here seconds are counted, so that they fit into a number of the database for long.
EPOCH = datetime(2020, 1, 1)
DECIDING = {"active", "stage_id", "probability"}

_logger = logging.getLogger(__name__)


class CrmLead(models.Model):
    """Leads of known customers are the root of their pass: opened, then qualified (M1, M2)."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.moment.source.mixin"]

    crm_relationship_ids = fields.One2many(
        "crm.relationship",
        "lead_id",
        string="Pass",
        groups=ROLES,
        help="The pass of the chain of moments that began with this opportunity.",
    )
    crm_moment_id = fields.Many2one(
        "crm.moment",
        string="Moment of truth",
        compute="_compute_crm_moment_id",
        groups=ROLES,
        help="The moment at which the pass of this opportunity stands.",
    )

    @api.depends("crm_relationship_ids.current_moment_id")
    def _compute_crm_moment_id(self) -> None:
        for lead in self:
            lead.crm_moment_id = lead.crm_relationship_ids[:1].current_moment_id

    # capture
    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmLead:
        """Create leads; those of a known customer begin a pass."""
        leads = super().create(vals_list)
        leads._moment_collect()
        return leads

    def write(self, vals: dict) -> bool:
        """Write leads; facts follow, and the pass follows who answers for it and how it ended."""
        before = {lead: lead.won_status for lead in self} if vals.keys() & DECIDING else {}
        stages = {lead: lead.stage_id for lead in self} if vals.get("stage_id") else {}
        result = super().write(vals)
        self._moment_witness_stages(stages)
        if vals.keys() & WATCHED:
            self._moment_collect()
        touched = self if vals.keys() & (OWNING | {"name"}) else self.browse()
        touched |= self.browse().concat(
            *(lead for lead, status in before.items() if lead.won_status != status)
        )
        roots = [(self._name, lead_id) for lead_id in touched.ids]
        if vals.keys() & OWNING:
            # Access: an order belongs to the pass of its opportunity whoever changes that one.
            orders = self.sudo().with_context(active_test=False).order_ids
            roots += [("sale.order", order_id) for order_id in orders.ids]
        if roots:
            self.env["crm.moment.event"]._touch(roots)
        self.env["crm.relationship.input"]._notice_fields(self, vals)
        return result

    def _moment_witness_stages(self, before: dict[CrmLead, models.BaseModel]) -> None:
        """Note leads that moved to another stage: the lead itself keeps the last one alone."""
        now = fields.Datetime.now()
        self.env["crm.moment.event"]._witness(
            FactRow(
                fact="stage_changed",
                res_id=lead.id,
                # A lead may come back to a stage: each second is one occurrence.
                occurrence=int((now - EPOCH).total_seconds()),
                company_id=company.id,
                partner_id=lead.partner_id.id,
                root_model=self._name,
                root_id=lead.id,
                fact_at=now,
                name=f"{lead.name}: {lead.stage_id.name}",
            )
            for lead, stage in before.items()
            if lead.stage_id != stage
            and lead.partner_id
            and (company := lead._crm_document_company())
        )

    def unlink(self) -> bool:
        """Delete leads; what they proved no longer counts, their orders stand alone."""
        # Access: the orders' passes change whoever deletes the opportunity; nothing is shown.
        orders = self.sudo().order_ids
        self.env["crm.moment.event"]._touch(("sale.order", order_id) for order_id in orders.ids)
        self._moment_collect_gone()
        return super().unlink()

    def _merge_dependences(self, opportunities: models.BaseModel) -> None:
        """What was witnessed of the merged leads belongs to the pass of the remaining one."""
        result = super()._merge_dependences(opportunities)
        gone = (opportunities - self).ids
        self.env["crm.moment.event"]._move_roots(self._name, dict.fromkeys(gone, self.id))
        return result

    def _merge_opportunity(self, *args: object, **kwargs: object) -> CrmLead:
        """What was written beside the merged passes goes to that of the remaining opportunity."""
        kept = super()._merge_opportunity(*args, **kwargs)
        # Access: whoever merges opportunities merges what was written beside their passes.
        passes = self.env["crm.relationship"].sudo()
        root = (self._name, kept.id)
        gone = [(self._name, lead_id) for lead_id in (self - kept).ids]
        left = passes._passes_of(gone)
        if not left:
            return kept
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                if not passes._passes_of([root]).active:
                    # The lane comes seconds later, when nobody knows any more who merged.
                    passes._derive_batches(sorted([root, *gone]))
                left._give_notes(passes._passes_of([root]))
        except CONCURRENCY_ERRORS:
            # Odoo does the whole again.
            raise
        except Exception:
            _logger.exception("What was written beside %s could not follow to %s.", gone, kept)
        return kept

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self.env["crm.moment.message"]._witness_message(
            message, self._crm_document_company(), self.partner_id, (self._name, self.id)
        )
        return result

    # facts
    @api.model
    def _moment_fact_codes(self) -> tuple[str, ...]:
        return CODES

    def _moment_facts(self) -> list[FactRow]:
        # The database says for which company a lead counts; there is one answer to that.
        self.flush_recordset()
        rows = self.env.execute_query(self._moment_plain_facts(self.ids))
        return [FactRow(*row) for row in rows]

    @api.model
    def _moment_plain_facts(self, ids: list[int]) -> SQL:
        return self._moment_leads_sql(SQL("lead.id = ANY(%s)", ids))

    @api.model
    def _moment_leads_sql(self, which: SQL) -> SQL:
        return SQL(
            """
            SELECT code.fact, lead.id AS res_id, 0 AS occurrence, lead.counts_id AS company_id,
                   partner.commercial_partner_id AS partner_id, 'crm.lead' AS root_model,
                   lead.id AS root_id,
                   DATE_TRUNC('second', CASE code.fact
                       WHEN 'lead_opened' THEN lead.create_date
                       ELSE COALESCE(lead.date_conversion, lead.create_date) END) AS fact_at,
                   NULL::numeric AS amount, NULL::int AS currency_id, lead.name
              FROM (%s) AS lead
              JOIN res_partner AS partner ON partner.id = lead.partner_id
              JOIN unnest(%s::varchar[]) AS code(fact)
                ON code.fact = 'lead_opened' OR lead.type = 'opportunity'
             WHERE %s
            """,
            self.env["crm.relationship"]._leads_sql(),
            list(CODES),
            which,
        )

    @api.model
    def _moment_history_domain(
        self, companies: models.BaseModel, partner_ids: list[int] | None = None
    ) -> Domain:
        domain = Domain("partner_id", "!=", False) & Domain.OR(
            self._crm_company_domain(company) for company in companies
        )
        if partner_ids is not None:
            domain &= Domain("partner_id.commercial_partner_id", "in", partner_ids)
        return domain

    @api.model
    def _moment_check_sql(self, company: models.BaseModel, partners: range) -> SQL:
        return SQL(
            "SELECT fact, res_id, partner_id, fact_at, amount FROM (%s) AS found",
            self._moment_leads_sql(
                SQL(
                    "lead.counts_id = %s AND %s",
                    company.id,
                    self.env["crm.moment.event"]._in_range(
                        SQL("partner.commercial_partner_id"), partners
                    ),
                )
            ),
        )

    # actions
    def action_open_crm_relationship(self) -> dict:
        """Open the pass that began with this opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_moments_of_truth.crm_relationship_action"
        )
        relationship = self.crm_relationship_ids[:1]
        if relationship:
            return {**action, "views": [(False, "form")], "res_id": relationship.id}
        return {**action, "domain": [("lead_id", "=", self.id)], "context": {}}
