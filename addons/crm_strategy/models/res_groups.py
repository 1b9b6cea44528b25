from __future__ import annotations

from odoo import api, models

ROLES_CHANGE = {"user_ids", "all_user_ids", "implied_ids", "implied_by_ids"}


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _crm_audited_groups(self) -> list[str]:
        """XML ids of the roles whose members are logged; extend per addon."""
        return [
            f"crm_strategy.crm_strategy_group_{name}"
            for name in ("user", "leader", "manager", "finance")
        ]

    @api.model
    def _crm_audited_roles(self) -> ResGroups:
        """The roles themselves, in the order of the hook."""
        # Access: the list of our own roles is no secret; who changes rights reads groups anyway.
        lookup = self.env["ir.model.data"]._xmlid_to_res_id
        return self.sudo().browse(
            filter(
                None,
                (lookup(name, raise_if_not_found=False) for name in self._crm_audited_groups()),
            )
        )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> ResGroups:
        """Create groups; people who get one of our roles through them leave an entry."""
        if not any(ROLES_CHANGE & vals.keys() for vals in vals_list):
            return super().create(vals_list)
        before = self._crm_role_members()
        groups = super().create(vals_list)
        self.env["res.users"]._crm_log_roles(before, self._crm_role_members())
        return groups

    def write(self, vals: dict) -> bool:
        """Write groups; people who get or lose one of our roles leave an entry."""
        if not ROLES_CHANGE & vals.keys():
            return super().write(vals)
        before = self._crm_role_members()
        result = super().write(vals)
        self.env["res.users"]._crm_log_roles(before, self._crm_role_members())
        return result

    def unlink(self) -> bool:
        """Delete groups; people who lose one of our roles with them leave an entry."""
        before = self._crm_role_members()
        result = super().unlink()
        self.env["res.users"]._crm_log_roles(before, self._crm_role_members())
        return result

    @api.model
    def _crm_role_members(self) -> dict[int, set[int]]:
        """User id -> ids of our roles, for everybody who has one."""
        members: dict[int, set[int]] = {}
        if self.env["crm.audit.log"]._is_on():
            for role in self._crm_audited_roles().with_context(active_test=False):
                for user_id in role.all_user_ids.ids:
                    members.setdefault(user_id, set()).add(role.id)
        return members
