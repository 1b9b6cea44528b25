"""The logins of a database made here: one per role and language; the password is the login."""

from typing import NamedTuple

LANGUAGES = {"en": ("en_US", "English"), "ro": ("ro_RO", "Română"), "pl": ("pl_PL", "Polski")}


class Role(NamedTuple):
    key: str
    title: str
    groups: tuple[str, ...]


ROLES = (
    Role("sales", "Salesperson", ("crm_strategy.crm_strategy_group_user",)),
    Role("leader", "Team leader", ("crm_strategy.crm_strategy_group_leader",)),
    Role("strategy", "Strategy manager", ("crm_strategy.crm_strategy_group_manager",)),
    Role("finance", "Controller", ("crm_strategy.crm_strategy_group_finance",)),
    Role("exchange", "Data exchange", ("crm_erp_bridge.crm_erp_bridge_group_exchange",)),
    Role("accountant", "Accountant", ("account.group_account_manager",)),
)


def logins() -> list[dict[str, object]]:
    """Every login as a record: role, title, language, groups."""
    return [
        {
            "login": f"{role.key}.{short}",
            "role": role.key,
            "name": f"{role.title} ({short})",
            "lang": code,
            "groups": list(role.groups),
        }
        for role in ROLES
        for short, (code, _label) in LANGUAGES.items()
    ]
