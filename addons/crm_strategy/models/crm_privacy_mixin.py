from __future__ import annotations

import json

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.erase import COVER, cover_json

EXPIRIES = ("delete", "clear", "keep")


class CrmPrivacyMixin(models.AbstractModel):
    """What a model keeps about people, why, and what becomes of it.

    Each model with personal data declares

    - ``_privacy_purpose``: code of the ``crm.purpose`` for which it is kept;
    - ``_privacy_expiry``: what happens when the period of the purpose has passed: ``delete`` the
      row, ``clear`` its personal words, or ``keep`` it (figures without words, or proof);
    - ``_privacy_date_field``: the row's own date; the period runs from it or from the customer's
      last document, whichever is later;
    - ``_privacy_texts``: fields that may quote anybody; an erased person is covered in all rows;
    - ``_privacy_personal``: fields of the person's own rows that are emptied whole;
    - ``_privacy_keys``: keys of other systems; one that names a person becomes a fingerprint, the
      same in every table, so that rows still find each other.

    There is no default: the contract test fails where nothing is chosen.
    """

    _name = "crm.privacy.mixin"
    _description = "Personal Data"

    _privacy_purpose: str | None = None
    _privacy_expiry: str | None = None
    _privacy_date_field = "create_date"
    _privacy_texts: tuple[str, ...] = ()
    _privacy_personal: tuple[str, ...] = ()
    _privacy_keys: tuple[str, ...] = ()
    # Texts about the work, where a single word may be a word like any other.
    _privacy_only_sure = False

    @api.model
    @api.private
    def _privacy_models(self) -> list[models.BaseModel]:
        """All models that inherit this mixin and have a table."""
        mixin = self.env.registry["crm.privacy.mixin"]
        return [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if issubclass(model, mixin) and model._auto and not model._abstract
        ]

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        """The rows that are about the partners."""
        keys = [
            name
            for name, field in self._fields.items()
            if field.type == "many2one" and field.store and field.comodel_name == "res.partner"
        ]
        customers = [
            name
            for name, field in self._fields.items()
            if field.type == "many2one" and field.store and field.comodel_name == "crm.customer"
        ]
        return Domain.OR(
            [Domain(name, "in", partners.ids) for name in keys]
            + [Domain(f"{name}.partner_id", "in", partners.ids) for name in customers]
        )

    @api.model
    def _privacy_owner(self) -> SQL | None:
        """The column with the partner to whom a row belongs; None: rows have only their date."""
        if "partner_id" in self._fields and self._fields["partner_id"].store:
            return SQL.identifier(self._table, "partner_id")
        return None

    # erasing
    @api.model
    def _privacy_rows(self, partners: models.BaseModel) -> models.BaseModel:
        """The rows about the partners, archived ones too."""
        return self.with_context(active_test=False).search(self._privacy_domain(partners))

    @api.model
    def _privacy_text_names(self) -> list[str]:
        """Fields in which a person may be named."""
        return list(self._privacy_texts)

    def _privacy_clear(self) -> int:
        """Empty the personal words of the rows; figures and dates stay."""
        names = [name for name in self._privacy_personal if self._fields[name].column_type]
        if self and names:
            self.env.flush_all()
            empty = [
                SQL("%s = %s", SQL.identifier(name), self._privacy_blank(name)) for name in names
            ]
            # Raw SQL: also rows that no method may write, like the log; one statement for all.
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    SQL.identifier(self._table),
                    SQL(", ").join(empty),
                    self.ids,
                )
            )
        files = [name for name in self._privacy_personal if not self._fields[name].column_type]
        if self and files:
            self.write(dict.fromkeys(files, False))
            self.env.flush_all()
        self.invalidate_model(flush=False)
        return len(self) if self._privacy_personal else 0

    @api.model
    def _privacy_blank(self, name: str) -> str | None:
        return COVER if self._fields[name].required else None

    @api.model
    def _privacy_cover(self, pattern: str) -> int:
        """Cover the person in every text of the table, whomever the row is about."""
        self.env.flush_all()
        names = self._privacy_text_names()
        in_json = [
            name
            for name in names
            if self._fields[name].type == "json" or self._fields[name].translate
        ]
        texts = [name for name in names if name not in in_json]
        changed = cover_columns(self.env, self._table, texts, pattern)
        changed += sum(self._privacy_cover_json(name, pattern) for name in in_json)
        changed += sum(self._privacy_hash_key(name, pattern) for name in self._privacy_keys)
        self.invalidate_model(flush=False)
        return changed

    @api.model
    def _privacy_cover_json(self, name: str, pattern: str) -> int:
        column, table = SQL.identifier(name), SQL.identifier(self._table)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(column)s FROM %(table)s WHERE EXISTS ("
                "SELECT FROM jsonb_path_query(%(column)s, 'strict $.**') AS part "
                "WHERE jsonb_typeof(part) = 'string' AND part #>> '{}' ~* %(pattern)s)",
                column=column,
                table=table,
                pattern=pattern,
            )
        )
        for row_id, value in rows:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s::jsonb WHERE id = %s",
                    table,
                    column,
                    json.dumps(cover_json(value, pattern)),
                    row_id,
                )
            )
        return len(rows)

    @api.model
    def _privacy_hash_key(self, name: str, pattern: str) -> int:
        # A key is no name in most systems and stays then: documents are found by it.
        column = SQL.identifier(name)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = 'erased-' || left(encode(sha256(convert_to(%s, 'UTF8')), "
                "'hex'), 16) WHERE %s ~* %s",
                SQL.identifier(self._table),
                column,
                column,
                column,
                pattern,
            )
        )
        return self.env.cr.rowcount

    # expiry
    @api.model
    def _privacy_todo(self) -> SQL:
        """Condition of the rows in which there is something left to remove."""
        if self._privacy_expiry == "delete":
            return SQL("TRUE")
        names = [name for name in self._privacy_personal if self._fields[name].column_type]
        filled = [
            SQL(
                "%s IS DISTINCT FROM %s",
                SQL.identifier(self._table, name),
                self._privacy_blank(name),
            )
            for name in names
        ]
        return SQL("(%s)", SQL(" OR ").join(filled)) if filled else SQL("FALSE")

    def _privacy_expire(self) -> None:
        """Do with the rows what ``_privacy_expiry`` says."""
        if self._privacy_expiry == "delete":
            self.unlink()
        elif self._privacy_expiry == "clear":
            self._privacy_clear()


def cover_columns(
    env: api.Environment, table: str, names: list[str], pattern: str, only=None
) -> int:
    """Cover a person in text columns of a table; ``only`` limits the rows. Returns the count."""
    if not names:
        return 0
    columns = [SQL.identifier(name) for name in names]
    env.cr.execute(
        SQL(
            "UPDATE %s SET %s WHERE (%s)%s",
            SQL.identifier(table),
            SQL(", ").join(
                SQL("%s = regexp_replace(%s, %s, %s, 'gi')", column, column, pattern, COVER)
                for column in columns
            ),
            SQL(" OR ").join(SQL("%s ~* %s", column, pattern) for column in columns),
            SQL(" AND %s", only) if only else SQL(),
        )
    )
    return env.cr.rowcount
