from odoo.api import Environment

from odoo.addons.crm_strategy.hooks import (
    names_any,
    own_fields,
    remove_saved_searches,
    remove_shortcuts,
)

CONSUMER = "profile"


def post_init_hook(env: Environment) -> None:
    """Have the customers that the books already know valued and measured in the background."""
    env["crm.backfill"]._open([CONSUMER, "indicators"])


def uninstall_hook(env: Environment) -> None:
    """Take along what would fail without this addon: saved filters, rules and waiting changes."""
    remove_saved_searches(env, "crm_scorecard")
    remove_shortcuts(env, "crm_scorecard")
    _release_segments(env)
    for queue in ("crm.change", "crm.backfill"):
        env[queue].search([("consumer", "=", CONSUMER)]).unlink()


def _release_segments(env: Environment) -> None:
    """A rule by value cannot be applied any more: its customers stay, as if placed by hand."""
    names = own_fields(env, "crm_scorecard", "crm.customer")
    segments = env["crm.segment"].with_context(active_test=False).search([])
    for segment in segments:
        if names_any(segment.rule_domain or "", names):
            segment.customer_ids.is_segment_manual = True
            segment.rule_domain = False
