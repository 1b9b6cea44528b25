from __future__ import annotations

from lxml import etree

from odoo import api, models
from odoo.fields import Domain

from .crm_audit_log import AuditEntry
from .field_words import field_label, field_words

READERS = (
    "crm_strategy.crm_strategy_group_manager,crm_strategy.crm_strategy_group_finance,"
    "base.group_system"
)
TECHNICAL = {"color", "create_uid", "create_date", "write_uid", "write_date", "id", "display_name"}


class CrmAuditedMixin(models.AbstractModel):
    """A definition whose changes leave entries in the audit log.

    A model may name its ``_audited_fields`` (all stored fields that people fill in, when it does
    not), its ``_audit_area``, and in ``_audit_parent`` the link to the record in whose log the
    entries of its lines stand.
    """

    _name = "crm.audited.mixin"
    _description = "Audited Definition"
    _inherit = "crm.privacy.mixin"

    _audited_fields: tuple[str, ...] | None = None
    _audit_area = "strategy"
    _audit_parent: str | None = None
    # A definition is about no person, but people name people in descriptions.
    _privacy_purpose = "accountability"
    _privacy_expiry = "keep"
    _privacy_only_sure = True

    @api.model
    def _audit_names(self) -> list[str]:
        """The fields whose changes are logged."""
        if self._audited_fields is not None:
            return list(self._audited_fields)
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and not field.related
            and not (field.compute and field.readonly)
            and field.type not in ("one2many", "binary")
            and name not in TECHNICAL
            and name != self._audit_parent
        ]

    @api.model
    def _privacy_domain(self, partners: models.BaseModel) -> Domain:
        """None: a definition is about nobody, also where it names a contact."""
        return Domain.FALSE

    @api.model
    def _privacy_text_names(self) -> list[str]:
        texts = ("char", "text", "html")
        return [name for name in self._audit_names() if self._fields[name].type in texts]

    # writing
    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create records; each leaves an entry with what was filled in."""
        records = super().create(vals_list)
        if self._audit_is_on():
            self.env["crm.audit.log"]._insert(
                [
                    records._audit_entry(record, "created", after=words)
                    for record in records
                    if (words := record._audit_summary())
                ]
            )
        return records

    def write(self, vals: dict) -> bool:
        """Write records; each changed field leaves an entry with both values."""
        names = [name for name in self._audit_names() if name in vals]
        if not names or not self._audit_is_on():
            return super().write(vals)
        before = {record: record._audit_words(names) for record in self}
        result = super().write(vals)
        entries = []
        for record, old in before.items():
            new = record._audit_words(names)
            entries += [
                self._audit_entry(
                    record,
                    "archived" if name == "active" and not record.active else "changed",
                    name,
                    old[name],
                    new[name],
                )
                for name in names
                if old[name] != new[name]
            ]
        self.env["crm.audit.log"]._insert(entries)
        return result

    def unlink(self) -> bool:
        """Delete records; each leaves an entry with what stood there."""
        entries = []
        if self._audit_is_on():
            entries = [
                self._audit_entry(record, "deleted", before=words)
                for record in self
                if (words := record._audit_summary())
            ]
        result = super().unlink()
        self.env["crm.audit.log"]._insert(entries)
        return result

    @api.model
    def _audit_is_on(self) -> bool:
        return self.env["crm.audit.log"]._is_on()

    def _audit_words(self, names: list[str]) -> dict[str, str]:
        # Access: the entry names what was written, whatever the person may read of the links.
        record = self.sudo()
        return {name: field_words(record, name) for name in names}

    def _audit_summary(self) -> str:
        """All that is filled in, one field a line; empty when nothing of ours is."""
        # Access: the entry names what was written, whatever the person may read of the links.
        record = self.sudo()
        filled = [name for name in self._audit_names() if record[name] and name != "active"]
        words = self._audit_words(filled)
        return "\n".join(f"{field_label(self, name)}: {text}" for name, text in words.items())

    def _audit_entry(
        self, record, kind: str, field: str | None = None, before: str = "", after: str = ""
    ) -> AuditEntry:
        # Access: names and company of the record that the person just changed.
        record = record.sudo()
        parent = record[self._audit_parent] if self._audit_parent else None
        name = record.display_name
        if parent:
            name = f"{parent.display_name}: {name}"
        kept = parent or record
        company = record._audit_company()
        return AuditEntry(
            self._audit_area, kind, kept._name, kept.id, name, field, before, after, company.id
        )

    def _audit_company(self) -> models.BaseModel:
        """The company whose people read the entry; empty for what all companies share."""
        if "company_id" in self._fields:
            return self.company_id
        return self.env["res.company"]

    # screen
    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Add the button “Changes” to the form of every audited definition."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and not self._audit_parent:
            self._audit_button_box(arch).append(self._audit_button())
        return arch, view

    @api.model
    def _audit_button_box(self, arch: etree._Element) -> etree._Element:
        """The row of buttons of a form; made where the form has none."""
        for box in arch.xpath("//div[@name='button_box'][not(ancestor::field)]"):
            return box
        box = etree.Element("div", {"name": "button_box", "class": "oe_button_box"})
        sheets = arch.xpath("//sheet[not(ancestor::field)]")
        (sheets[0] if sheets else arch).insert(0, box)
        return box

    @api.model
    def _audit_button(self) -> etree._Element:
        return etree.Element(
            "button",
            {
                "name": "action_open_changes",
                "type": "object",
                "class": "oe_stat_button",
                "icon": "fa-history",
                "string": self.env._("Changes"),
                "groups": self._audit_readers(),
            },
        )

    @api.model
    def _audit_readers(self) -> str:
        """Groups that read the log, as a view names them."""
        return READERS

    def action_open_changes(self) -> dict:
        """Open the log of this record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_audit_log_action")
        domain = [("model", "=", self._name), ("res_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}
