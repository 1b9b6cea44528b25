from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.sheet import is_sheet
from ..models.crm_exchange_run import INLINE_ROWS

SHOWN_PROBLEMS = 20


class CrmExchangeLoad(models.TransientModel):
    """Hand files over to the exchange: check them first, then load them."""

    _name = "crm.exchange.load"
    _description = "Load Files"

    company_id = fields.Many2one(
        "res.company",
        string="Company",
        required=True,
        default=lambda self: self.env.company,
        help="The company for which the files are loaded.",
    )
    package_id = fields.Many2one(
        "crm.exchange.package",
        string="Package",
        required=True,
        default=lambda self: self.env["crm.exchange.package"].search([], limit=1),
        help="Where the files come from. Each file is recognised by its name.",
    )
    type_id = fields.Many2one(
        "crm.exchange.type",
        string="All files are",
        domain="[('package_id', '=', package_id), ('handler', 'not in', ('invoice', 'delivery'))]",
        help="Set it when the names of the files say nothing, for example for an error file.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", help="CSV or XLSX, one or several at once."
    )
    state = fields.Selection(
        [("choose", "Choose files"), ("checked", "Checked")], default="choose", help="Step."
    )
    line_ids = fields.One2many("crm.exchange.load.line", "load_id", string="What would happen")
    problem_text = fields.Text(
        string="First problems", readonly=True, help="Rows that would come back as errors."
    )
    unknown_text = fields.Char(
        string="Left out", readonly=True, help="Files that no type of the package reads."
    )

    def _files(self) -> list[tuple]:
        """(type, name, bytes) of every file that a type reads, in their order of work."""
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        types = self.package_id._types_of(self.attachment_ids.mapped("name"))
        files = []
        for attachment in self.attachment_ids:
            found = (
                self.type_id or types.get(attachment.name) or self._type_of_error_file(attachment)
            )
            if found:
                files.append((found, attachment.name, attachment.raw))
        if not files:
            raise UserError(
                self.env._(
                    "Package “%(name)s” knows none of these files. "
                    "Choose in “All files are” what they hold.",
                    name=self.package_id.name,
                )
            )
        return files

    def _type_of_error_file(self, attachment):
        """An error file is called like the file it came from: orders_errors.csv."""
        name = attachment.name.replace("_errors", "")
        return self.package_id._types_of([name]).get(name)

    def _engine(self):
        """The engine for the company, after checking who asks."""
        self.env["crm.exchange.run"]._check_exchange_role()
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Switch to %(name)s first.", name=self.company_id.name))
        return self.env["crm.exchange.engine"]._as_engine(self.company_id)

    def action_check(self) -> dict:
        """Show what a load would do; nothing is written but this answer."""
        self.ensure_one()
        files = self._files()
        results = self._engine()._check(files, self.package_id)
        known = {name for _type, name, _data in files}
        self.write(
            {
                "state": "checked",
                "line_ids": [
                    fields.Command.clear(),
                    *(fields.Command.create(self._line_vals(result)) for result in results),
                ],
                "problem_text": "\n".join(self._problem_lines(results)),
                "unknown_text": ", ".join(
                    name for name in self.attachment_ids.mapped("name") if name not in known
                ),
            }
        )
        return self._reopen()

    @api.model
    def _line_vals(self, result: dict) -> dict:
        note = result["note"]
        if result["run"]:
            note = self.env._(
                "Nothing to do: already loaded in run %(name)s.", name=result["run"].name
            )
        return {
            "file_name": result["name"],
            "type_id": result["type"].id,
            "row_count": result["rows"],
            "created_count": result["created"],
            "updated_count": result["updated"],
            "unchanged_count": result["unchanged"],
            "waiting_count": result["waiting"],
            "error_count": result["error"],
            "note": note,
        }

    @api.model
    def _problem_lines(self, results) -> list[str]:
        lines = [
            self.env._(
                "%(file)s, row %(row)s: %(reason)s %(remedy)s",
                file=result["name"],
                row=number,
                reason=outcome.reason,
                remedy=outcome.remedy,
            )
            for result in results
            for number, outcome in result["problems"]
        ]
        return lines[:SHOWN_PROBLEMS]

    def action_load(self) -> dict:
        """Load now when it is quick, else hand over to the lane and show its progress."""
        self.ensure_one()
        files = self._files()
        engine = self._engine()
        if self._is_quick(files):
            results = engine._load(files, self.env.user, self.package_id)
            run_ids = [result["run"].id for result in results if result["run"]]
        else:
            sources = engine._open_sources(files, self.env.user, False, self.package_id)
            run_ids = [source.run.id for source, _is_over in sources]
            # Waking the scheduled job writes a technical record; the role was checked above.
            self.env.ref("crm_erp_bridge.crm_exchange_cron_load").sudo()._trigger()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_erp_bridge.crm_exchange_run_action"
        )
        return {**action, "domain": [("id", "in", run_ids)], "context": {}}

    @api.model
    def _is_quick(self, files) -> bool:
        """Whether a person can wait for it; a packed sheet has about a row in 20 bytes."""
        rows = sum(
            len(data) // 20 if is_sheet(data) else data.count(b"\n") for _type, _name, data in files
        )
        return rows <= INLINE_ROWS

    def action_back(self) -> dict:
        """Choose other files."""
        self.write({"state": "choose"})
        return self._reopen()

    def _reopen(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Load files"),
        }


class CrmExchangeLoadLine(models.TransientModel):
    """What a check says about one file."""

    _name = "crm.exchange.load.line"
    _description = "Checked File"

    load_id = fields.Many2one("crm.exchange.load", required=True, ondelete="cascade", string="Load")
    file_name = fields.Char(string="File", help="Name of the file.")
    type_id = fields.Many2one("crm.exchange.type", string="Type", help="How it is read.")
    row_count = fields.Integer(string="Rows", help="Rows in the file.")
    created_count = fields.Integer(string="Created", help="Rows that would make a record.")
    updated_count = fields.Integer(string="Updated", help="Rows that would change a record.")
    unchanged_count = fields.Integer(string="Unchanged", help="Rows that say nothing new.")
    waiting_count = fields.Integer(string="Waiting", help="Rows that would wait for others.")
    error_count = fields.Integer(string="Errors", help="Rows that would come back.")
    note = fields.Char(string="Message", help="About the file as a whole.")
