"""What installing and removing the suite leaves tidy; the upper addons use the same helpers."""

from __future__ import annotations

from collections.abc import Iterable

from odoo.fields import Domain


def post_init_hook(env) -> None:
    """Give existing salesmen the user role and existing documents their customers."""
    user = env.ref("crm_strategy.crm_strategy_group_user")
    salesmen = env.ref("sales_team.group_sale_salesman").all_user_ids
    user.write({"user_ids": [(4, member.id) for member in salesmen - user.all_user_ids]})
    env["crm.customer"]._ensure_from_documents()


def uninstall_hook(env) -> None:
    """Remove what people saved on our models and fields; documents stay as they are."""
    remove_saved_searches(env, "crm_strategy", fields_elsewhere(env))
    remove_shortcuts(env, "crm_strategy")
    _remove_menus(env)
    _remove_foreign_names(env)


def fields_elsewhere(env) -> list[str]:
    """Names of the fields that this addon added to models of others."""
    own = set(_own_models(env, "crm_strategy"))
    return sorted(
        {
            name
            for model in env.registry.values()
            if model._name not in own
            for name, field in model._fields.items()
            if name.startswith("crm_") and "crm_strategy" in field._modules
        }
    )


def _remove_menus(env) -> None:
    """Delete our menus while the type of a menu (``crm_type``) can still be computed.

    Odoo computes that of the menus below anew when one goes, and halfway through an uninstallation
    it no longer can and leaves the menu.
    """
    known = env["ir.model.data"].search(
        [("module", "=", "crm_strategy"), ("model", "=", "ir.ui.menu")]
    )
    env["ir.ui.menu"].browse(known.mapped("res_id")).exists().unlink()
    env.flush_all()


def _remove_foreign_names(env) -> None:
    """Delete names that mail and calendar gave to what they add to our models (activities)."""
    tables = [name.replace(".", "_") for name in _own_models(env, "crm_strategy")]
    ours = tuple(
        f"{kind}{table}__"
        for table in tables
        for kind in ("model_inherit__", "selection__", "field_", "constraint_")
    )
    known = env["ir.model.data"].search(
        [
            ("model", "=like", "ir.model.%"),
            ("module", "!=", "crm_strategy"),
            ("name", "like", "crm_"),
        ]
    )
    known.filtered(lambda entry: entry.name.startswith(ours)).unlink()


def remove_saved_searches(env, addon: str, foreign_fields: Iterable[str] = ()) -> None:
    """Delete saved searches that would break without the addon.

    Those are the searches on the addon's own models, and the ones on other models that name a
    field which the addon added there.
    """
    doomed = Domain("model_id", "in", _own_models(env, addon))
    for name in foreign_fields:
        doomed |= Domain("domain", "like", name) | Domain("context", "like", name)
        doomed |= Domain("sort", "like", name)
    env["ir.filters"].with_context(active_test=False).search(doomed).unlink()


def remove_shortcuts(env, addon: str) -> None:
    """Delete menus and export lists that people made for the addon; they would open nothing."""
    actions = env["ir.model.data"].search(
        [("module", "=", addon), ("model", "=like", "ir.actions.%")]
    )
    names = [f"{action.model},{action.res_id}" for action in actions]
    menus = env["ir.ui.menu"].with_context(active_test=False, **{"ir.ui.menu.full_list": True})
    menus.search([("action", "in", names)]).unlink()
    env["ir.exports"].search([("resource", "in", _own_models(env, addon))]).unlink()


def _own_models(env, addon: str) -> list[str]:
    """Models that the addon brought, without those of others that it extends."""
    own = env["ir.model.data"].search([("module", "=", addon), ("model", "=", "ir.model")])
    names = env["ir.model"].browse(own.mapped("res_id")).exists().mapped("model")
    return [name for name in names if env.registry[name]._original_module == addon]
