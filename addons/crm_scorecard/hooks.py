from odoo.api import Environment

OWN_MODELS = ("crm.customer.profile", "crm.scorecard", "crm.scorecard.line")
EXTENDED_MODELS = ("crm.customer", "account.move", "sale.order")
CONSUMER = "profile"


def post_init_hook(env: Environment) -> None:
    """Value the customers that the books already know, in one statement."""
    env["crm.customer.profile"]._refresh()


def uninstall_hook(env: Environment) -> None:
    """Take along what would fail without this addon: saved filters, rules and waiting changes."""
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search([("model_id", "in", OWN_MODELS)]).unlink()
    names = _own_fields(env)
    for saved in filters.search([("model_id", "in", EXTENDED_MODELS)]):
        if any(name in f"{saved.domain} {saved.context} {saved.sort}" for name in names):
            saved.unlink()
    # A segment rule by value has no meaning any more; its customers keep their segment by hand.
    for segment in env["crm.segment"].with_context(active_test=False).search([]):
        if any(f"'{name}'" in _quoted(segment.rule_domain) for name in names):
            segment.rule_domain = False
    env["crm.change"].search([("consumer", "=", CONSUMER)]).unlink()


def _quoted(domain: str | bool) -> str:
    return (domain or "").replace('"', "'")


def _own_fields(env: Environment) -> list[str]:
    """Names of the fields that this addon adds to models of others."""
    entries = env["ir.model.data"].search(
        [("module", "=", "crm_scorecard"), ("model", "=", "ir.model.fields")]
    )
    own = env["ir.model.fields"].browse(entries.mapped("res_id")).exists()
    return [
        field.name
        for field in own
        if field.model in EXTENDED_MODELS
        and field.name in env[field.model]._fields
        and env[field.model]._fields[field.name]._modules[:1] == ("crm_scorecard",)
    ]
