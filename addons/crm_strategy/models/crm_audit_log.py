from __future__ import annotations

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

KINDS = [
    ("created", "Created"),
    ("changed", "Changed"),
    ("archived", "Archived"),
    ("deleted", "Deleted"),
    ("run", "Run"),
]


class AuditEntry(NamedTuple):
    """One line of the log before it is written."""

    area: str
    kind: str
    model: str | None = None
    res_id: int | None = None
    record_name: str | None = None
    field_name: str | None = None
    before: str | None = None
    after: str | None = None
    company_id: int | None = None


class CrmAuditLog(models.Model):
    """Who changed which definition or right, and which long work ran (S002-II.6-R5).

    Append-only: written by the engine in one statement per change, read by people, changed by
    nobody. Names are kept as they were, also after the record or the person is gone.
    """

    _name = "crm.audit.log"
    _description = "Audit Log"
    _inherit = "crm.privacy.mixin"
    _order = "id desc"
    _rec_name = "record_name"
    _log_access = False
    _privacy_purpose = "accountability"
    # The log is the proof of what was done; an erased person is covered in it.
    _privacy_expiry = "keep"
    _privacy_date_field = "logged_at"
    _privacy_only_sure = True
    _privacy_texts = ("user_name", "record_name", "before", "after")

    # when and who
    logged_at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, index="btree_not_null", ondelete="set null"
    )
    user_name = fields.Char(
        string="Name of the person", readonly=True, help="As it was when the change was made."
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index=True,
        ondelete="set null",
        help="The company of the record. Empty for what all companies share.",
    )
    is_shared = fields.Boolean(
        string="Shared by all companies",
        readonly=True,
        help="The record belonged to no single company. Entries of a company that was deleted "
        "have no company either, and are not shown to the others.",
    )
    # what
    area = fields.Selection(
        selection="_selection_area",
        required=True,
        readonly=True,
        index=True,
        help="The part of the suite that was changed.",
    )
    kind = fields.Selection(
        KINDS, string="What happened", required=True, readonly=True, help="Kind of the entry."
    )
    model = fields.Char(
        string="Technical kind of record", readonly=True, help="Technical name of the kind."
    )
    model_name = fields.Char(
        string="Kind of record",
        compute="_compute_model_name",
        help="What kind of record was changed.",
    )
    res_id = fields.Many2oneReference(
        string="Number of the record", model_field="model", readonly=True, aggregator=None
    )
    record_name = fields.Char(
        string="Record", readonly=True, help="Name of the record when it was changed."
    )
    field_name = fields.Char(
        string="Technical name of the field", readonly=True, help="Empty for whole records."
    )
    field_label = fields.Char(
        string="Field", compute="_compute_field_label", help="The field that was changed."
    )
    before = fields.Text(readonly=True, help="What stood there before.")
    after = fields.Text(readonly=True, help="What stands there since, or what the run did.")

    _record_idx = models.Index("(model, res_id)")

    @api.model
    def _selection_area(self) -> list[tuple[str, str]]:
        """The parts of the suite; each addon adds its own before rights and runs."""
        return [
            ("strategy", self.env._("Strategy")),
            ("rights", self.env._("Rights")),
            ("runs", self.env._("Runs")),
        ]

    @api.depends("model")
    def _compute_model_name(self) -> None:
        for entry in self:
            known = entry.model in self.env.registry
            entry.model_name = self.env["ir.model"]._get(entry.model).name if known else entry.model

    @api.depends("model", "field_name")
    def _compute_field_label(self) -> None:
        for entry in self:
            model = self.env.get(entry.model) if entry.model else None
            label = self._audited_labels().get(entry.field_name)
            if not label and model is not None and entry.field_name in model._fields:
                label = model._fields[entry.field_name]._description_string(self.env)
            entry.field_label = label or entry.field_name

    @api.model
    def _audited_labels(self) -> dict[str, str]:
        """Labels of what is logged without being a field."""
        return {"roles": self.env._("Roles")}

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        return Domain("model", "=", "res.partner") & Domain("res_id", "in", partners.ids)

    # append-only: both always refuse, so neither calls super()
    def write(self, vals: dict) -> bool:  # pylint: disable=method-required-super
        """Refuse: the log is only added to."""
        self._refuse()

    def unlink(self) -> bool:  # pylint: disable=method-required-super
        """Refuse: the log is only added to."""
        self._refuse()

    def _refuse(self) -> None:
        raise UserError(
            self.env._(
                "The audit log is only added to: no entry can be changed or deleted. "
                "If an entry is wrong, make the right change; it gets an entry of its own."
            )
        )

    # writing
    @api.model
    def _is_on(self) -> bool:
        """Whether changes leave entries: not while an addon is installed or upgraded.

        What an installation loads is known from its files.
        """
        return self.env.registry.ready

    @api.model
    @api.private
    def _insert(self, entries: list[AuditEntry]) -> None:
        """Write the entries in one statement, in the name of the person at work."""
        if not entries:
            return
        user = self.env.user
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                *(value or None for value in entry),
            )
            for entry in entries
        ]
        # Raw SQL: whoever changes a definition has no right on the log, and nobody else may
        # write to it by any method.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_audit_log
                       (logged_at, user_id, user_name, area, kind, model, res_id, record_name,
                        field_name, before, after, company_id, is_shared)
                SELECT %(now)s::timestamp, %(uid)s, %(name)s, new.area, new.kind, new.model,
                       new.res_id::int, new.record_name, new.field_name, new.before, new.after,
                       new.company_id::int, new.company_id IS NULL
                  FROM (VALUES %(values)s)
                    AS new (area, kind, model, res_id, record_name, field_name, before, after,
                            company_id)
                """,
                now=fields.Datetime.now(),
                uid=user.id,
                # Access: only the own name of the person at work.
                name=user.sudo().name,
                values=SQL(", ").join(values),
            )
        )

    @api.model
    @api.private
    def _log_run(
        self,
        area: str,
        name: str,
        text: str,
        company: models.BaseModel | None = None,
        record: models.BaseModel | None = None,
    ) -> None:
        """Note that a long work ran: a load, a rebuild, a comparison, a removal.

        :param area: key of ``area``; “runs” where no part of the suite owns the work
        :param name: the work in words; :param text: what it did, with its counts
        """
        self._insert(
            [
                AuditEntry(
                    area=area,
                    kind="run",
                    model=record._name if record else None,
                    res_id=record.id if record else None,
                    record_name=name,
                    after=text,
                    company_id=company.id if company else None,
                )
            ]
        )

    # people
    def action_open_record(self) -> dict:
        """Open the record that was changed, while it exists."""
        self.ensure_one()
        record = self.env.get(self.model) if self.model else None
        record = record.browse(self.res_id).exists() if record is not None else None
        if not record:
            raise UserError(
                self.env._(
                    "“%(name)s” no longer exists. The entry is kept for the record.",
                    name=self.record_name or "",
                )
            )
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
