from __future__ import annotations

from ast import literal_eval

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class SegmentRuleError(UserError):
    """The rule of a segment cannot be read or does not fit the customers."""


# Beside these, what belongs to a company is asked of the customer itself, never of its contact.
SHARED = ("res.partner", "res.users", "res.company")


class CrmSegmentAssignment(models.AbstractModel):
    """Which customer belongs to which segment: rules by priority, assigned set-based."""

    _name = "crm.segment.assignment"
    _description = "Assignment of Segments"

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
            if not self.env.su:
                self._check_rule_reach(self.env["crm.customer"], rule)
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
    def _check_rule_reach(self, model: models.BaseModel, rule: Domain) -> None:
        """Refuse a rule by which its author learns what he may not read.

        A rule is applied without access rules. Through a contact that several companies share it
        would count by the documents of a company that the author does not have.
        """
        for condition in rule.iter_conditions():
            target = model
            for name in condition.field_expr.split("."):
                field = target._fields.get(name)
                if field is None:
                    break  # a part of a date, or a slip that the search names
                target._check_field_access(field, "read")
                if not field.comodel_name:
                    break
                comodel = self.env[field.comodel_name]
                is_closed = "company_id" in comodel._fields and comodel._name not in SHARED
                if is_closed and target._name != "crm.customer":
                    raise UserError(
                        self.env._(
                            "A rule asks about the customer: “%(field)s” leads to records of "
                            "single companies (%(kind)s).",
                            field=condition.field_expr,
                            kind=comodel._description,
                        )
                    )
                target = comodel
            if "any" in condition.operator:
                self._check_rule_reach(target, Domain(condition.value))

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
