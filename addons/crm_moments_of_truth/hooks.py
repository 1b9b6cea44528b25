from odoo.api import Environment

from odoo.addons.crm_strategy.hooks import (
    remove_foreign_names,
    remove_saved_searches,
    remove_shortcuts,
)

from .models import crm_relationship_signs, crm_rupture_judge


def post_init_hook(env: Environment) -> None:
    """Have the documents that exist already replayed in the background.

    Nothing is replayed here: a database with years of invoices would keep the installation
    waiting. Customers are created at once, since that is one statement.
    """
    env["crm.customer"]._ensure_from_documents()
    env["sale.order"]._crm_write_past_deliveries()
    env["crm.backfill"]._open(["moments_history"])


def uninstall_hook(env: Environment) -> None:
    """Take along what would fail after the models are gone: saved filters and waiting changes."""
    remove_saved_searches(env, "crm_moments_of_truth")
    remove_shortcuts(env, "crm_moments_of_truth")
    remove_foreign_names(env, "crm_moments_of_truth")
    consumers = ["moments", "moments_history"]
    places = [("key", "in", [crm_rupture_judge.WALK, crm_relationship_signs.WALK])]
    env["ir.config_parameter"].search(places).unlink()
    for queue in ("crm.change", "crm.backfill"):
        env[queue].search([("consumer", "in", consumers)]).unlink()
