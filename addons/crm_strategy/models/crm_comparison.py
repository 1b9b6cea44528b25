from __future__ import annotations

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_batch_mixin import CONCURRENCY_ERRORS
from .crm_compared_mixin import Compared, Comparison

BATCH = 20000
LAST_ID = 2**31 - 1
NIGHT_HOURS = 20
KEEP_DAYS = 120
OPEN = ("waiting", "running")


class CrmComparison(models.Model):
    """One nightly comparison of one kind of stored figures of a company with their sources.

    What differs is put into the queue of changes and is right again minutes later; this record
    tells that it happened.
    """

    _name = "crm.comparison"
    _description = "Nightly Comparison"
    _inherit = ["crm.batch.mixin", "crm.privacy.mixin"]
    _order = "id desc"
    _rec_name = "subject"
    _privacy_purpose = "accountability"
    # Goes by itself after some months.
    _privacy_expiry = "keep"
    _privacy_texts = ("result", "sample")

    # identity
    subject = fields.Selection(
        selection="_selection_subject",
        string="Compared",
        required=True,
        readonly=True,
        index=True,
        help="The stored figures that were compared with their sources.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True,
        readonly=True,
        index=True,
        default=fields.Date.context_today,
        help="Day on which the comparison began.",
    )
    # results
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Not finished"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        help="Not finished: the night was over before all customers were compared.",
    )
    checked = fields.Integer(readonly=True, help="How many stored or computed rows were compared.")
    differing = fields.Integer(
        string="Differences",
        readonly=True,
        help="How many of these rows differed. Their customers are renewed by the lanes.",
    )
    result = fields.Text(
        readonly=True, help="What was found, with one example, or why it did not finish."
    )
    ended_at = fields.Datetime(string="Ended", readonly=True, help="When the comparison ended.")
    next_partner = fields.Integer(
        string="Goes on at",
        readonly=True,
        default=0,
        aggregator=None,
        help="Number of the contact from which an interrupted comparison goes on.",
    )
    sample = fields.Text(readonly=True, help="The first difference that was found.")

    _one_open_uniq = models.UniqueIndex(
        "(company_id, subject) WHERE state IN ('waiting', 'running')",
        "This comparison is on its way already.",
    )

    @api.model
    def _selection_subject(self) -> list[tuple[str, str]]:
        return [(name, item.label) for name, item in self._comparisons().items()]

    @api.model
    def _comparisons(self) -> dict[str, Comparison]:
        """All comparisons by name; an addon extends ``crm.change._comparisons``."""
        return self.env["crm.change"]._comparisons()

    # people
    @api.model
    def action_compare(self) -> dict:
        """Compare now instead of in the night; the strategy manager's button."""
        self.browse().check_access("read")
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            raise AccessError(
                self.env._(
                    "Only a strategy manager starts a comparison. Ask one to open "
                    "CRM > Configuration > Nightly comparison, or wait for tomorrow morning."
                )
            )
        # Access: the rows say only that a comparison of the own companies is to run.
        engine = self.sudo()
        engine._open(self.env.companies)
        engine.env.ref("crm_strategy.crm_comparison_cron")._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The comparison starts within a minute. Open the list again to see what it "
                    "found."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_changes(self) -> dict:
        """Open the figures that still wait to be renewed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_change_action")
        consumer = self._comparisons()[self.subject].consumer
        domain = [("company_id", "=", self.company_id.id), ("consumer", "=", consumer)]
        return {**action, "domain": domain, "context": {}}

    # night
    @api.model
    def _cron_compare(self) -> None:
        """Nightly: compare everything stored with its sources, in batches; goes on where it was."""
        self._begin_night()
        self._run_lane(self._step, lambda: self.search_count([("state", "in", OPEN)]))

    @api.model
    def _begin_night(self) -> None:
        """Open tonight's comparisons unless they are open, and tell of those never finished."""
        recent = fields.Datetime.now() - timedelta(hours=NIGHT_HOURS)
        for left in self.search([("state", "in", OPEN), ("create_date", "<", recent)]):
            left._end("stopped", left._result_words())
        if self.search_count([("create_date", ">=", recent)], limit=1):
            return
        self.search([("date", "<", date.today() - timedelta(days=KEEP_DAYS))]).unlink()
        self._open(self.env["res.company"].search(Domain.TRUE))
        self.env["crm.cron.watch"]._check()

    @api.model
    def _open(self, companies: models.BaseModel) -> None:
        """Open the comparisons of the companies that are not open already."""
        open_keys = {
            (line.company_id.id, line.subject) for line in self.search([("state", "in", OPEN)])
        }
        self.create(
            [
                {"company_id": company.id, "subject": subject}
                for company in companies
                for subject in self._comparisons()
                if (company.id, subject) not in open_keys
            ]
        )

    @api.model
    def _step(self) -> int:
        """Compare the next batch of customers; returns 1, or 0 when all is compared."""
        waiting = self.search([("state", "in", OPEN)], order="id")
        line = waiting.try_lock_for_update(limit=1)
        if not line:
            return 0
        if line.subject not in self._comparisons():
            line.unlink()
            return 1
        try:
            with self.env.cr.savepoint():
                line._compare_batch()
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            line._end("failed", self._failure_reason(error))
        return 1

    def _compare_batch(self) -> None:
        self.ensure_one()
        comparison = self._comparisons()[self.subject]
        partners = self._next_range(comparison)
        self.env.flush_all()
        # Access: figures are compared for everybody alike, as they are derived.
        found = self.env[comparison.model].sudo()._compare(self.company_id, partners)
        found = self._without_known(comparison.consumer, found)
        rows = [(self.company_id.id, partner_id, day) for partner_id, day in found.differing]
        self.env["crm.change"]._collect(comparison.consumer, rows)
        self.write(
            {
                "state": "running",
                "checked": self.checked + found.checked,
                "differing": self.differing + len(rows),
                "sample": self.sample or (rows and found.sample) or False,
                "next_partner": partners.stop,
            }
        )
        if partners.stop >= LAST_ID:
            self._end("done", self._result_words())

    def _next_range(self, comparison: Comparison) -> range:
        """Ids of the next batch of partners; the last batch reaches to the end of all ids."""
        if not comparison.is_by_customer:
            return range(LAST_ID)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id FROM crm_customer
                 WHERE company_id = %s AND partner_id >= %s
              ORDER BY partner_id OFFSET %s LIMIT 1
                """,
                self.company_id.id,
                self.next_partner,
                BATCH,
            )
        )
        return range(self.next_partner, rows[0][0] if rows else LAST_ID)

    def _without_known(self, consumer: str, found: Compared) -> Compared:
        """Without the customers that the queue knows already: their figures are about to change."""
        if not found.differing:
            return found
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT partner_id FROM crm_change"
                " WHERE company_id = %s AND partner_id = ANY(%s) AND consumer = %s",
                self.company_id.id,
                [partner_id for partner_id, _day in found.differing],
                consumer,
            )
        )
        known = {partner_id for (partner_id,) in rows}
        return found._replace(
            differing=tuple(item for item in found.differing if item[0] not in known)
        )

    def _end(self, state: str, result: str) -> None:
        self.ensure_one()
        self.write({"state": state, "result": result, "ended_at": fields.Datetime.now()})
        if self.differing or state != "done":
            label = self._comparisons()[self.subject].label
            self.env["crm.audit.log"]._log_run(
                "runs",
                self.env._("Nightly comparison: %(what)s", what=label),
                result,
                self.company_id,
                self,
            )

    def _result_words(self) -> str:
        """One sentence about what was found, with a sample."""
        self.ensure_one()
        values = {"checked": self.checked, "differing": self.differing, "sample": self.sample}
        if not self.checked:
            return self.env._("There is nothing to compare yet.")
        if not self.differing:
            return self.env._("All %(checked)s rows agree with their sources.", **values)
        return self.env._(
            "%(differing)s of %(checked)s rows differed from their sources and are being "
            "renewed. For example: %(sample)s",
            **values,
        )
