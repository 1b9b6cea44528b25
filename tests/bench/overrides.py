"""Odoo as it would be without our hooks, in the same process and on the same data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

ADDONS = ("crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge")


@contextmanager
def switched_off(env) -> Iterator[int]:
    """Take away every method by which an addon of ours replaces one of Odoo's; gives their number.

    Methods that only we have stay: nobody calls them then. The definition classes of the addons are
    bases of Odoo's model classes, so a method that is taken off one uncovers what lies below.
    """
    taken = []
    for model_class in env.registry.models.values():
        bases = model_class.mro()
        for place, base in enumerate(bases):
            if _is_ours(base) and not _is_ours(bases[-3:][0]):
                taken += _taken_off(base, bases[place + 1 :])
    try:
        yield len(taken)
    finally:
        for base, name, method in taken:
            setattr(base, name, method)


def _is_ours(base: type) -> bool:
    parts = base.__module__.split(".")
    return parts[:2] == ["odoo", "addons"] and len(parts) > 2 and parts[2] in ADDONS


def _taken_off(base: type, below: list[type]) -> list[tuple[type, str, object]]:
    """Remove the methods of *base* that hide one of Odoo's own."""
    taken = []
    for name, method in list(vars(base).items()):
        if name.startswith("__") or not callable(method):
            continue
        hidden = next((other for other in below if name in vars(other)), None)
        if hidden is not None and not _is_ours(hidden) and _is_business(hidden):
            taken.append((base, name, method))
    for _base, name, _method in taken:
        delattr(base, name)
    return taken


def _is_business(base: type) -> bool:
    """A method of one of Odoo's addons or of its ORM's models."""
    return base.__module__.startswith(("odoo.addons.", "odoo.orm.models"))
