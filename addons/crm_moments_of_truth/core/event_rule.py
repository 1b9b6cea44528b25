"""Triggers of events marketing: what each one waits for, and on which document it answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

REQUEST, CONTRACT_END, SILENCE, BIRTHDAY, PRICE_LIST, CLIENT_CHANGE, PUBLIC_EVENT = (
    "request",
    "contract_end",
    "silence",
    "birthday",
    "price_list",
    "client_change",
    "public_event",
)
# The document on which an activity is put; the customer's contact where it is not named.
TARGETS = {REQUEST: "crm.lead", CONTRACT_END: "sale.order"}
CUSTOMER = "res.partner"
MAX_TRIES = 5
WAIT_MINUTES = (5, 15, 60, 240, 240)


def target(trigger: str) -> str:
    """Model of the document on which a trigger is answered.

    >>> target("request"), target("birthday")
    ('crm.lead', 'res.partner')
    """
    return TARGETS.get(trigger, CUSTOMER)


def anniversary(first: date, day: date) -> int | None:
    """How many whole years lie between a day and its anniversary; None: the day is none.

    The 29th of February is kept on the 28th where the year has none.

    >>> anniversary(date(2024, 2, 29), date(2025, 2, 28))
    1
    >>> anniversary(date(2024, 3, 2), date(2026, 3, 2))
    2
    >>> anniversary(date(2026, 3, 2), date(2026, 3, 2)) is None
    True
    """
    years = day.year - first.year
    if years < 1:
        return None
    try:
        kept = first.replace(year=day.year)
    except ValueError:
        kept = date(day.year, 2, 28)
    return years if kept == day else None


def due(event_at: datetime, minutes: int) -> datetime:
    """Until when the answer to an event was promised.

    >>> due(datetime(2026, 3, 2, 10), 15)
    datetime.datetime(2026, 3, 2, 10, 15)
    """
    return event_at + timedelta(minutes=minutes)


def next_try(now: datetime, tries: int) -> datetime | None:
    """When a reaction that failed is tried again; None: it waits for a person.

    >>> next_try(datetime(2026, 3, 2, 10), 1), next_try(datetime(2026, 3, 2, 10), 5)
    (datetime.datetime(2026, 3, 2, 10, 5), None)
    """
    if tries >= MAX_TRIES:
        return None
    return now + timedelta(minutes=WAIT_MINUTES[min(tries, len(WAIT_MINUTES)) - 1])
