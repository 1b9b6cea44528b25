from __future__ import annotations

from collections.abc import Iterable

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..core.measure import periods_between, recent_periods
from ..core.period import Period
from .crm_batch_mixin import CONCURRENCY_ERRORS

# Periods of one indicator that are measured in one batch.
CHUNK = 24
OPEN = ("waiting", "running")
KINDS = (
    ("with_months", "month"),
    ("with_quarters", "quarter"),
    ("with_years", "year"),
    ("with_rolling", "r12"),
    ("with_all", "all"),
)


class CrmIndicatorRun(models.Model):
    """Indicators measured for many periods, in batches that can be watched, stopped and resumed."""

    _name = "crm.indicator.run"
    _description = "Measuring Run"
    _inherit = ["crm.kept.mixin", "crm.batch.mixin"]
    _order = "id desc"
    _rec_name = "date_from"
    _kept_fields = (
        "state",
        "plan",
        "position",
        "total",
        "written",
        "failed_count",
        "result",
        "started_at",
        "ended_at",
    )
    _made_fields = _kept_fields

    # what is asked
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Whose figures are measured.",
    )
    indicator_ids = fields.Many2many(
        "crm.indicator",
        string="Indicators",
        domain="[('company_id', 'in', [company_id, False])]",
        help="Empty: all indicators of the company.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
        help="Periods that hold this day or a later one are measured.",
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=fields.Date.context_today,
        help="Periods that begin after this day are not measured.",
    )
    with_months = fields.Boolean(string="Months", default=True, help="Measure each month.")
    with_quarters = fields.Boolean(string="Quarters", default=True, help="Measure each quarter.")
    with_years = fields.Boolean(string="Years", default=True, help="Measure each year.")
    with_rolling = fields.Boolean(
        string="Rolling twelve months",
        help="Measure the twelve months that end with each of the months.",
    )
    with_all = fields.Boolean(string="All time", default=True, help="Measure all time as one.")
    # results
    state = fields.Selection(
        [
            ("draft", "Not started"),
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        help="A stopped run goes on where it stood as soon as somebody resumes it.",
    )
    plan = fields.Json(readonly=True, copy=False, help="The batches: an indicator and periods.")
    position = fields.Integer(
        string="Batches done", readonly=True, copy=False, aggregator=None, help="Of how many."
    )
    total = fields.Integer(
        string="Batches", readonly=True, copy=False, aggregator=None, help="How many there are."
    )
    progress = fields.Float(
        compute="_compute_progress", help="Share of the batches that are done, in percent."
    )
    written = fields.Integer(
        string="Values changed",
        readonly=True,
        copy=False,
        help="Stored values that came, changed or went.",
    )
    failed_count = fields.Integer(
        string="Batches failed", readonly=True, copy=False, help="See the result for the reasons."
    )
    result = fields.Text(readonly=True, copy=False, help="What was found, and what failed and why.")
    started_at = fields.Datetime(string="Started", readonly=True, copy=False, help="Begin.")
    ended_at = fields.Datetime(string="Ended", readonly=True, copy=False, help="End.")

    _dates_check = models.Constraint(
        "CHECK (date_from <= date_to)",
        "The last day lies before the first one. Correct the days of the run.",
    )

    @api.depends("total", "position", "state")
    def _compute_progress(self) -> None:
        for run in self:
            share = 100.0 * run.position / run.total if run.total else 0.0
            run.progress = 100.0 if run.state == "done" else share

    @api.depends("company_id", "date_from", "date_to")
    def _compute_display_name(self) -> None:
        for run in self:
            run.display_name = f"{run.company_id.name}, {run.date_from} – {run.date_to}"

    @api.constrains("date_from", "date_to")
    def _check_years(self) -> None:
        for run in self:
            try:
                run._periods()
            except ValueError as error:
                raise ValidationError(str(error)) from error

    def _periods(self) -> tuple[Period, ...]:
        self.ensure_one()
        kinds = [kind for name, kind in KINDS if self[name]]
        return periods_between(self.date_from, self.date_to, kinds)

    # beginning
    @api.model
    def _begin(self, companies: models.BaseModel, indicators: models.BaseModel) -> CrmIndicatorRun:
        """Runs over what a company measures first, and what it stores, started at once."""
        runs = self.browse()
        for company in companies:
            today = self.env["crm.segment.membership"]._today(company)
            first = min(period.date_from or today for period in recent_periods(today))
            run = self.create(
                {
                    "company_id": company.id,
                    "indicator_ids": [(6, 0, indicators.ids)],
                    "date_from": first,
                    "date_to": today,
                    "with_rolling": True,
                }
            )
            run.action_start()
            runs |= run
        return runs

    def action_start(self) -> bool:
        """Begin with the first batch; a scheduled job works in the background."""
        self.check_access("write")
        for run in self.filtered(lambda run: run.state in ("draft", "done")):
            indicators = run.indicator_ids._with_parts(run.company_id)
            indicators = indicators or indicators._for_company(run.company_id)
            keys = [period.key for period in run._periods()]
            if not keys or not indicators:
                raise UserError(
                    self.env._(
                        "There is nothing to measure in “%(name)s”: choose at least one length of "
                        "period, and indicators that are not archived.",
                        name=run.display_name,
                    )
                )
            plan = [
                [indicator.id, keys[start : start + CHUNK]]
                for indicator in indicators
                for start in range(0, len(keys), CHUNK)
            ]
            # Access: progress is written by the suite alone; who may start was checked above.
            run.sudo().write(
                {
                    "state": "waiting",
                    "plan": plan,
                    "total": len(plan),
                    "position": 0,
                    "written": 0,
                    "failed_count": 0,
                    "result": False,
                    "started_at": False,
                    "ended_at": False,
                }
            )
        self._wake()
        return True

    def action_stop(self) -> bool:
        """Stop after the batch that is being measured; what stands remains."""
        return self._decide("stopped", OPEN)

    def action_resume(self) -> bool:
        """Go on with the batch after the last one done."""
        return self._decide("waiting", ("stopped",))

    def _decide(self, state: str, before: tuple[str, ...]) -> bool:
        self.check_access("read")
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            raise AccessError(
                self.env._(
                    "Only a strategy manager stops and resumes measuring. Ask one to open "
                    "CRM > Configuration > Measuring runs."
                )
            )
        # Access: deciding about the state is the one change made here.
        self.filtered(lambda run: run.state in before).sudo().write({"state": state})
        if state == "waiting":
            self._wake()
        return True

    @api.model
    def _wake(self) -> None:
        # Access: whoever may measure need not administer scheduled actions; it only runs earlier.
        lane = self.env.ref("crm_strategy.crm_indicator_run_cron", raise_if_not_found=False)
        if lane:
            lane.sudo()._trigger()

    # working
    @api.model
    def _cron_lane(self) -> None:
        """Measure for one minute, batch by batch, with a commit after each."""
        if self._open_count():
            self._run_lane(self._step, self._open_count)

    @api.model
    def _open_count(self) -> int:
        return self.search_count([("state", "in", OPEN)])

    @api.model
    def _step(self) -> int:
        """Measure the next batch; returns 1, or 0 when nothing is left."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_indicator_run WHERE state = ANY(%s)"
                " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
                list(OPEN),
            ),
            log_exceptions=False,
        )
        found = self.env.cr.fetchall()
        self.invalidate_model(flush=False)
        if found:
            self.browse(found[0])._measure_batch()
        return len(found)

    def _measure_batch(self) -> None:
        plan = self.plan or []
        if self.position >= len(plan):
            return self._finish()
        indicator_id, keys = plan[self.position]
        written, failed = 0, False
        try:
            with self.env.cr.savepoint():
                written = self._measure_one(indicator_id, keys)
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            failed = self._failure_reason(error)
        self.write(
            {
                "state": "running",
                "position": self.position + 1,
                "written": self.written + written,
                "failed_count": self.failed_count + bool(failed),
                "result": "\n".join(filter(None, (self.result, failed))) or False,
                "started_at": self.started_at or fields.Datetime.now(),
            }
        )
        if self.position >= len(plan):
            self._finish()
        return None

    def _measure_one(self, indicator_id: int, keys: Iterable[str]) -> int:
        indicator = self.env["crm.indicator"].browse(indicator_id).exists()
        if not indicator:
            return 0
        periods = [Period.parse(key) for key in keys]
        return indicator._refresh(self.company_id, periods)

    def _finish(self) -> None:
        words = self.env._(
            "%(written)s values changed, %(failed)s batches failed.",
            written=self.written,
            failed=self.failed_count,
        )
        result = "\n".join(filter(None, (words, self.result)))
        self.write({"state": "done", "ended_at": fields.Datetime.now(), "result": result})
        self.env["crm.audit.log"]._log_run(
            "runs", self.env._("Indicators measured"), words, self.company_id, self
        )

    @api.model
    @api.private
    def _run_all(self) -> int:
        """Measure everything that is open without committing, for commands and tests."""
        taken = 0
        while self._step():
            taken += 1
        return taken

    def action_open_values(self) -> dict:
        """Open the values of the company that are stored now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_indicator_value_action"
        )
        domain = [("company_id", "=", self.company_id.id)]
        if self.indicator_ids:
            domain.append(("indicator_id", "in", self.indicator_ids.ids))
        return {**action, "domain": domain, "context": {"search_default_current": 1}}
