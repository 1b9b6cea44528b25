"""What installing and removing the suite leaves tidy; the upper addons use the same helpers."""

from __future__ import annotations

import re
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
    remove_saved_searches(env, "crm_strategy")
    remove_shortcuts(env, "crm_strategy")
    _remove_menus(env)
    remove_foreign_names(env, "crm_strategy")


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


def remove_foreign_names(env, addon: str) -> None:
    """Delete names that mail and calendar gave to what they add to our models (activities)."""
    tables = [name.replace(".", "_") for name in _own_models(env, addon)]
    ours = tuple(
        f"{kind}{table}__"
        for table in tables
        for kind in ("model_inherit__", "selection__", "field_", "constraint_")
    )
    known = env["ir.model.data"].search(
        [
            ("model", "=like", "ir.model.%"),
            ("module", "!=", addon),
            ("name", "like", "crm_"),
        ]
    )
    known.filtered(lambda entry: entry.name.startswith(ours)).unlink()


def remove_saved_searches(env, addon: str) -> None:
    """Delete saved searches that would break without the addon.

    Those are the searches on the addon's own models, and the ones on other models that name a
    field which the addon added.
    """
    filters = env["ir.filters"].with_context(active_test=False)
    own_models = _own_models(env, addon)
    # What begins with crm_ is ours wherever it stands, also at the end of a path.
    anywhere = {
        name for model in env for name in own_fields(env, addon, model) if name.startswith("crm_")
    }
    for saved in filters.search(Domain.TRUE):
        text = f"{saved.domain} {saved.context} {saved.sort}"
        there = own_fields(env, addon, saved.model_id) if saved.model_id in env else ()
        if saved.model_id in own_models or names_any(text, anywhere.union(there)):
            saved.unlink()


def own_fields(env, addon: str, model: str) -> list[str]:
    """Names of the fields of a model that the addon brought, itself or by a mixin of ours."""
    mixins = {
        name
        for part in env.registry[model].__mro__
        if getattr(part, "_module", None) == addon
        for name in ([part._inherit] if isinstance(part._inherit, str) else part._inherit or ())
        if name != model and name.startswith("crm.") and name in env
    }
    by_mixin = {name for mixin in mixins for name in env[mixin]._fields if name.startswith("crm_")}
    return [
        field.name
        for field in env[model]._fields.values()
        if (field._modules and field._modules[0] == addon) or field.name in by_mixin
    ]


def names_any(text: str, names: Iterable[str]) -> bool:
    """Whether a text names one of the fields in quotes or on a path, and not as part of a word."""
    words = set(re.findall(r"\w+", text))
    return not words.isdisjoint(names)


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
