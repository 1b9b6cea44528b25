from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from .field_words import field_words

THIS_TRANSACTION = "crm_strategy.trace_revisions"
TRACED_BY = (
    "active",
    "revision",
    "analysis_id.need_ids.active",
    "analysis_id.need_ids.revision",
    "analysis_id.specification_ids.active",
    "analysis_id.specification_ids.kind",
    "analysis_id.specification_ids.revision",
    "analysis_id.commitment_ids.active",
    "analysis_id.link_ids.need_id",
    "analysis_id.link_ids.functional_id",
    "analysis_id.link_ids.technical_id",
    "analysis_id.link_ids.commitment_id",
    "analysis_id.link_ids.approved_revision",
)


class CrmTraceMixin(models.AbstractModel):
    """A need, a specification or a commitment: one record of the trace from need to contract.

    Writing one of the ``_meaning_fields`` opens a new revision that keeps what was and what is,
    once per record and transaction. Links to what follows then hold for an older revision, and
    everything behind them is suspect until a person approves the link anew.
    """

    _name = "crm.trace.mixin"
    _description = "Record of a Trace"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
        "crm.need.book.mixin",
    ]
    _order = "code, id"
    _check_company_auto = True
    _kept_fields = ("analysis_id", "code", "revision", "is_suspect", "is_orphan")
    _made_fields: tuple[str, ...] = ("revision",)
    _partner_merge = "rekey"
    # Contacts speak and approve, not only their company.
    _partner_is_buyer = False
    _privacy_purpose = "contract"
    # What was agreed is kept; an erased person is covered in its words.
    _privacy_expiry = "keep"
    _privacy_only_sure = True

    # Fields whose change is a change of what is wanted or promised.
    _meaning_fields: tuple[str, ...] = ()
    # Link of ``crm.trace.revision`` to this model.
    _trace_field = ""

    analysis_id = fields.Many2one(
        "crm.need.analysis",
        string="Analysis",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The analysis of needs to which this belongs. It cannot be moved to another one.",
    )
    company_id = fields.Many2one(
        related="analysis_id.company_id",
        store=True,
        index=True,
        help="Our company that works with the customer.",
    )
    code = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        help="Given when the record is made and never again: books, orders and contracts name it.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        ondelete="set null",
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who answers for it and is told when something above it changes.",
    )
    active = fields.Boolean(
        default=True,
        help="Untick what was dropped: it leaves the trace and its figures, its history stays.",
    )
    revision = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Goes up by one when the meaning changes; the revisions tell what was before.",
    )
    is_suspect = fields.Boolean(
        string="Suspect",
        compute="_compute_trace",
        store=True,
        index=True,
        help="Something above changed since the links were approved. Read the change, adapt the "
        "text if it must be, and approve the link.",
    )
    is_orphan = fields.Boolean(
        string="Orphan",
        compute="_compute_trace",
        store=True,
        index=True,
        help="A need that no specification answers, or a specification or commitment that "
        "answers nothing.",
    )

    @api.depends(*TRACED_BY)
    def _compute_trace(self) -> None:
        for analysis, records in self.grouped("analysis_id").items():
            trace = analysis._trace()
            for record in records:
                key = record._trace_key()
                record.is_suspect = key in trace.suspects
                record.is_orphan = record.active and record._is_lonely(trace, key)

    def _is_lonely(self, trace, key: tuple[str, int]) -> bool:
        """Whether the record answers nothing; needs say it the other way round."""
        return key not in trace._up

    def _trace_key(self) -> tuple[str, int]:
        return self._name, self._origin.id or self.id

    @api.depends("code", "name")
    def _compute_display_name(self) -> None:
        for record in self:
            record.display_name = " · ".join(filter(None, [record.code, record.name]))

    @api.model
    def _search_display_name(self, operator, value):
        """A record is found by its number and by its words."""
        found = super()._search_display_name(operator, value)
        if operator in ("ilike", "like", "=", "in", "=ilike") and value:
            found |= fields.Domain("code", operator, value)
        return found

    # writing
    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create records; each is given its number."""
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name not in ("code", "revision")}
                for vals in vals_list
            ]
        for vals in vals_list:
            vals["code"] = vals.get("code") or self._next_code(vals)
        records = super().create(vals_list)
        # What is written before others can see it is no revision.
        fresh = self._revisions_of_this_transaction()
        fresh.update({(self._name, record.id): 0 for record in records})
        records._let_take_part()
        return records

    def write(self, vals: dict) -> bool:
        """Write records; a changed meaning opens a revision."""
        names = [name for name in self._meaning_fields if name in vals]
        if names:
            self.check_access("write")
            self._lock_meaning()
            before = {record: record._meaning_words(names) for record in self}
        result = super().write(vals)
        if vals.get("user_id"):
            self._let_take_part()
        if names:
            changes = {}
            for record, old in before.items():
                new = record._meaning_words(names)
                changes[record] = {
                    name: (old[name], new[name]) for name in names if old[name] != new[name]
                }
            self._open_revisions({record: diff for record, diff in changes.items() if diff})
        return result

    @api.model
    def _next_code(self, vals: dict) -> str:
        # Access: numbers are given out to whoever may create the record.
        return self.env["ir.sequence"].sudo().next_by_code(self._code_sequence(vals)) or "–"

    @api.model
    def _code_sequence(self, vals: dict) -> str:
        return self._name

    def _let_take_part(self) -> None:
        """Whoever answers for a part sees the whole analysis."""
        # Access: the person just gave a colleague a task in this analysis.
        for record in self.sudo():
            if record.user_id and record.user_id not in record.analysis_id.member_ids:
                record.analysis_id.member_ids |= record.user_id

    # revisions
    def _lock_meaning(self) -> None:
        """Let people who change the same record wait for each other.

        Who comes second works on what the first one left: the database refuses the stale
        snapshot, and the request runs again on a fresh one.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(self._table),
                self.ids,
            )
        )

    def _meaning_words(self, names: list[str]) -> dict[str, str]:
        # Access: a revision names what was written, whatever the person may read of the links.
        record = self.sudo()
        return {name: field_words(record, name) for name in names}

    @api.model
    def _revisions_of_this_transaction(self) -> dict[tuple[str, int], int]:
        """(model, id) -> revision opened in this transaction; 0 for what it created."""
        return self.env.cr.postcommit.data.setdefault(THIS_TRANSACTION, {})

    def _open_revisions(self, changes: dict) -> None:
        """One new revision per record and transaction; later changes enter the same one."""
        # Access: nobody types a revision; it follows from the change just made.
        Revision = self.env["crm.trace.revision"].sudo()
        opened = self._revisions_of_this_transaction()
        new = []
        for record, difference in changes.items():
            key = (self._name, record.id)
            if opened.get(key) == 0:
                continue
            revision = Revision.browse(opened.get(key)).exists()
            if revision:
                revision._add_difference(difference)
                continue
            # Access: see above; the fields are kept from people. The number itself means nothing,
            # so writing it opens no further revision.
            record.sudo().write({"revision": record.revision + 1})
            new.append((record, difference))
        revisions = Revision.create(
            [
                {
                    self._trace_field: record.id,
                    "number": record.revision,
                    "user_id": self.env.uid,
                    "difference": Revision._as_difference(difference),
                }
                for record, difference in new
            ]
        )
        for (record, _difference), revision in zip(new, revisions, strict=True):
            opened[self._name, record.id] = revision.id
        if revisions:
            revisions._announce_soon()

    def action_open_revisions(self) -> dict:
        """Open what changed from revision to revision."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_trace_revision_action"
        )
        return {**action, "domain": [(self._trace_field, "=", self.id)], "context": {}}
