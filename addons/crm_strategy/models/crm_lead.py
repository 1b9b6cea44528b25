from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.legal.mixin"]

    crm_segment_id = fields.Many2one(
        "crm.segment",
        string="Segment today",
        compute="_compute_crm_segment_id",
        search="_search_crm_segment_id",
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="The segment in which the lead's company serves this customer today.",
    )

    crm_team_manual = fields.Boolean(
        string="Team chosen by hand",
        copy=False,
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="Ticked when a person chose the team; then a change of the customer does not "
        "move the lead to the team of the customer's segment.",
    )

    crm_competitor_id = fields.Many2one(
        "crm.competitor",
        string="Competitor",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('company_id', 'in', allowed_company_ids)]",
        groups="crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance",
        help="Who else the customer asks. When the opportunity is decided, it counts as won "
        "against this competitor or lost to it.",
    )

    @api.constrains("crm_competitor_id", "company_id", "team_id", "user_id")
    def _check_crm_competitor_company(self) -> None:
        # Odoo checks constraints as superuser.
        for lead in self:
            company = lead._crm_document_company()
            if lead.crm_competitor_id and company - lead.crm_competitor_id.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(lead)s” is an opportunity of %(company)s, and %(competitor)s is a "
                        "competitor of another of your companies. Choose a competitor of "
                        "%(company)s, or leave it empty.",
                        lead=lead.name,
                        company=company.name,
                        competitor=lead.crm_competitor_id.name,
                    )
                )

    @api.depends("partner_id")
    def _compute_team_id(self) -> None:
        """Team by hand first, then the team of the customer's segment, then Odoo's default."""
        # Access: the segment's team serves the lead whoever saves it, also a salesman who sees
        # no segments.
        chosen = self.filtered(lambda lead: lead.sudo().crm_team_manual and lead.team_id)
        teams = (self - chosen).sudo()._crm_segment_teams()
        routed = self.browse()
        for lead in self - chosen:
            if lead in teams:
                lead.team_id = teams[lead].sudo(False)
                routed |= lead
        return super(CrmLead, self - chosen - routed)._compute_team_id()

    def _crm_segment_teams(self) -> dict[CrmLead, models.BaseModel]:
        """Lead -> active team of its customer's segment, for leads whose customer has one."""
        keys = {
            lead: (
                lead.partner_id.commercial_partner_id.id,
                (lead.company_id or lead.user_id.company_id or self.env.company).id,
            )
            for lead in self
            if lead.partner_id
        }
        if not keys:
            return {}
        customers = self.env["crm.customer"].search(
            [
                ("partner_id", "in", [partner_id for partner_id, _company in keys.values()]),
                ("segment_id.team_id", "!=", False),
            ]
        )
        teams = {(line.partner_id.id, line.company_id.id): line.team_id for line in customers}
        return {lead: teams[key] for lead, key in keys.items() if key in teams}

    # segment today
    @api.depends(
        "partner_id.commercial_partner_id.crm_customer_ids.segment_id",
        "company_id",
        "team_id",
        "user_id",
    )
    def _compute_crm_segment_id(self) -> None:
        self.env["crm.customer"].flush_model(["partner_id", "company_id", "segment_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        # Raw SQL: one query, also for leads that count for their team's or salesperson's company.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead.number, hub.segment_id
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[])
                       AS lead(number, partner_id, company_id, team_id, user_id)
                  %s
                 WHERE hub.company_id = ANY(%s)
                """,
                list(range(len(self))),
                *(
                    [lead[name]._origin.id or None for lead in self]
                    for name in ("partner_id", "company_id", "team_id", "user_id")
                ),
                self._crm_segment_join("lead", "hub"),
                self.env.companies.ids,
            )
        )
        segments = dict(rows)
        for number, lead in enumerate(self):
            lead.crm_segment_id = segments.get(number, False)

    @api.model
    def _crm_segment_join(self, lead: str, hub: str) -> SQL:
        """LEFT JOIN of the customer for whom a lead counts, as ``hub``."""
        return SQL(
            """
            LEFT JOIN res_partner AS %(partner)s ON %(partner)s.id = %(lead)s.partner_id
            LEFT JOIN crm_team AS %(team)s ON %(team)s.id = %(lead)s.team_id
            LEFT JOIN res_users AS %(user)s ON %(user)s.id = %(lead)s.user_id
            LEFT JOIN crm_customer AS %(hub)s
                   ON %(hub)s.partner_id = %(partner)s.commercial_partner_id
                  AND %(hub)s.company_id = COALESCE(
                      %(lead)s.company_id, %(team)s.company_id, %(user)s.company_id)
            """,
            lead=SQL.identifier(lead),
            hub=SQL.identifier(hub),
            partner=SQL.identifier(f"{hub}_partner"),
            team=SQL.identifier(f"{hub}_team"),
            user=SQL.identifier(f"{hub}_user"),
        )

    def _search_crm_segment_id(self, operator: str, value: object) -> Domain:
        if operator != "in":
            return NotImplemented
        ids = [segment_id for segment_id in value if segment_id]
        fits = SQL("hub.segment_id = ANY(%s)", ids)
        if len(ids) != len(list(value)):
            fits = SQL("(%s OR hub.segment_id IS NULL)", fits)
        self.env["crm.customer"].flush_model(["partner_id", "company_id", "segment_id"])
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT lead.id FROM crm_lead AS lead %s WHERE %s)",
                self._crm_segment_join("lead", "hub"),
                fits,
            ),
        )

    def _field_to_sql(self, alias: str, field_expr: str, query=None) -> SQL:
        """Let leads be grouped by the segment of today, which is not stored."""
        if field_expr != "crm_segment_id" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["crm_segment_id"], "read")
        hub = query.make_alias(alias, "crm_customer")
        query.add_join(
            "LEFT JOIN",
            hub,
            SQL(
                "(SELECT lead.id, hub.segment_id FROM crm_lead AS lead %s)",
                self._crm_segment_join("lead", "hub"),
            ),
            SQL("%s = %s", SQL.identifier(hub, "id"), SQL.identifier(alias, "id")),
        )
        return SQL.identifier(hub, "segment_id")

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmLead:
        """Create leads; whoever has an opportunity is a customer of its company."""
        leads = super().create(vals_list)
        leads._crm_ensure_customers()
        return leads

    def write(self, vals: dict) -> bool:
        """Write leads; whoever has an opportunity is a customer of its company."""
        if "team_id" in vals and not {"partner_id", "user_id", "crm_team_manual"} & set(vals):
            # Access: the mark follows from what the person writes; salesmen without our role
            # may not write it themselves.
            self.sudo().crm_team_manual = bool(vals["team_id"])
        result = super().write(vals)
        if {"partner_id", "type", "company_id", "team_id", "user_id"} & set(vals):
            self._crm_ensure_customers()
        return result

    def _merge_dependences(self, opportunities: models.BaseModel) -> None:
        """Let what hangs on the merged leads follow to the remaining one."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.merge.link"]._move(self._name, opportunities.ids, self.id)
        return result

    def _merge_get_fields(self) -> list[str]:
        """A merged lead keeps the competitor of the first one that names one."""
        return [*super()._merge_get_fields(), "crm_competitor_id"]

    def _crm_document_company(self) -> models.BaseModel:
        """Company for which the lead counts: its own, else its team's, else its salesperson's."""
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.user_id.company_id

    def _crm_legal_company(self) -> models.BaseModel:
        return self._crm_document_company() or self.env.company

    @api.model
    def _crm_company_domain(self, company: models.BaseModel) -> Domain:
        """The leads that count for a company: the same rule as ``_crm_document_company``."""
        own = Domain("company_id", "=", company.id)
        none = Domain("company_id", "=", False)
        team = Domain("team_id.company_id", "=", company.id)
        teamless = Domain("team_id", "=", False) | Domain("team_id.company_id", "=", False)
        return (
            own | (none & team) | (none & teamless & Domain("user_id.company_id", "=", company.id))
        )

    def _crm_ensure_customers(self) -> None:
        # Access: a salesman's opportunity makes the customer row that he may not create by hand.
        named = self.sudo().filtered(lambda lead: lead.partner_id and lead.type == "opportunity")
        self.env["crm.customer"]._ensure(
            (lead.partner_id.id, lead._crm_document_company().id) for lead in named
        )
