"""What the data-health page shows: one check, its figures and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GOOD, ATTENTION, WRONG, NOTHING = "good", "attention", "wrong", "nothing"
STATES = (WRONG, ATTENTION, GOOD, NOTHING)
"""Worst first. ``nothing``: there is no record yet that could be right or wrong."""


@dataclass(frozen=True)
class HealthCheck:
    """One question to the data and its answer for one reader.

    :param code: unique on the page, for tests and links.
    :param addon: technical name of the addon that asks; groups the page.
    :param title: what is looked for, e.g. "Customers without a segment".
    :param count: records found, the ones that ``model`` and ``domain`` open.
    :param total: records looked at; None where a share makes no sense (rows in error).
    :param noun: what is counted, in the plural: "customers".
    :param consequence: what is missing or refused because of it.
    :param severity: the verdict when something was found, ``attention`` or ``wrong``.
    :param model: where the records are; None when the reader may not open them.
    :param is_good: overrides the verdict where finding records is good news.
    """

    code: str
    addon: str
    title: str
    count: int
    total: int | None
    noun: str
    consequence: str
    severity: str = ATTENTION
    model: str | None = None
    domain: list = field(default_factory=list)
    context: Mapping[str, Any] = field(default_factory=dict)
    is_good: bool | None = None

    def __post_init__(self) -> None:
        if self.severity not in (ATTENTION, WRONG):
            raise ValueError(f"{self.code}: severity is attention or wrong, not {self.severity!r}")
        if self.count < 0 or (self.total is not None and self.total < self.count):
            raise ValueError(f"{self.code}: {self.count} of {self.total} cannot be")

    @property
    def state(self) -> str:
        """``good``, ``attention``, ``wrong`` or ``nothing`` (no record to look at).

        >>> HealthCheck("c", "a", "t", 0, 0, "n", "").state
        'nothing'
        >>> HealthCheck("c", "a", "t", 0, None, "n", "").state
        'good'
        >>> HealthCheck("c", "a", "t", 2, 9, "n", "").state
        'attention'
        """
        if self.is_good is not None:
            return GOOD if self.is_good else self.severity
        if self.total == 0:
            return NOTHING
        return self.severity if self.count else GOOD


def worst(checks: list[HealthCheck]) -> str:
    """The worst verdict among the checks, ``nothing`` without any.

    >>> worst([])
    'nothing'
    """
    found = {check.state for check in checks}
    return next((state for state in STATES if state in found), NOTHING)
