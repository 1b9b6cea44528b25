import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.core.erase import COVER


class CrmExchangeKey(models.Model):
    """The memory of the exchange: which record stands for which key of the other system."""

    _name = "crm.exchange.key"
    _description = "External Key"
    _inherit = "crm.privacy.mixin"
    _order = "kind, key, id"
    _rec_name = "key"
    _privacy_purpose = "contract"
    _privacy_expiry = "clear"
    _privacy_texts = ("res_name", "written")
    _privacy_personal = ("res_name",)
    _privacy_keys = ("key",)

    # identity
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company that loaded the record.",
    )
    scope = fields.Char(
        string="Package", required=True, help="Code of the package that uses the key."
    )
    kind = fields.Char(required=True, help="What the key names: customer, product, order, …")
    key = fields.Char(required=True, help="The key as the other system writes it.")
    # record
    res_model = fields.Char(string="Kind of record", required=True, help="What was made from it.")
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", help="The record that stands for the key."
    )
    res_name = fields.Char(string="Name", help="Name of the record when it was loaded.")
    satellite_id = fields.Integer(
        string="Companion record", help="The contact or price that was made together with it."
    )
    # content
    content_hash = fields.Char(string="Fingerprint", help="Fingerprint of the loaded content.")
    written = fields.Json(
        string="Written values", help="What the exchange wrote, to see what people changed since."
    )
    run_id = fields.Many2one(
        "crm.exchange.run",
        string="Run",
        index="btree_not_null",
        ondelete="set null",
        help="The run that loaded the record.",
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, scope, kind, key)", "This key is known already in the company."
    )
    _res_idx = models.Index("(res_model, res_id)")

    @api.model
    def _known(self, company_id: int, scope: str, kind: str, keys) -> dict[str, models.BaseModel]:
        """The key records of the given keys, one query for all.

        What was written, which is large, is left for ``_fetch_written``: most rows of a file that
        is loaded again change nothing.
        """
        keys = list(keys)
        if not keys:
            return {}
        found = self.search_fetch(
            [
                ("company_id", "=", company_id),
                ("scope", "=", scope),
                ("kind", "=", kind),
                ("key", "in", keys),
            ],
            ["key", "res_model", "res_id", "res_name", "content_hash"],
            order="id",
        )
        return {record.key: record for record in found}

    def _fetch_written(self) -> None:
        """Read at once what the exchange wrote to the records of these keys."""
        self.fetch(["written", "satellite_id"])

    @api.model
    def _remember(self, run, kind: str, entries: list[dict]) -> None:
        """Insert keys in one statement; a key that another load wrote first raises."""
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s)",
                run.company_id.id,
                run.type_id.package_id.code,
                entry.get("kind", kind),
                entry["key"],
                entry["res_model"],
                entry["res_id"],
                entry.get("res_name"),
                entry.get("satellite_id") or 0,
                entry.get("content_hash"),
                _json(entry.get("written")),
                run.id,
                self.env.uid,
                self.env.uid,
                self.env.cr.now(),
                self.env.cr.now(),
            )
            for entry in entries
        ]
        if not rows:
            return
        # Raw: thousands of plain rows without any computed field, and the unique index must
        # speak at once, inside the savepoint of the chunk.
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_exchange_key (company_id, scope, kind, key, res_model, res_id, "
                "res_name, satellite_id, content_hash, written, run_id, create_uid, write_uid, "
                "create_date, write_date) VALUES %s",
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model()

    # personal data
    @api.model
    def _privacy_owner(self) -> SQL:
        return SQL(
            "CASE WHEN %s = 'res.partner' THEN %s END",
            SQL.identifier(self._table, "res_model"),
            SQL.identifier(self._table, "res_id"),
        )

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        return Domain("res_model", "=", "res.partner") & Domain("res_id", "in", partners.ids)

    def _privacy_clear(self) -> int:
        """Forget the name and what was written.

        Every value counts as changed by a person from now on: a file that comes again does not
        bring the words back.
        """
        changed = super()._privacy_clear()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_exchange_key
                   SET written = (
                       SELECT jsonb_object_agg(name, %s::text)
                         FROM jsonb_object_keys(written) AS name
                   )
                 WHERE id = ANY(%s) AND jsonb_typeof(written) = 'object'
                """,
                COVER,
                self.ids,
            )
        )
        self.invalidate_model(flush=False)
        return changed


def _json(value) -> str | None:
    return None if value is None else json.dumps(value)
