from __future__ import annotations

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class SegmentRuleError(UserError):
    """The rule of a segment cannot be read or does not fit the customers."""


class CrmSegment(models.Model):
    """A segment: customers with one buying behaviour, served by one team (S000-9.8-03, 9.5-0)."""

    _name = "crm.segment"
    _description = "Customer Segment"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "company_id, sequence, id"
    _check_company_auto = True
    _kept_fields = ("team_id",)

    # identity
    name = fields.Char(
        required=True,
        translate=True,
        help="The name that customers of this kind go by in lists and reports.",
    )
    code = fields.Char(help="Short name for files that name the segment; unique per company.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that serves this segment. Segments are never shared.",
    )
    active = fields.Boolean(
        default=True,
        help="An archived segment keeps its history; its customers are assigned anew.",
    )
    color = fields.Integer(string="Colour")
    description = fields.Text(
        string="Who belongs here",
        help="In plain words: who these customers are and what they come to us for.",
    )
    # rule
    sequence = fields.Integer(
        string="Priority",
        default=10,
        help="A customer goes to the first segment, from top to bottom, whose rule fits.",
    )
    rule_domain = fields.Char(
        string="Rule",
        help="The condition that a customer fulfils to belong here. "
        "Without a rule only people place customers here; “match all” takes everybody left.",
    )
    rule_error = fields.Char(
        string="Fault in the rule",
        compute="_compute_preview_count",
        help="Why the rule cannot be applied as it stands.",
    )
    # links
    team_ids = fields.One2many("crm.team", "crm_segment_id", string="Teams")
    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        compute="_compute_team_id",
        store=True,
        help="The one active team that serves this segment. Set it on the team.",
    )
    customer_ids = fields.One2many("crm.customer", "segment_id", string="Customers")
    # results
    customer_count = fields.Integer(
        string="Customers today",
        compute="_compute_customer_count",
        help="Customers who are in this segment now.",
    )
    preview_count = fields.Integer(
        string="After assignment",
        compute="_compute_preview_count",
        help="Customers who would be here if the rules were applied now. "
        "Customers placed by hand stay where they are.",
    )

    _code_company_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Another segment of the company has this code already. Choose another code.",
    )

    @api.depends("team_ids.active", "team_ids.crm_segment_id")
    def _compute_team_id(self) -> None:
        for segment in self:
            segment.team_id = segment.team_ids.filtered("active")[:1]

    @api.depends("customer_ids")
    def _compute_customer_count(self) -> None:
        counts = dict(
            self.env["crm.customer"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.customer_count = counts.get(segment, 0)

    @api.depends("rule_domain", "sequence", "active", "customer_ids")
    def _compute_preview_count(self) -> None:
        counts: dict[int, int] = {}
        for company in self.company_id:
            counts.update(self._preview(company))
        for segment in self:
            segment.preview_count = counts.get(segment._origin.id, 0)
            try:
                segment._rule_query()
                segment.rule_error = False
            except SegmentRuleError as error:
                segment.rule_error = str(error)

    @api.constrains("rule_domain", "company_id")
    def _check_rule_domain(self) -> None:
        for segment in self:
            try:
                segment._rule_query()
            except SegmentRuleError as error:
                raise ValidationError(str(error)) from error

    @api.constrains("company_id")
    def _check_company_of_customers(self) -> None:
        for segment in self:
            # Access: only the count of foreign records decides, nothing of them is shown.
            if segment.sudo().customer_ids.company_id - segment.company_id:
                raise ValidationError(
                    self.env._(
                        "Segment “%(name)s” has customers of its company. "
                        "Create a segment of the other company instead of moving this one.",
                        name=segment.name,
                    )
                )

    def write(self, vals: dict) -> bool:
        """Write segments; the customers of an archived one are assigned anew at once."""
        archived = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        if archived:
            # Access: whoever may archive the segment decides about all its customers, also
            # those that a rule hides; only the hand-made mark is taken away.
            archived.sudo().customer_ids.is_segment_manual = False
            self._assign(archived.company_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self) -> None:
        # Access: a history that the person may not read is a reason as well.
        used = self.env["crm.segment.membership"].sudo().search([("segment_id", "in", self.ids)])
        for segment in used.segment_id:
            raise UserError(
                self.env._(
                    "Segment “%(name)s” has customers in its history. "
                    "Archive the segment instead of deleting it.",
                    name=segment.name,
                )
            )

    # rule
    def _rule_query(self):
        """Query of the customers whom the rule fits, the placed ones included.

        Raises SegmentRuleError, which names the segment and the remedy.
        """
        self.ensure_one()
        # The result must not depend on who presses the button: rules are read without access
        # rules, in one language, in the zone and for the data of the segment's company only.
        company = self.company_id
        Customer = (
            self.env["crm.customer"]
            .sudo()
            .with_context(
                active_test=False,
                allowed_company_ids=company.ids,
                lang="en_US",
                tz=company.resource_calendar_id.tz or "UTC",
            )
        )
        try:
            rule = Domain(literal_eval(self.rule_domain)) if self.rule_domain else Domain.FALSE
            return Customer._search(rule & Domain("company_id", "=", company.id), order="id")
        except Exception as error:
            # Any failure of a typed rule (syntax, unknown field, wrong operator or value) is
            # the same thing for its author: the rule has to be corrected.
            raise SegmentRuleError(
                self.env._(
                    "The rule of segment “%(name)s” cannot be applied: %(reason)s "
                    "Open the segment and correct its rule.",
                    name=self.name,
                    reason=str(error).rstrip(".") + ".",
                )
            ) from error

    @api.model
    def _match_sql(self, company: models.BaseModel, strict: bool = True) -> SQL:
        """SELECT of (customer_id, segment_id): per customer the first segment whose rule fits.

        With ``strict`` a faulty rule raises, otherwise the segment is left out.
        """
        branches = []
        # Access: the order of the company's segments decides for everybody alike.
        segments = self.sudo().search([("company_id", "=", company.id)], order="sequence, id")
        for rank, segment in enumerate(segments.filtered("rule_domain")):
            try:
                query = segment._rule_query()
            except SegmentRuleError:
                if strict:
                    raise
                continue
            branches.append(
                SQL(
                    "SELECT fit.id AS customer_id, %s AS segment_id, %s AS rank FROM (%s) AS fit",
                    segment.id,
                    rank,
                    query.select(),
                )
            )
        if not branches:
            return SQL("SELECT NULL::int AS customer_id, NULL::int AS segment_id WHERE FALSE")
        return SQL(
            """
            SELECT DISTINCT ON (customer_id) customer_id, segment_id
              FROM (%s) AS fitting
          ORDER BY customer_id, rank
            """,
            SQL(" UNION ALL ").join(branches),
        )

    @api.model
    def _target_sql(self, company: models.BaseModel, strict: bool = True) -> SQL:
        """SELECT of (id, segment_id): where every customer of the company belongs.

        A customer placed by hand belongs where the person put it; without any fitting rule the
        segment is empty.
        """
        return SQL(
            """
            SELECT customer.id,
                   CASE WHEN customer.is_segment_manual AND customer.segment_id IS NOT NULL
                        THEN customer.segment_id ELSE fit.segment_id END AS segment_id
              FROM crm_customer AS customer
         LEFT JOIN (%s) AS fit ON fit.customer_id = customer.id
             WHERE customer.company_id = %s
            """,
            self._match_sql(company, strict),
            company.id,
        )

    @api.model
    def _preview(self, company: models.BaseModel) -> dict[int, int]:
        """Customers per segment id (0 = unassigned) after an assignment made now."""
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT COALESCE(target.segment_id, 0), COUNT(*)
                      FROM (%s) AS target
                  GROUP BY 1
                    """,
                    self._target_sql(company, strict=False),
                )
            )
        )

    # assignment
    @api.model
    @api.private
    def _assign(self, companies: models.BaseModel | None = None) -> dict:
        """Put every customer of the companies into the one segment its rules name.

        Priority decides between rules, customers placed by hand stay, and the history is
        written by the same statement, one per company. A second run changes nothing. Without
        companies: the companies of the environment. Returns counts: customers, changed,
        manual, unassigned, and by_segment (segment id -> customers, 0 = unassigned).
        """
        result = {"customers": 0, "changed": 0, "manual": 0, "unassigned": 0, "by_segment": {}}
        self.env.flush_all()
        for company in self.env.companies if companies is None else companies:
            result["changed"] += self._assign_company(company)
            for key, value in self._count_company(company).items():
                if key == "by_segment":
                    result[key].update(value)
                else:
                    result[key] += value
        return result

    @api.model
    def _assign_company(self, company: models.BaseModel) -> int:
        """Assign the customers of one company; returns how many changed their segment."""
        moved = SQL(
            """
            UPDATE crm_customer AS customer
               SET segment_id = target.segment_id,
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM (%(target)s) AS target
             WHERE customer.id = target.id
               AND customer.segment_id IS DISTINCT FROM target.segment_id
         RETURNING customer.id AS customer_id, customer.partner_id, customer.segment_id
            """,
            uid=self.env.uid,
            now=self.env.cr.now(),
            target=self._target_sql(company),
        )
        changed = self.env["crm.segment.membership"]._follow(company, moved)
        if changed:
            self.env["crm.customer"].invalidate_model(["segment_id", "team_id"])
            self.env["res.partner"].invalidate_model(["crm_segment_id"])
            self._after_assign(company, changed)
        return len(changed)

    @api.model
    def _after_assign(self, company: models.BaseModel, customer_ids: list[int]) -> None:
        """Hook: the customers of the company whose segment an assignment just changed."""

    @api.model
    def _count_company(self, company: models.BaseModel) -> dict:
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(segment_id, 0),
                       COUNT(*),
                       COUNT(*) FILTER (WHERE is_segment_manual AND segment_id IS NOT NULL)
                  FROM crm_customer
                 WHERE company_id = %s
              GROUP BY 1
                """,
                company.id,
            )
        )
        by_segment = {segment_id: count for segment_id, count, _manual in rows}
        unassigned = by_segment.get(0, 0)
        return {
            "customers": sum(by_segment.values()),
            "manual": sum(manual for _segment, _count, manual in rows),
            "unassigned": unassigned,
            "by_segment": by_segment,
        }

    @api.model
    def _cron_assign(self) -> None:
        """Daily: customers whom nobody noticed appear, and all find their segment."""
        # Also here, in case that it is the comparison that no longer runs.
        self.env["crm.cron.watch"]._check()
        self.env["crm.customer"]._ensure_from_documents()
        for (company,) in self._read_group(
            [("company_id.crm_assign_daily", "=", True)], ["company_id"]
        ):
            self._assign(company)

    def action_assign(self, companies: models.BaseModel | None = None) -> dict:
        """Assign the customers of the companies now; says what changed."""
        self.check_access("write")
        self.browse().check_access("write")
        result = self._assign(companies or self.company_id or self.env.companies)
        return self._assign_notification(result)

    @api.model
    def _assign_notification(self, result: dict) -> dict:
        """Client action that tells the outcome of an assignment and refreshes the screen."""
        if result["changed"]:
            message = self.env._(
                "%(changed)s of %(customers)s customers changed their segment; "
                "%(manual)s stay where a person placed them; %(unassigned)s are unassigned.",
                **result,
            )
        else:
            message = self.env._(
                "Nothing changed: all %(customers)s customers are where the rules put them; "
                "%(manual)s stay where a person placed them; %(unassigned)s are unassigned.",
                **result,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if result["unassigned"] else "success",
                "title": self.env._("Customers assigned"),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_customers(self) -> dict:
        """Open the customers who are in the segment now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_customer_action")
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}

    def action_open_memberships(self) -> dict:
        """Open the dated history of the segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_membership_action"
        )
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}
