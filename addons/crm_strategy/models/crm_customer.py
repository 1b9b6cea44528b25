from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """The hub: one row per customer (commercial partner) and company (S000-9.8-03)."""

    _name = "crm.customer"
    _description = "Customer"
    _inherit = "crm.partner.keyed.mixin"
    _order = "partner_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _partner_merge = "rekey"

    # identity
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="The company or person who buys, with all its contacts and addresses.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Our company whose customer this is. Each company places its customers itself.",
    )
    name = fields.Char(related="partner_id.complete_name", string="Name")
    # placement
    segment_id = fields.Many2one(
        "crm.segment",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The one segment that serves this customer today. Empty means unassigned.",
    )
    is_segment_manual = fields.Boolean(
        string="Placed by hand",
        help="Ticked: the segment was chosen by a person and no rule changes it. "
        "Untick to let the segment rules decide at the next assignment.",
    )
    team_id = fields.Many2one(
        related="segment_id.team_id",
        string="Segment team",
        help="The team of the customer's segment.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who answers for the whole relationship.",
    )
    membership_ids = fields.One2many(
        "crm.segment.membership", "customer_id", string="Segment history"
    )
    # facts of the partner, for rules and lists
    country_id = fields.Many2one(related="partner_id.country_id", string="Country")
    country_group_ids = fields.Many2many(
        related="partner_id.country_id.country_group_ids", string="Country groups"
    )
    state_id = fields.Many2one(related="partner_id.state_id", string="State")
    city = fields.Char(related="partner_id.city")
    category_id = fields.Many2many(related="partner_id.category_id", string="Tags")
    is_company = fields.Boolean(related="partner_id.is_company", string="Is a company")

    opportunity_count = fields.Integer(
        related="partner_id.opportunity_count",
        string="Number of opportunities",
        groups="sales_team.group_sale_salesman",
    )
    change_count = fields.Integer(
        string="Figures to renew",
        compute="_compute_change_count",
        groups="crm_strategy.crm_strategy_group_manager",
        help="Figures of this customer that are older than its documents. They are renewed "
        "within minutes; what failed five times waits for a person.",
    )

    _partner_company_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "This customer already exists in the company. Open the existing customer instead.",
    )
    _segment_company_idx = models.Index("(company_id, segment_id)")

    def _compute_change_count(self) -> None:
        counts = {
            (partner.id, company.id): count
            for partner, company, count in self.env["crm.change"]._read_group(
                [("partner_id", "in", self.partner_id.ids)],
                ["partner_id", "company_id"],
                ["__count"],
            )
        }
        for customer in self:
            key = (customer.partner_id.id, customer.company_id.id)
            customer.change_count = counts.get(key, 0)

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmCustomer:
        """Create customers; a segment given by a person counts as placed by hand."""
        prepared = []
        for vals in vals_list:
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            prepared.append(
                {
                    "is_segment_manual": bool(vals.get("segment_id")),
                    **vals,
                    # A contact counts for the company it belongs to, everywhere.
                    "partner_id": partner.commercial_partner_id.id,
                }
            )
        customers = super().create(prepared)
        customers.filtered("segment_id")._write_membership()
        return customers

    def write(self, vals: dict) -> bool:
        """Write customers; a segment chosen by a person stays and enters the history."""
        if "segment_id" in vals:
            vals = {"is_segment_manual": bool(vals["segment_id"]), **vals}
        result = super().write(vals)
        if "segment_id" in vals:
            self._write_membership()
        return result

    def action_open_opportunities(self) -> dict:
        """Open the opportunities of the customer and its contacts."""
        self.ensure_one()
        return self.partner_id.action_view_opportunity()

    def action_open_changes(self) -> dict:
        """Open the figures of this customer that wait to be renewed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_change_action")
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return {**action, "domain": domain, "context": {}}

    # hub rows
    @api.model
    @api.private
    def _ensure(self, pairs: Iterable[tuple[int, int]]) -> CrmCustomer:
        """Make sure that each (partner id, company id) has its customer.

        Contacts count for their commercial partner. Set-based and safe to call again.
        Returns the customers that are new.
        """
        pairs = {(partner, company) for partner, company in pairs if partner and company}
        if not pairs:
            return self.browse()
        partners, companies = zip(*pairs, strict=True)
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return self._insert_from(
            SQL(
                """
                SELECT partner.commercial_partner_id AS partner_id, pair.company_id
                  FROM unnest(%s::int[], %s::int[]) AS pair(partner_id, company_id)
                  JOIN res_partner AS partner ON partner.id = pair.partner_id
                """,
                list(partners),
                list(companies),
            )
        )

    @api.model
    @api.private
    def _ensure_from_documents(self, companies: models.BaseModel | None = None) -> CrmCustomer:
        """Create the customers that documents of the companies name and that do not exist yet.

        Without companies: all. Returns the customers that are new.
        """
        self.env.flush_all()
        source = SQL(" UNION ").join(self._customer_document_queries())
        if companies is not None:
            source = SQL(
                "SELECT * FROM (%s) AS document WHERE company_id = ANY(%s)",
                source,
                companies.ids,
            )
        return self._insert_from(source)

    @api.model
    def _customer_document_queries(self) -> list[SQL]:
        """SELECTs of (partner_id, company_id) that make somebody a customer; extend per addon.

        partner_id is the commercial partner. Here: opportunities, and partners that carry the
        customer mark and a company (others get their row when they are marked).
        """
        opportunities = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   COALESCE(lead.company_id, team.company_id, users.company_id) AS company_id
              FROM crm_lead AS lead
              JOIN res_partner AS partner ON partner.id = lead.partner_id
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS users ON users.id = lead.user_id
             WHERE lead.type = 'opportunity'
            """
        )
        marked = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, partner.company_id
              FROM res_partner AS partner
             WHERE partner.crm_is_customer
            """
        )
        return [opportunities, marked]

    @api.model
    def _insert_from(self, source: SQL) -> CrmCustomer:
        """Insert customers from a SELECT of (partner_id, company_id); returns the new ones."""
        # Raw SQL: one statement for a whole load, and two people who save documents of one
        # customer at the same time must not fail on the unique key.
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_customer
                       (partner_id, company_id, user_id, is_segment_manual,
                        create_uid, write_uid, create_date, write_date)
                SELECT DISTINCT source.partner_id, source.company_id, member.id, FALSE,
                       %(uid)s::int, %(uid)s::int, %(now)s::timestamp, %(now)s::timestamp
                  FROM (%(source)s) AS source
                  JOIN res_partner AS partner ON partner.id = source.partner_id
             LEFT JOIN res_users AS member ON member.id = partner.user_id
                 WHERE source.partner_id IS NOT NULL
                   AND source.company_id IS NOT NULL
           ON CONFLICT (partner_id, company_id) DO NOTHING
             RETURNING id, partner_id
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                source=source,
            )
        )
        self.env["res.partner"].browse({partner for _, partner in rows}).invalidate_recordset(
            ["crm_customer_ids", "crm_segment_id"], flush=False
        )
        return self.browse(row[0] for row in rows)

    # segment
    def _write_membership(self) -> None:
        """Let the history follow the segments that were just written by hand."""
        self.flush_recordset(["segment_id", "company_id", "partner_id"])
        Membership = self.env["crm.segment.membership"]
        for company, customers in self.grouped("company_id").items():
            Membership._follow(
                company,
                SQL(
                    """
                    SELECT id AS customer_id, partner_id, segment_id
                      FROM crm_customer
                     WHERE id = ANY(%s)
                    """,
                    customers.ids,
                ),
            )

    def action_release_segment(self) -> dict:
        """Hand the customers back to the segment rules and assign them now."""
        self.write({"is_segment_manual": False})
        Segment = self.env["crm.segment"]
        return Segment._assign_notification(Segment._assign(self.company_id))

    # merge
    @api.model
    @api.private
    def _merge_hub(self, source_ids: list[int], destination_id: int) -> None:
        """Merge the customers of the source partners into those of the destination.

        Every keyed model follows; then the customers that are left over go, and every consumer
        renews the figures of the remaining ones.
        """
        source_ids = [partner_id for partner_id in source_ids if partner_id != destination_id]
        if not source_ids:
            return
        customers, companies = self._merge_plan(source_ids, destination_id)
        keyed = self._merge_models()
        for model in keyed:
            if model._name != self._name:
                model._merge_partners(source_ids, destination_id, customers)
        self._merge_partners(source_ids, destination_id, customers)
        self._merge_follow(list(set(customers.values())))
        for model in keyed:
            if model._partner_merge == "recompute":
                model._merge_recomputed(destination_id)
        self._collect_everything(companies, [destination_id])

    @api.model
    def _collect_everything(self, company_ids: Iterable[int], partner_ids: Iterable[int]) -> None:
        """Ask every consumer to renew all figures of the partners in the companies."""
        Change = self.env["crm.change"]
        pairs = [(company, partner) for company in company_ids for partner in partner_ids]
        for consumer in Change._consumers():
            Change._collect(consumer, [(*pair, date.min) for pair in pairs])

    @api.model
    def _merge_plan(self, source_ids: list[int], destination_id: int):
        """Customer ids that disappear -> the one that remains; and the companies concerned.

        In each company the destination's own customer remains, else the oldest source's.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, company_id
                  FROM crm_customer
                 WHERE partner_id = ANY(%s)
              ORDER BY partner_id != %s, id
                """,
                [*source_ids, destination_id],
                destination_id,
            )
        )
        kept: dict[int, int] = {}
        gone: dict[int, int] = {}
        for customer_id, company_id in rows:
            if company_id in kept:
                gone[customer_id] = kept[company_id]
            else:
                kept[company_id] = customer_id
        return gone, list(kept)

    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Give the remaining customers what only the others had, then remove the others."""
        if not customers:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer AS kept
                   SET segment_id = COALESCE(kept.segment_id, today.segment_id),
                       is_segment_manual = CASE WHEN kept.segment_id IS NULL
                           THEN today.is_segment_manual ELSE kept.is_segment_manual END,
                       user_id = COALESCE(kept.user_id, today.user_id)
                  FROM (
                    SELECT DISTINCT ON (pair.kept) pair.kept, gone.user_id,
                           gone.is_segment_manual, gone.segment_id
                      FROM %s
                      JOIN crm_customer AS gone ON gone.id = pair.gone
                  ORDER BY pair.kept, gone.segment_id IS NULL, gone.id
                  ) AS today
                 WHERE kept.id = today.kept
                """,
                self._merge_pairs_sql(customers),
            )
        )
        self.env.cr.execute(SQL("DELETE FROM crm_customer WHERE id = ANY(%s)", list(customers)))

    @api.model
    def _merge_follow(self, customer_ids: list[int]) -> None:
        """Let the history follow the segments that the remaining customers took over."""
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id, array_agg(id) FROM crm_customer "
                "WHERE id = ANY(%s) GROUP BY company_id",
                customer_ids,
            )
        )
        for company_id, ids in rows:
            self.env["crm.segment.membership"]._follow(
                self.env["res.company"].browse(company_id),
                SQL(
                    "SELECT id AS customer_id, partner_id, segment_id "
                    "FROM crm_customer WHERE id = ANY(%s)",
                    ids,
                ),
            )
