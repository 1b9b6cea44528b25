from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """The hub: one row per customer (commercial partner) and company (S000-9.8-03)."""

    _name = "crm.customer"
    _description = "Customer"
    _inherit = [
        "crm.kept.mixin",
        "crm.customer.hub",
        "crm.customer.classification",
        "crm.customer.decision",
        "crm.customer.closeness",
        "crm.customer.agenda",
        "crm.customer.merge",
        "crm.customer.need",
    ]
    _order = "partner_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _partner_merge = "rekey"
    _kept_fields = (
        "partner_id",
        "company_id",
        "type_id",
        "loyalty_class_id",
        "phase_id",
        "phase_since",
        "classified_on",
        "class_facts",
        "decision_date",
        "decision_user_id",
        "decision_by",
    )
    _made_fields = _kept_fields[2:]
    _privacy_purpose = "profiling"
    # Figures by segment need the row; the words of the decision go.
    _privacy_expiry = "clear"
    _privacy_texts = ("decision_reason", "decision_by")
    _privacy_personal = ("decision_reason",)

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
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company whose customer this is. Each company places its customers itself.",
    )
    name = fields.Char(related="partner_id.complete_name", string="Name")
    # placement
    segment_id = fields.Many2one(
        "crm.segment",
        index=True,
        # A used segment refuses to be deleted; only its company takes it along.
        ondelete="set null",
        check_company=True,
        help="The one segment that serves this customer today. Empty means unassigned.",
    )
    is_single_segment = fields.Boolean(
        string="Segment of its own",
        compute="_compute_is_single_segment",
        help="Ticked for a key account that is served as a segment of one.",
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
    state_id = fields.Many2one(related="partner_id.state_id", string="County")
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

    @api.depends("segment_id.single_partner_id")
    def _compute_is_single_segment(self) -> None:
        for customer in self:
            customer.is_single_segment = bool(customer.segment_id.single_partner_id)

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

    def action_open_consents(self) -> dict:
        """Open what the people of the customer answered when asked for consent."""
        self.ensure_one()
        action = self.partner_id.action_crm_open_consents()
        own = [*action["domain"], ("company_id", "=", self.company_id.id)]
        return {**action, "domain": own}

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
        return Segment._assign_notification(Segment._assign(self.company_id, self))

    def action_open_single_segment(self) -> dict:
        """Make the customer a segment of its own, and open that segment."""
        self.ensure_one()
        return self.env["crm.segment"]._open_single(self).get_formview_action()

    def action_dissolve_single_segment(self) -> dict:
        """Give up the customer's own segment; the other rules decide again."""
        self.ensure_one()
        return self.segment_id.action_dissolve()
