import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

OPEN_STATES = ("waiting", "error")


class CrmExchangeRow(models.Model):
    """What became of one row of a file. Every row of every file has exactly one."""

    _name = "crm.exchange.row"
    _description = "Exchange Row"
    _inherit = "crm.privacy.mixin"
    _order = "run_id desc, number, id"
    _rec_name = "key"
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_texts = ("reason", "remedy", "res_name", "payload")
    _privacy_personal = ("reason", "remedy", "res_name", "payload")
    _privacy_keys = ("key", "document_key")

    # identity
    run_id = fields.Many2one(
        "crm.exchange.run",
        string="Run",
        required=True,
        index=True,
        ondelete="cascade",
        help="The run that read the row.",
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, ondelete="cascade", help="Of the run."
    )
    type_id = fields.Many2one(
        "crm.exchange.type",
        string="Type",
        required=True,
        ondelete="cascade",
        help="How the row was read.",
    )
    number = fields.Integer(
        string="Row", aggregator=None, help="Number of the row in the file; the heading is row 1."
    )
    key = fields.Char(help="The key of the row in the other system.")
    document_key = fields.Char(
        string="Document", help="The key of the document that the row belongs to."
    )
    digest = fields.Char(string="Fingerprint", help="Fingerprint of what the row says.")
    # outcome
    state = fields.Selection(
        [
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("waiting", "Waiting"),
            ("error", "Error"),
        ],
        required=True,
        help="What became of the row.",
    )
    column = fields.Char(help="The column where the problem is.")
    reason = fields.Char(help="Why the row is not loaded, or what was left as people set it.")
    remedy = fields.Char(string="What to do", help="How to get the row loaded.")
    # Pairs of column and text, in the order of the file.
    payload = fields.Json(string="Cells", help="The row as the file had it.")
    is_open = fields.Boolean(
        string="To repair", help="The row waits or is in error, and nothing has replaced it yet."
    )
    repaired_run_id = fields.Many2one(
        "crm.exchange.run",
        string="Replaced in",
        index="btree_not_null",
        ondelete="set null",
        help="The later run whose row took the place of this one.",
    )
    # record
    res_model = fields.Char(string="Kind of record", help="What was made from the row.")
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", help="The record that was made from the row."
    )
    res_name = fields.Char(string="Made", help="Name of the record when it was loaded.")
    cells = fields.Char(
        string="Content", compute="_compute_cells", help="The row as the file had it, readable."
    )

    _number_uniq = models.UniqueIndex("(run_id, number)", "A row is accounted for only once.")
    _open_idx = models.Index("(company_id, type_id, document_key) WHERE is_open IS TRUE")

    @api.depends("payload")
    def _compute_cells(self) -> None:
        for row in self:
            row.cells = " · ".join(
                f"{name}: {text}"
                for name, text in row._file_cells().items()
                if text and not name.startswith("error_")
            )

    def _file_cells(self) -> dict[str, str]:
        """Column -> text, in the order of the file; empty for a row that is done."""
        self.ensure_one()
        return dict(self.payload or ())

    @api.model
    def _record(self, entries: list[dict]) -> None:
        """Insert outcomes in one statement.

        Raw because unchanged rows must cost next to nothing: a file that is loaded again writes
        only these lines.
        """
        if not entries:
            return
        columns = (
            "run_id",
            "company_id",
            "type_id",
            "number",
            "key",
            "document_key",
            "digest",
            "state",
            "column",
            "reason",
            "remedy",
            "payload",
            "is_open",
            "res_model",
            "res_id",
            "res_name",
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_exchange_row (%s, create_uid, write_uid, create_date, write_date) "
                "SELECT %s, %s, %s, %s, %s FROM jsonb_to_recordset(%s::jsonb) AS entry("
                "run_id int, company_id int, type_id int, number int, key text, "
                'document_key text, digest text, state text, "column" text, reason text, '
                "remedy text, payload jsonb, is_open boolean, res_model text, res_id int, "
                "res_name text)",
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join(SQL.identifier("entry", name) for name in columns),
                self.env.uid,
                self.env.uid,
                self.env.cr.now(),
                self.env.cr.now(),
                json.dumps(entries),
            )
        )
        self.invalidate_model()

    def action_open_record(self) -> dict | bool:
        """Open the record that was made from the row."""
        self.ensure_one()
        if not self.res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # personal data
    @api.model
    def _privacy_owner(self) -> None:
        """None: a row is kept for some months after its load, whomever it is about."""
        return None

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        """Rows that made one of the partners, or that carry the key of one."""
        domain = Domain("res_model", "=", "res.partner") & Domain("res_id", "in", partners.ids)
        keys = self.env["crm.exchange.key"].search(
            self.env["crm.exchange.key"]._privacy_domain(partners)
        )
        for key in keys:
            domain |= (
                Domain("company_id", "=", key.company_id.id)
                & Domain("type_id.package_id.code", "=", key.scope)
                & Domain("type_id.key_kind", "=", key.kind)
                & Domain("key", "=", key.key)
            )
        return domain

    def _privacy_clear(self) -> int:
        """Empty the rows; without its cells a row cannot be repaired any more."""
        self.filtered("is_open").write({"is_open": False})
        return super()._privacy_clear()
