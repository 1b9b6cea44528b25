from odoo.api import Environment

from odoo.addons.crm_strategy.hooks import remove_shortcuts


def post_init_hook(env: Environment) -> None:
    """Have the documents that exist already replayed in the background.

    Nothing is replayed here: a database with years of invoices would keep the installation
    waiting. Customers are created at once, since that is one statement.
    """
    env["crm.customer"]._ensure_from_documents()
    env["crm.backfill"]._open(["moments_history"])


def uninstall_hook(env: Environment) -> None:
    """Take along what would fail after the models are gone: saved filters and waiting changes."""
    remove_shortcuts(env, "crm_moments_of_truth")
    own_models = [
        "crm.moment.chain",
        "crm.moment",
        "crm.moment.fact",
        "crm.moment.event",
        "crm.relationship",
        "crm.relationship.moment",
    ]
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search([("model_id", "in", own_models)]).unlink()
    # Filters on documents and customers that name a field of this addon would fail on opening.
    names = env["ir.model.fields"].search(
        [("model", "in", ["sale.order", "res.partner", "crm.customer"])]
    )
    ours = [name for name in names.mapped("name") if name.startswith(OWN_FIELDS)]
    for saved in filters.search(
        [("model_id", "in", ["sale.order", "res.partner", "crm.customer"])]
    ):
        if any(name in f"{saved.domain} {saved.context} {saved.sort}" for name in ours):
            saved.unlink()
    consumers = ["moments", "moments_history"]
    for queue in ("crm.change", "crm.backfill"):
        env[queue].search([("consumer", "in", consumers)]).unlink()


OWN_FIELDS = ("crm_relationship", "crm_moment", "crm_team_manual")
