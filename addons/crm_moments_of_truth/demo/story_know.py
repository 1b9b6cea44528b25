"""What the people of the story promised, learned, remembered and improved. No Odoo."""

from __future__ import annotations

from typing import NamedTuple


class Value(NamedTuple):
    """An entry of the ledger: customer, moment, kind of value, words, amount, who wrote it."""

    customer: str
    moment: str
    kind: str
    note: str
    amount: int
    user: str


VALUES = (
    Value(
        "k01",
        "M3",
        "client_advice",
        "One station instead of two: less to maintain",
        1800,
        "story.sales",
    ),
    Value(
        "k01",
        "M3",
        "firm_information",
        "Four hundred flats are planned in the north",
        0,
        "story.sales",
    ),
    Value("k02", "M3", "client_safety", "A duty phone at night", 0, "story.sales"),
    Value(
        "k02", "M3", "firm_recommendation", "Showed the plant to the neighbours", 0, "story.leader"
    ),
    Value(
        "k03",
        "M3",
        "client_time",
        "Filters come on the day of the shift change",
        600,
        "story.sales",
    ),
    Value(
        "d01",
        "M3",
        "client_information",
        "New rules for lead-free fittings from January",
        0,
        "story.sales.trade",
    ),
    Value("d01", "M3", "firm_revenue", "A second shelf in Ploiești", 4200, "story.sales.trade"),
    Value(
        "s01", "M3", "client_skill", "Two fitters learned to set the valves", 0, "story.sales.shops"
    ),
)
# key: customer, words, kind, made days ago, due in days, who keeps it, how it stands
PROMISES = {
    "spare": (
        "k01",
        "A spare pump stands in Brașov by the end of next week",
        "other",
        3,
        9,
        "story.sales",
        "enabled",
    ),
    "visit": (
        "k02",
        "An engineer looks at the pressure before the heating season",
        "service",
        30,
        -12,
        "story.leader",
        "kept",
    ),
    "report": (
        "k03",
        "The yearly report of all filters in Polish",
        "other",
        25,
        -5,
        "story.sales",
        "late",
    ),
    "price": (
        "d01",
        "Prices stay until the end of the quarter",
        "other",
        40,
        -8,
        "story.sales.trade",
        "broken",
    ),
    "training": (
        "s01",
        "A day of training for the new fitter",
        "service",
        2,
        14,
        "story.sales.shops",
        "made",
    ),
}
# key: customer, sentence, how we know, days ago, author, from the latest contract, for everybody
INSIGHTS = {
    "night": (
        "k01",
        "The night shift signs for deliveries, the office does not",
        "Two vans waited at the gate until six.",
        41,
        "story.sales",
        True,
        False,
    ),
    "season": (
        "k02",
        "Heating plants decide in May, not in September",
        "The budget is closed in June.",
        60,
        "story.leader",
        False,
        False,
    ),
    "scale": (
        "k04",
        "Dairies fear scale more than pressure loss",
        "They asked about acid first, then about bars.",
        33,
        "story.sales",
        True,
        False,
    ),
    "van": (
        "d01",
        "Distributors want a full van once a month, not a cheaper pallet",
        "They rent the ramp by the hour.",
        48,
        "story.sales.trade",
        True,
        False,
    ),
    "polish": (
        None,
        "Waterworks in Poland ask for a hygiene certificate of each batch",
        "It is checked at the gate since spring.",
        75,
        "story.leader",
        False,
        True,
    ),
}
# insight: who has read it
READERS = {
    "night": ("story.leader", "story.strategy"),
    "season": ("story.sales",),
    "van": ("story.leader.trade",),
    "polish": ("story.sales", "story.sales.trade", "story.leader.trade"),
}
# (insight or preference, who, days ago, what for)
USES = (
    ("insight_night", "story.leader", 20, "The van came at five, in and out in ten minutes"),
    ("insight_polish", "story.sales.trade", 12, "Certificates went with the offer"),
    ("preference_gate", "story.sales", 8, "Delivered through the yard gate"),
)
# key: customer, words, about, days ago, who remembers it
PREFERENCES = {
    "gate": ("k01", "Delivers through the yard gate, before six", "delivery", 41, "story.sales"),
    "call": ("k02", "Wants a call before an e-mail", "communication", 120, "story.sales"),
    "paper": (
        "d01",
        "One invoice a month, with the order numbers",
        "paper",
        200,
        "story.sales.trade",
    ),
    "brass": ("s01", "No plastic valves", "product", 90, "story.sales.shops"),
}


class Round(NamedTuple):
    """A round of improvement: how many steps were left, and what proves each of them."""

    customer: str
    name: str
    problem: str
    goal: str
    begun: int
    due: int
    user: str
    moment: str
    evidence: tuple[str, ...]
    result: str = ""
    client: str = ""


ROUNDS = {
    "complete": Round(
        "k01",
        "Deliver complete orders to Brașov",
        "Three of ten orders came in two parts; each cost the waterworks half a day.",
        "Nine of ten orders come complete.",
        45,
        5,
        "story.leader",
        "M7",
        (
            "The list of parts that were missing, by supplier",
            "Seals and cables are kept in stock since the first of the month",
            "Eleven orders, ten complete; the operators agree",
            "The stock list is part of the contract with the supplier",
        ),
        "Ten of eleven orders complete. The stock costs less than the second van did.",
        "The operators told which parts stop them, and judged the result.",
    ),
    "answer": Round(
        "d01",
        "Answer distributors on the same day",
        "Questions of distributors waited two days.",
        "Every question is answered before evening.",
        20,
        -10,
        "story.leader.trade",
        "M5",
        ("Who answers on which day, on paper", "Two weeks with the new list"),
    ),
    "training": Round(
        "s01",
        "Fitters set the valves themselves",
        "Every second call of the shops is about a setting.",
        "Half as many calls.",
        6,
        -25,
        "story.leader.shops",
        "M8",
        ("A page with pictures is drafted",),
    ),
}
