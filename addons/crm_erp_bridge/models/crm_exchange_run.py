import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.reader import ERROR_COLUMNS, write_csv
from ..core.rowhash import file_hash

COUNTED = ("created", "updated", "unchanged", "waiting", "error")
INLINE_ROWS = 400  # more rows than this are loaded by the lane, not while a person waits


class CrmExchangeRun(models.Model):
    """One file, or one step, carried out once for a company."""

    _name = "crm.exchange.run"
    _description = "Exchange Run"
    _inherit = "crm.exchange.file.privacy"
    _order = "id desc"

    # identity
    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        default=lambda self: self.env._("New"),
        help="Number of the run, for messages and error files.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company for which the file was loaded.",
    )
    type_id = fields.Many2one(
        "crm.exchange.type",
        string="Type",
        required=True,
        index=True,
        ondelete="cascade",
        help="How the file was read.",
    )
    package_id = fields.Many2one(
        related="type_id.package_id", store=True, string="Package", help="The package of the type."
    )
    requested_by_id = fields.Many2one(
        "res.users", string="Asked for by", ondelete="set null", help="Who started the run."
    )
    # file
    file_name = fields.Char(string="File", help="Name of the file as it was handed over.")
    file = fields.Binary(string="Content", attachment=True, help="The file as it came in.")
    sha256 = fields.Char(
        string="Fingerprint", help="Fingerprint of the file: the same bytes are loaded only once."
    )
    file_removed_at = fields.Datetime(
        string="File removed",
        help="When the content was taken away, because a person asked or its period had passed. "
        "The fingerprint stays, so that the same bytes are still known.",
    )
    # state
    state = fields.Selection(
        [
            ("queued", "Waiting for its turn"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Not readable"),
        ],
        default="queued",
        required=True,
        help="Running: rows are being loaded, or the load was interrupted and will go on.",
    )
    note = fields.Text(string="Message", help="What people should know about the run as a whole.")
    started_at = fields.Datetime(string="Started", help="When the first row was loaded.")
    finished_at = fields.Datetime(string="Finished", help="When the last row was accounted for.")
    # results
    row_count = fields.Integer(string="Rows", help="Rows in the file, without the heading.")
    created_count = fields.Integer(string="Created", help="Rows that made a record.")
    updated_count = fields.Integer(string="Updated", help="Rows that changed a record.")
    unchanged_count = fields.Integer(
        string="Unchanged", help="Rows that say what the database says already."
    )
    waiting_count = fields.Integer(
        string="Waiting", help="Good rows whose document cannot be made yet."
    )
    error_count = fields.Integer(string="Errors", help="Rows that cannot be loaded as they are.")
    open_count = fields.Integer(
        string="To repair",
        compute="_compute_open_count",
        search="_search_open_count",
        help="Rows that wait or are in error and that no later row has replaced.",
    )
    progress = fields.Float(
        compute="_compute_progress", help="Share of the rows that are accounted for, in percent."
    )
    row_ids = fields.One2many("crm.exchange.row", "run_id", string="Rows of the file")

    _file_uniq = models.UniqueIndex(
        "(company_id, type_id, sha256) WHERE sha256 IS NOT NULL",
        "This file is loaded already.",
    )

    @api.depends("row_ids.is_open")
    def _compute_open_count(self) -> None:
        counts = dict(
            self.env["crm.exchange.row"]._read_group(
                [("run_id", "in", self.ids), ("is_open", "=", True)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            run.open_count = counts.get(run, 0)

    def _search_open_count(self, operator, value):
        if operator != ">" or value:
            return NotImplemented
        return [("row_ids", "any", [("is_open", "=", True)])]

    @api.depends(
        "row_count",
        "created_count",
        "updated_count",
        "unchanged_count",
        "waiting_count",
        "error_count",
    )
    def _compute_progress(self) -> None:
        for run in self:
            done = run._counted()
            run.progress = 100.0 * done / run.row_count if run.row_count else 0.0
            if run.state == "done":
                run.progress = 100.0

    def _counted(self) -> int:
        """Rows accounted for so far."""
        self.ensure_one()
        return (
            self.created_count
            + self.updated_count
            + self.unchanged_count
            + self.waiting_count
            + self.error_count
        )

    # opening
    @api.model
    def _open(self, exchange_type, name: str, data: bytes | None, requester) -> tuple:
        """The run of a file or step, and whether it is an earlier one that is over.

        The same bytes for the same type and company always lead to the same run.
        """
        company = self.env.company
        digest = file_hash(data) if data is not None else None
        domain = [("company_id", "=", company.id), ("type_id", "=", exchange_type.id)]
        if data is None:
            found = self.search([*domain, ("state", "in", ("queued", "running"))], limit=1)
        else:
            found = self.search([*domain, ("sha256", "=", digest)], limit=1)
        if found:
            return found, found.state == "done"
        run = self.create(
            {
                "name": self.env["ir.sequence"].next_by_code("crm.exchange.run"),
                "company_id": company.id,
                "type_id": exchange_type.id,
                "file_name": name,
                "file": base64.b64encode(data) if data is not None else False,
                "sha256": digest,
                "requested_by_id": requester.id,
            }
        )
        return run, False

    def write(self, vals: dict) -> bool:
        """Write runs; one that is over leaves an entry in the audit log."""
        result = super().write(vals)
        if vals.get("state") in ("done", "failed"):
            for run in self:
                self.env["crm.audit.log"]._log_run(
                    "exchange",
                    self.env._("Load %(number)s: %(type)s", number=run.name, type=run.type_id.name),
                    run._log_text(),
                    run.company_id,
                    run,
                )
        return result

    def _log_text(self) -> str:
        """What the run did, for people who were not there."""
        self.ensure_one()
        lines = [self.file_name or self.type_id.name]
        if self.state == "failed":
            lines.append(self.note or "")
        else:
            lines.append(
                self.env._(
                    "%(rows)s rows: %(created)s created, %(updated)s updated, %(unchanged)s "
                    "unchanged, %(waiting)s waiting, %(error)s errors.",
                    rows=self.row_count,
                    **{state: self[f"{state}_count"] for state in COUNTED},
                )
            )
        if self.requested_by_id:
            lines.append(self.env._("Asked for by %(name)s.", name=self.requested_by_id.name))
        return "\n".join(lines)

    def _data(self) -> bytes:
        """The file as it came in."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _refresh_counts(self) -> None:
        """Count the rows of the runs anew, from the rows themselves."""
        groups = self.env["crm.exchange.row"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        found = {(run.id, state): count for run, state, count in groups}
        for run in self:
            vals = {f"{state}_count": found.get((run.id, state), 0) for state in COUNTED}
            run.write(vals)

    def _unrecorded(self, numbers) -> set[int]:
        """Which of the row numbers have no outcome in this run yet."""
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT number FROM crm_exchange_row WHERE run_id = %s", self.id))
        return set(numbers) - {number for (number,) in self.env.cr.fetchall()}

    # error file
    def _error_file(self) -> bytes:
        """The rows to repair: the original columns, then run, row, column, reason, remedy.

        Corrected in place and loaded again as it is, the file completes what waits.
        """
        self.ensure_one()
        rows = self.env["crm.exchange.row"].search(
            [("run_id", "=", self.id), ("state", "=", "error"), ("is_open", "=", True)],
            order="number",
        )
        header: dict[str, None] = {}
        for row in rows:
            header.update(dict.fromkeys(row._file_cells()))
        for name in ERROR_COLUMNS:
            header.pop(name, None)
        lines = [
            [str(row._file_cells().get(name) or "") for name in header]
            + [
                self.name,
                str(row.number),
                row.column or "",
                row.reason or "",
                row.remedy or "",
            ]
            for row in rows
        ]
        return write_csv([*header, *ERROR_COLUMNS], lines)

    def _error_file_name(self) -> str:
        self.ensure_one()
        stem = (self.file_name or self.type_id.code).rsplit(".", 1)[0]
        return f"{stem}_errors.csv"

    def action_error_file(self) -> dict:
        """Download the rows to repair."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm/exchange/errors/{self.id}",
            "target": "download",
        }

    # actions
    def action_open_rows(self) -> dict:
        """Open all rows of the run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_erp_bridge.crm_exchange_row_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    def action_open_problems(self) -> dict:
        """Open the rows that wait or are in error."""
        action = self.action_open_rows()
        return {**action, "domain": [("run_id", "in", self.ids), ("is_open", "=", True)]}

    def action_retry(self) -> bool:
        """Try the rows to repair again, after the data or the mapping was put right."""
        self.ensure_one()
        self._check_exchange_role()
        engine = self.env["crm.exchange.engine"]._as_engine(self.company_id)
        engine._retry(self)
        return True

    def action_continue(self) -> bool:
        """Let the lane go on with a run that waits or was interrupted."""
        self._check_exchange_role()
        # Waking the scheduled job writes a technical record; the role was checked above.
        self.env.ref("crm_erp_bridge.crm_exchange_cron_load").sudo()._trigger()
        return True

    def _check_exchange_role(self) -> None:
        """The engine works under its own user, so who may start it is checked here."""
        if not self.env.user.has_group("crm_erp_bridge.crm_erp_bridge_group_exchange"):
            raise UserError(
                self.env._("Loading needs the role “Data exchange”. Ask your administrator for it.")
            )
        self.check_access("read")
