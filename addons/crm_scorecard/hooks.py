import re

from odoo.api import Environment

from odoo.addons.crm_strategy.hooks import remove_shortcuts

OWN_MODELS = ("crm.customer.profile", "crm.scorecard", "crm.scorecard.line")
EXTENDED_MODELS = ("crm.customer", "account.move", "sale.order")
CONSUMER = "profile"


def post_init_hook(env: Environment) -> None:
    """Have the customers that the books already know valued and measured in the background."""
    env["crm.backfill"]._open([CONSUMER, "indicators"])


def uninstall_hook(env: Environment) -> None:
    """Take along what would fail without this addon: saved filters, rules and waiting changes."""
    remove_shortcuts(env, "crm_scorecard")
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search([("model_id", "in", OWN_MODELS)]).unlink()
    for model in EXTENDED_MODELS:
        names = _own_fields(env, model)
        for saved in filters.search([("model_id", "=", model)]):
            if _names_any(f"{saved.domain} {saved.context} {saved.sort}", names):
                saved.unlink()
    _release_segments(env)
    for queue in ("crm.change", "crm.backfill"):
        env[queue].search([("consumer", "=", CONSUMER)]).unlink()


def _release_segments(env: Environment) -> None:
    """A rule by value cannot be applied any more: its customers stay, as if placed by hand."""
    names = _own_fields(env, "crm.customer")
    segments = env["crm.segment"].with_context(active_test=False).search([])
    for segment in segments:
        if _names_any(segment.rule_domain or "", names):
            segment.customer_ids.is_segment_manual = True
            segment.rule_domain = False


def _own_fields(env: Environment, model: str) -> list[str]:
    """Names of the fields that this addon adds to a model of others."""
    return [
        field.name
        for field in env[model]._fields.values()
        if field._modules and field._modules[0] == "crm_scorecard"
    ]


def _names_any(text: str, names: list[str]) -> bool:
    """Whether a quoted text names one of the fields, alone or as the start of a path."""
    return any(re.search(rf"""['"]{name}(?:\W|$)""", text) for name in names)
