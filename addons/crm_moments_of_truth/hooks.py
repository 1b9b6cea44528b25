from odoo.api import Environment


def post_init_hook(env: Environment) -> None:
    """Queue the replay of the documents that exist already; the lanes work it off.

    Nothing is replayed here: a database with years of invoices would keep the installation
    waiting. Customers are created at once, since that is one statement.
    """
    env["crm.customer"]._ensure_from_documents()
    env["crm.moment.event"]._queue_history()


def uninstall_hook(env: Environment) -> None:
    """Take along what would fail after the models are gone: saved filters and waiting changes."""
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
    env["crm.change"].search([("consumer", "in", consumers)]).unlink()


OWN_FIELDS = ("crm_relationship", "crm_moment", "crm_team_manual")
