"""What removing the addon leaves tidy: documents stay, what made them goes to rest."""

from odoo.addons.crm_strategy.hooks import remove_saved_searches, remove_shortcuts

KEPT = ("crm_erp_bridge_user_engine", "product_freight")


def uninstall_hook(env) -> None:
    """Archive what documents refer to (the engine's user, the freight product), remove the rest.

    Odoo would try to delete both and fail, because orders and entries name them; the login is
    freed so that the addon can be installed again.
    """
    remove_saved_searches(env, "crm_erp_bridge")
    remove_shortcuts(env, "crm_erp_bridge")
    for name in KEPT:
        record = env.ref(f"crm_erp_bridge.{name}", raise_if_not_found=False)
        if not record:
            continue
        if record._name == "res.users":
            record.login = f"{record.login} {record.id}"
        record.action_archive()
        # The name of the record and those that Odoo derived from it (partner, template).
        env["ir.model.data"].search(
            [("module", "=", "crm_erp_bridge"), ("name", "=like", f"{name}%")]
        ).unlink()
