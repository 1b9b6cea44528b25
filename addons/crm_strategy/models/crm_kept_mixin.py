from __future__ import annotations

from odoo import api, models
from odoo.exceptions import AccessError


class CrmKeptMixin(models.AbstractModel):
    """Holds for every call what the screen holds.

    ``readonly`` binds the screen only: whoever may write a record writes all of its fields by a
    remote call, and access rules do not look at the record after a write. A model inherits this
    and names its ``_kept_fields``: nobody writes them but the suite itself, which does so as
    superuser. And no record moves to a company that the person has not switched on.
    """

    _name = "crm.kept.mixin"
    _description = "Guarded Record"

    _kept_fields: tuple[str, ...] = ()

    def write(self, vals: dict) -> bool:
        """Write records; refuse what people may not write by any call."""
        if not self.env.su:
            self._check_kept(vals)
        return super().write(vals)

    @api.model
    def _check_kept(self, vals: dict) -> None:
        company_id = vals.get("company_id")
        if company_id and company_id not in self.env.companies.ids:
            raise AccessError(
                self.env._(
                    "You cannot hand a %(kind)s to a company that you have not switched on. "
                    "Switch the company on at the top of the screen first.",
                    kind=self._description.lower(),
                )
            )
        for name in self._kept_fields:
            if name in vals:
                raise AccessError(
                    self.env._(
                        "“%(field)s” of a %(kind)s is not typed. "
                        "Use the buttons of its form, or leave the field out.",
                        field=self._fields[name]._description_string(self.env),
                        kind=self._description.lower(),
                    )
                )
