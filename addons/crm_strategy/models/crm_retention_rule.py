from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

BATCH = 1000


class CrmRetentionRule(models.Model):
    """When which personal data of ours is removed, and what would go if it ran now.

    The period runs from the customer's last document, or from the day of the row when that is
    later. Documents of the ERP are never touched. A rule removes nothing until somebody who has
    seen its preview switches it on.
    """

    _name = "crm.retention.rule"
    _description = "Retention Rule"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin", "crm.batch.mixin"]
    _kept_fields = ("last_run_at", "last_count")
    _order = "purpose_id, model, company_id, id"
    _rec_name = "model"
    _audited_fields = ("model", "purpose_id", "company_id", "months", "is_applied", "active")

    # identity
    model = fields.Selection(
        selection="_selection_model",
        string="Kind of data",
        required=True,
        help="What the rule removes.",
    )
    purpose_id = fields.Many2one(
        "crm.purpose",
        required=True,
        index=True,
        ondelete="restrict",
        help="The purpose for which this kind of data is kept.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the rule of all companies that have none of their own for this kind.",
    )
    active = fields.Boolean(default=True, help="An archived rule removes nothing.")
    # period
    months = fields.Integer(
        string="Kept for (months)",
        compute="_compute_months",
        store=True,
        readonly=False,
        aggregator=None,
        help="How long after the customer's last document. Taken from the purpose and changed "
        "here where this kind of data needs another period. Zero: nothing is removed.",
    )
    is_applied = fields.Boolean(
        string="Applied every night",
        copy=False,
        help="Tick after looking at what would go. What is removed does not come back.",
    )
    what = fields.Char(
        string="What happens", compute="_compute_what", help="What becomes of the data."
    )
    # results
    due_count = fields.Integer(
        string="Would go now",
        compute="_compute_due_count",
        help="Rows of your companies whose period has passed.",
    )
    last_run_at = fields.Datetime(
        string="Last applied", readonly=True, copy=False, help="When the rule last removed data."
    )
    last_count = fields.Integer(
        string="Removed then",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many rows that was.",
    )

    _model_company_uniq = models.UniqueIndex(
        "(model, COALESCE(company_id, 0))",
        "The company has a rule for this kind of data already. Change that one.",
    )
    _months_check = models.Constraint(
        "CHECK (months >= 0)", "A period is zero (nothing is removed) or a number of months."
    )

    @api.model
    def _selection_model(self) -> list[tuple[str, str]]:
        """Kinds of records that name something to remove when their period has passed."""
        return [
            # Access: the names of the kinds of records are no secret.
            (model._name, self.env["ir.model"]._get(model._name).name)
            for model in self.env["crm.privacy.mixin"]._privacy_models()
            if model._privacy_expiry in ("delete", "clear")
        ]

    @api.depends("model")
    def _compute_display_name(self) -> None:
        kinds = dict(self._fields["model"]._description_selection(self.env))
        for rule in self:
            rule.display_name = kinds.get(rule.model, rule.model)

    @api.depends("purpose_id")
    def _compute_months(self) -> None:
        for rule in self:
            rule.months = rule.purpose_id.retention_months

    @api.depends("model")
    def _compute_what(self) -> None:
        for rule in self:
            expiry = rule._is_known() and self.env[rule.model]._privacy_expiry
            rule.what = {
                "delete": self.env._("The rows are deleted"),
                "clear": self.env._("Personal words are removed, figures and dates stay"),
            }.get(expiry)

    @api.depends("model", "months", "company_id", "active")
    def _compute_due_count(self) -> None:
        for rule in self:
            rule.due_count = 0
            if rule._origin:
                rule.due_count = len(rule._due_ids(self.env.companies))

    # due
    def _is_known(self) -> bool:
        """Whether the addon that keeps this kind of data is still installed."""
        return self.model in self.env

    def _companies(self) -> models.BaseModel:
        """The companies for which the rule speaks: its own, else those without their own."""
        self.ensure_one()
        if self.company_id:
            return self.company_id
        # Access: only which companies have a rule of their own decides.
        own = self.sudo().search([("model", "=", self.model), ("company_id", "!=", False)])
        return self.env["res.company"].sudo().search([("id", "not in", own.company_id.ids)])

    def _due_ids(self, companies: models.BaseModel | None = None, limit: int | None = None):
        """Ids of the rows whose period has passed, the oldest first."""
        self.ensure_one()
        if not self.months or not self._is_known():
            return []
        model = self.env[self.model]
        wanted = self._companies()
        if companies is not None:
            wanted &= companies
        before = fields.Date.context_today(self) - relativedelta(months=self.months)
        self.env.flush_all()
        rows = self.env.execute_query(self._due_query(model, wanted.ids, before, limit))
        return [row[0] for row in rows]

    @api.model
    def _due_query(self, model, company_ids: list[int], before, limit: int | None) -> SQL:
        table = SQL.identifier(model._table)
        owner = model._privacy_owner()
        own_day = SQL("%s::date", SQL.identifier(model._table, model._privacy_date_field))
        join, day, known = SQL(), own_day, SQL("TRUE")
        if owner is not None:
            # A row that belongs to nobody is about a thing, not about a person.
            known = SQL("%s IS NOT NULL", owner)
            day = SQL("GREATEST(%s, last.day)", own_day)
            join = SQL(
                """
           LEFT JOIN res_partner AS owner ON owner.id = %(owner)s
           LEFT JOIN (
                SELECT partner_id, company_id, MAX(day) AS day
                  FROM (%(documents)s) AS document
              GROUP BY partner_id, company_id
           ) AS last
                  ON last.partner_id = owner.commercial_partner_id
                 AND last.company_id = %(table)s.company_id
                """,
                owner=owner,
                documents=SQL(" UNION ALL ").join(self._last_document_queries()),
                table=table,
            )
        return SQL(
            """
            SELECT %(table)s.id
              FROM %(table)s
              %(join)s
             WHERE %(table)s.company_id = ANY(%(companies)s)
               AND %(known)s
               AND %(todo)s
               AND %(day)s < %(before)s
          ORDER BY %(table)s.id
             %(limit)s
            """,
            table=table,
            join=join,
            companies=company_ids,
            known=known,
            todo=model._privacy_todo(),
            day=day,
            before=before,
            limit=SQL("LIMIT %s", limit) if limit else SQL(),
        )

    @api.model
    def _last_document_queries(self) -> list[SQL]:
        """SELECTs of (partner_id, company_id, day) of documents that keep a relation alive.

        partner_id is the commercial partner; extend per addon. Here: opportunities.
        """
        return [
            SQL(
                """
                SELECT partner.commercial_partner_id AS partner_id,
                       COALESCE(lead.company_id, team.company_id, users.company_id) AS company_id,
                       GREATEST(lead.create_date, lead.date_closed)::date AS day
                  FROM crm_lead AS lead
                  JOIN res_partner AS partner ON partner.id = lead.partner_id
             LEFT JOIN crm_team AS team ON team.id = lead.team_id
             LEFT JOIN res_users AS users ON users.id = lead.user_id
                """
            )
        ]

    # people
    def action_open_due(self) -> dict:
        """Open the rows that would go now."""
        self.ensure_one()
        if not self.env[self.model].has_access("read"):
            raise AccessError(
                self.env._(
                    "%(count)s rows would go, but you may not see this kind of data. Ask somebody "
                    "who may to look at them before you switch the rule on.",
                    count=self.due_count,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would go now"),
            "res_model": self.model,
            "views": [(False, "list")],
            "domain": [("id", "in", self._due_ids(self.env.companies))],
            "context": {"active_test": False, "create": False},
        }

    # lane
    @api.model
    def _cron_apply(self) -> None:
        """Apply the rules that are switched on, for one minute; what is left comes next."""
        for rule in self.search(self._applied_domain()):
            failed: set[int] = set()
            count = rule._run_lane(
                lambda rule=rule, failed=failed: rule._apply_batch(failed),
                lambda rule=rule, failed=failed: len(set(rule._due_ids()) - failed),
            )
            rule._log_applied(count - len(failed), len(failed))

    @api.model
    def _applied_domain(self) -> Domain:
        return Domain("is_applied", "=", True) & Domain("months", ">", 0)

    def _apply_batch(self, failed: set[int], limit: int = BATCH) -> int:
        """Remove one batch; ids that failed are added to ``failed`` and left out next time."""
        ids = [row for row in self._due_ids(limit=limit + len(failed)) if row not in failed]
        rows = [(row,) for row in ids[:limit]]
        # Access: retention holds for all companies of the rule, whoever the lane runs as.
        model = self.env[self.model].sudo().with_context(active_test=False)
        broken = self._process_isolated(
            rows, lambda part: model.browse(row[0] for row in part)._privacy_expire()
        )
        failed.update(row[0] for row, _reason in broken)
        return len(rows)

    def _log_applied(self, count: int, failed: int) -> None:
        """Note on the rule and in the audit log what was removed."""
        self.ensure_one()
        if not count and not failed:
            return
        # Access: the outcome of the work just done; nobody types it.
        self.sudo().write({"last_run_at": fields.Datetime.now(), "last_count": count})
        self.env["crm.audit.log"]._log_run(
            "runs",
            self.env._("Retention: %(kind)s", kind=self.display_name),
            self.env._(
                "%(what)s: %(count)s rows after %(months)s months; %(failed)s failed.",
                what=self.what,
                count=count,
                months=self.months,
                failed=failed,
            ),
            self.company_id,
            self,
        )
