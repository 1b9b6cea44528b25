from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.erase import person_pattern
from ..core.matrix import Cell, Column, Matrix, Row
from ..core.xlsx import Words, render
from .crm_privacy_mixin import cover_columns
from .field_words import field_label, field_words

NAMES = ("name", "email", "email_normalized", "street", "street2", "vat", "company_registry")
PHONES = ("phone", "phone_sanitized", "mobile")
# What Odoo keeps beside our records: messages with their changes, and files.
BESIDE = (
    ("mail_message", "model", ("subject", "body", "email_from")),
    ("mail_activity", "res_model", ("summary", "note")),
    ("ir_attachment", "res_model", ("name", "description", "index_content")),
)
TECHNICAL = {"create_uid", "write_uid", "write_date", "id", "display_name"}


class CrmPrivacyEngine(models.AbstractModel):
    """What the suite does for a person who asks about her data: hand it out, take it out."""

    _name = "crm.privacy.engine"
    _description = "Personal Data of a Contact"

    @api.model
    def _partners_of(self, partners: models.BaseModel) -> models.BaseModel:
        """The contacts with all their addresses and people, archived ones too."""
        return partners.with_context(active_test=False).search([("id", "child_of", partners.ids)])

    @api.model
    def _pattern(self, partners: models.BaseModel, only_sure: bool = False) -> str | None:
        """A pattern of every word by which the contacts are known.

        The address or telephone that a person shares with her company is the company's, and
        stays unless the company is erased too.
        """
        others = (partners.parent_id | partners.commercial_partner_id) - partners
        return person_pattern(
            self._words(partners, NAMES) - self._words(others, NAMES),
            self._words(partners, PHONES) - self._words(others, PHONES),
            only_sure,
        )

    @api.model
    def _words(self, partners: models.BaseModel, names: tuple[str, ...]) -> set[str]:
        known = [name for name in names if name in partners._fields]
        return {partner[name] for partner in partners for name in known if partner[name]}

    # erase
    @api.model
    @api.private
    def _erase(self, partners: models.BaseModel) -> int:
        """Take everything that names the contacts out of our rows; figures and dates stay.

        Must run while the contacts still carry their words. Returns how many rows changed.
        """
        self.env.flush_all()
        partners = self._partners_of(partners)
        if not partners:
            return 0
        pattern, sure = self._pattern(partners), self._pattern(partners, only_sure=True)
        # First find all, then change: rows are found by keys that are taken out too.
        own = [
            model._privacy_rows(partners)
            for model in self.env["crm.privacy.mixin"]._privacy_models()
        ]
        counts = {}
        for rows in own:
            counts[rows._description] = rows._privacy_clear()
            words = sure if rows._privacy_only_sure else pattern
            if words:
                counts[rows._description] += rows._privacy_cover(words)
        if pattern:
            counts[self.env._("Messages and files")] = self._erase_beside(pattern)
            counts[self.env._("Open windows")] = self._erase_wizards(pattern)
        changed = {kind: count for kind, count in counts.items() if count}
        self.env["crm.audit.log"]._log_run(
            "runs",
            # Not the name: this entry stays when the person is gone.
            self.env._("Personal data of contact %(number)s erased", number=min(partners.ids)),
            "\n".join(f"{kind}: {count}" for kind, count in changed.items())
            or self.env._("Nothing was kept about the contact."),
        )
        return sum(changed.values())

    @api.model
    def _own_models(self) -> list[models.BaseModel]:
        """Every model with a table that an addon of the suite made."""
        author = self.env["ir.module.module"].search([("name", "=", "crm_strategy")]).author
        addons = set(
            self.env["ir.module.module"]
            .search([("author", "=", author), ("state", "!=", "uninstalled")])
            .mapped("name")
        )
        return [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if model._original_module in addons and model._auto and not model._abstract
        ]

    @api.model
    def _erase_beside(self, pattern: str) -> int:
        """Cover the person in messages and files that hang on our records."""
        names = [model._name for model in self._own_models()]
        changed = 0
        for table, column, texts in BESIDE:
            only = SQL("%s = ANY(%s)", SQL.identifier(column), names)
            changed += cover_columns(self.env, table, list(texts), pattern, only)
        only = SQL("mail_message_id IN (SELECT id FROM mail_message WHERE model = ANY(%s))", names)
        changed += cover_columns(
            self.env,
            "mail_tracking_value",
            ["old_value_char", "new_value_char", "old_value_text", "new_value_text"],
            pattern,
            only,
        )
        self.env.invalidate_all(flush=False)
        return changed

    @api.model
    def _erase_wizards(self, pattern: str) -> int:
        """Close windows of ours that show the person; Odoo does it within hours anyway."""
        found = 0
        for model in self._own_models():
            if not model._transient:
                continue
            texts = [
                SQL("%s::text ~* %s", SQL.identifier(field.name), pattern)
                for field in model._fields.values()
                if field.store and field.type in ("char", "text", "html", "json")
            ]
            if texts:
                rows = self.env.execute_query(
                    SQL(
                        "SELECT id FROM %s WHERE %s",
                        SQL.identifier(model._table),
                        SQL(" OR ").join(texts),
                    )
                )
                model.browse(row[0] for row in rows).unlink()
                found += len(rows)
        return found

    # export
    @api.model
    @api.private
    def _export_companies(self) -> models.BaseModel:
        """The companies whose data the person at work may hand out.

        :raise AccessError: when she may hand out none
        """
        if self.env.user.has_group("base.group_system"):
            # Access: a request of a data subject concerns all companies.
            return self.env["res.company"].sudo().search(Domain.TRUE)
        if self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            return self.env.companies
        raise AccessError(
            self.env._(
                "Only an administrator or a strategy manager hands out what is kept about a "
                "contact. Ask one of them to open the contact and choose “Export CRM data”."
            )
        )

    @api.model
    @api.private
    def _export(self, partner: models.BaseModel) -> bytes:
        """Everything the suite keeps about the contact, as a workbook that a person can read.

        One sheet per kind of record, and one about purposes and consents.
        """
        companies = self._export_companies()
        if not self.env.user.has_group("base.group_system"):
            partner.check_access("read")
        # Access: checked above, and an administrator answers for contacts of all companies; only
        # rows about this contact, of these companies, are read.
        partners = self._partners_of(partner.sudo())
        sheets = [self._purpose_sheet(partners, companies)]
        for model in self.env["crm.privacy.mixin"].sudo()._privacy_models():
            rows = model._privacy_rows(partners).filtered_domain(
                self._company_domain(model, companies)
            )
            if rows:
                sheets.append(self._record_sheet(rows))
        self.env["crm.audit.log"]._log_run(
            "runs",
            self.env._("Personal data of contact %(number)s handed out", number=partner.id),
            "\n".join(f"{sheet.title}: {len(sheet.rows)}" for sheet in sheets[1:])
            or self.env._("Nothing was kept about the contact."),
        )
        return render(sheets, self._export_words())

    @api.model
    def _export_words(self) -> Words:
        return Words(
            parameters=self.env._("Parameters"),
            report=self.env._("Report"),
            notes=self.env._("Notes"),
            no_data=self.env._("No data"),
        )

    @api.model
    def _company_domain(self, model: models.BaseModel, companies: models.BaseModel) -> Domain:
        if "company_id" not in model._fields:
            return Domain.TRUE
        return Domain("company_id", "in", [*companies.ids, False])

    @api.model
    def _record_sheet(self, rows: models.BaseModel) -> Matrix:
        """One kind of record: a line each, a column for every field that is filled somewhere."""
        labels = {name: field_label(rows, name) for name in self._export_fields(rows)}
        words = {row: {name: field_words(row, name) for name in labels} for row in rows}
        filled = [name for name in labels if any(line[name] for line in words.values())]
        return Matrix(
            title=self.env["ir.model"]._get(rows._name).name,
            columns=[Column(name, labels[name], "text") for name in filled],
            rows=[
                Row(
                    str(row.id),
                    row.display_name or "",
                    {name: Cell(line[name]) for name in filled if line[name]},
                )
                for row, line in words.items()
            ],
        )

    @api.model
    def _export_fields(self, rows: models.BaseModel) -> list[str]:
        """Fields worth reading: stored, filled in or derived, but no technical pointers."""
        pointers = {
            field.model_field for field in rows._fields.values() if hasattr(field, "model_field")
        }
        return [
            name
            for name, field in rows._fields.items()
            if field.store
            and field.type not in ("one2many", "binary", "many2one_reference")
            and name not in TECHNICAL | pointers
        ]

    @api.model
    def _purpose_sheet(self, partners: models.BaseModel, companies: models.BaseModel) -> Matrix:
        """Why data is kept, on which basis, for how long, and what the person said to it."""
        # Access: the purposes of the companies whose data is handed out.
        purposes = self.env["crm.purpose"].sudo()._of_companies(companies)
        consents = (
            self.env["crm.consent"]
            .sudo()
            .search([("partner_id", "in", partners.ids), ("company_id", "in", companies.ids)])
        )
        names = ("description", "legal_basis", "retention_months")
        columns = [Column(name, field_label(purposes, name), "text") for name in names]
        columns.append(Column("consent", field_label(consents, "state"), "text"))
        return Matrix(
            title=self.env._("Purposes and consents"),
            columns=columns,
            rows=[
                Row(
                    str(purpose.id),
                    purpose.name,
                    {name: Cell(field_words(purpose, name) or "–") for name in names}
                    | {"consent": Cell(consents._answers_in_words(purpose))},
                )
                for purpose in purposes
            ],
            parameters=(
                (self.env._("Contact"), ", ".join(partners.mapped("display_name"))),
                (self.env._("Companies"), ", ".join(companies.mapped("name"))),
                (self.env._("Date"), fields.Date.context_today(self).isoformat()),
            ),
            notes=(
                self.env._(
                    "Opportunities, orders, invoices and payments are kept by the accounting "
                    "rules and are handed out from there."
                ),
            ),
        )
