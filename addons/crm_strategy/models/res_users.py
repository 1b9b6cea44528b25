from __future__ import annotations

from odoo import api, models

from .crm_audit_log import AuditEntry


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> ResUsers:
        """Create users; those who get one of our roles leave an entry."""
        users = super().create(vals_list)
        self._crm_log_roles({}, users._crm_roles())
        return users

    def write(self, vals: dict) -> bool:
        """Write users; those who get or lose one of our roles leave an entry."""
        if "group_ids" not in vals:
            return super().write(vals)
        before = self._crm_roles()
        result = super().write(vals)
        self._crm_log_roles(before, self._crm_roles())
        return result

    def _crm_roles(self) -> dict[int, set[int]]:
        """User id -> ids of our roles that the user has, directly or through another group."""
        if not self.env["crm.audit.log"]._is_on():
            return {}
        # Access: whoever may write a user's groups may have their names noted.
        roles = set(self.env["res.groups"]._crm_audited_roles().ids)
        return {user.id: roles & set(user.all_group_ids.ids) for user in self.sudo()}

    @api.model
    def _crm_log_roles(self, before: dict[int, set[int]], after: dict[int, set[int]]) -> None:
        """Leave one entry for each person whose roles differ."""
        changed = [
            user_id
            for user_id in sorted(before.keys() | after.keys())
            if before.get(user_id, set()) != after.get(user_id, set())
        ]
        if not changed or not self.env["crm.audit.log"]._is_on():
            return
        roles = self.env["res.groups"]._crm_audited_roles()
        # Access: names and companies of the people whose rights were just changed.
        users = self.sudo().with_context(active_test=False).browse(changed).exists()
        self.env["crm.audit.log"]._insert(
            [
                AuditEntry(
                    area="rights",
                    kind="changed",
                    model="res.users",
                    res_id=user.id,
                    record_name=user.name,
                    field_name="roles",
                    before=_role_words(roles, before.get(user.id, set())),
                    after=_role_words(roles, after.get(user.id, set())),
                    company_id=user.company_id.id,
                )
                for user in users
            ]
        )


def _role_words(roles: models.BaseModel, ids: set[int]) -> str:
    return ", ".join(role.full_name for role in roles if role.id in ids)
