import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.mention import file_mentions


class CrmExchangeFilePrivacy(models.AbstractModel):
    """Files of the exchange name many people: they go whole when one of them is erased.

    What a run did stands in its rows, and its fingerprint still tells the same bytes; only the
    content makes room for a note.
    """

    _name = "crm.exchange.file.privacy"
    _description = "Personal Data in Files"
    _inherit = "crm.privacy.mixin"
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_date_field = "finished_at"
    _privacy_texts = ("note", "file_name")
    _privacy_personal = ("file",)

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        """Runs in which a row made or named one of the partners."""
        rows = self.env["crm.exchange.row"]._privacy_rows(partners)
        return (
            Domain("id", "in", rows.run_id.ids)
            & Domain("sha256", "!=", False)
            & Domain("file_removed_at", "=", False)
        )

    @api.model
    def _privacy_cover(self, pattern: str) -> int:
        changed = super()._privacy_cover(pattern)
        self._privacy_drop_uploads(pattern)
        return changed + self._privacy_named(pattern)._privacy_clear()

    @api.model
    def _privacy_named(self, pattern: str) -> models.BaseModel:
        """Runs whose kept file names the person; one file in memory at a time."""
        named = self.browse()
        for run in self.search([("sha256", "!=", False), ("file_removed_at", "=", False)]):
            if file_mentions(run._data(), run.type_id.encoding, pattern):
                named += run
            run.invalidate_recordset(["file"], flush=False)
        return named

    @api.model
    def _privacy_drop_uploads(self, pattern: str) -> None:
        """Delete copies that the window for loading has left behind."""
        uploads = self.env["ir.attachment"].search(
            Domain("res_model", "=", "crm.exchange.load") & Domain("res_field", "=", False)
        )
        named = uploads.browse()
        for upload in uploads:
            encodings = ("utf-8", "cp1250")
            if any(file_mentions(upload.raw or b"", code, pattern) for code in encodings):
                named += upload
        named.unlink()

    def _privacy_clear(self) -> int:
        """Put a note in the place of the files.

        :raise UserError: when one of them is still being loaded
        """
        for run in self:
            if run.state in ("queued", "running"):
                raise UserError(
                    self.env._(
                        "Run %(number)s is still loading a file that names the contact. Wait "
                        "until it is done, then anonymise again.",
                        number=run.name,
                    )
                )
            note = self.env._(
                "The content of this file was removed on %(day)s to protect personal data.\n"
                "Fingerprint (SHA-256) of the file as it was: %(sha256)s\n",
                day=fields.Date.context_today(self),
                sha256=run.sha256,
            )
            run.write(
                {
                    "file": base64.b64encode(note.encode()),
                    "file_removed_at": fields.Datetime.now(),
                }
            )
        return len(self)

    @api.model
    def _privacy_owner(self) -> None:
        """None: a file is kept for some months after its load."""
        return None

    @api.model
    def _privacy_todo(self) -> SQL:
        table = self._table
        return SQL(
            "(%s IS NOT NULL AND %s IS NULL AND %s IN ('done', 'failed'))",
            SQL.identifier(table, "sha256"),
            SQL.identifier(table, "file_removed_at"),
            SQL.identifier(table, "state"),
        )
