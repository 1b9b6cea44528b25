from __future__ import annotations

from odoo import api, models
from odoo.exceptions import AccessError


class CrmKeptMixin(models.AbstractModel):
    """Holds for every call what the screen holds.

    ``readonly`` binds the screen only: whoever may write a record writes all of its fields by a
    remote call, and access rules do not look at the record after a write. A model inherits this
    and names its ``_kept_fields``: nobody writes them but the suite itself, which does so as
    superuser. The same holds for stored fields that follow from others. And no record moves to a
    company that the person has not switched on.

    Some of them, as the customer of a plan, are given at creation. Those that begin at their
    default whatever a call says, as states and signatures, are named in ``_made_fields`` too.
    """

    _name = "crm.kept.mixin"
    _description = "Guarded Record"

    _kept_fields: tuple[str, ...] = ()
    _made_fields: tuple[str, ...] = ()

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create records; what the suite fills in is neither typed nor given as a default."""
        if self.env.su or not self._made_fields:
            return super().create(vals_list)
        made = set(self._made_fields)
        defaults = {f"default_{name}" for name in made}
        context = {k: value for k, value in self.env.context.items() if k not in defaults}
        bare = self.with_env(self.env(context=context))
        records = super(CrmKeptMixin, bare).create(
            [
                {name: value for name, value in vals.items() if name not in made}
                for vals in vals_list
            ]
        )
        return records.with_env(self.env)

    def write(self, vals: dict) -> bool:
        """Write records; refuse what people may not write by any call."""
        if self.env.su:
            return super().write(vals)
        self._check_kept(vals)
        result = super().write(vals)
        company = self._fields.get("company_id")
        if company and company.compute and any(self._fields[n].relational for n in vals):
            # Access: where a new parent took the records; the person may not see them there.
            self._check_companies(self.sudo().company_id)
        return result

    def _kept_names(self) -> tuple[str, ...]:
        """What nobody writes in these records; more than the fields of all where they differ."""
        return self._kept_fields

    @api.model
    def _is_derived(self, name: str) -> bool:
        """Whether the field is stored but follows from others, as the company of a line."""
        field = self._fields.get(name)
        return bool(field and field.store and field.compute and field.readonly)

    def _check_kept(self, vals: dict) -> None:
        self._check_companies(self.env["res.company"].browse(vals.get("company_id") or ()))
        kept = self._kept_names()
        for name in vals:
            if name in kept or self._is_derived(name):
                raise AccessError(
                    self.env._(
                        "“%(field)s” of a %(kind)s is not typed. "
                        "Use the buttons of its form, or leave the field out.",
                        field=self._fields[name]._description_string(self.env),
                        kind=self._description.lower(),
                    )
                )

    @api.model
    def _check_companies(self, companies: models.BaseModel) -> None:
        """Refuse to hand a record to a company that the person has not switched on."""
        if companies - self.env.companies:
            raise AccessError(
                self.env._(
                    "You cannot hand a %(kind)s to a company that you have not switched on. "
                    "Switch the company on at the top of the screen first.",
                    kind=self._description.lower(),
                )
            )
