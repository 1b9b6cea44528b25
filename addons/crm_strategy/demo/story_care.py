"""Whom Bucegi & Tatry keep, develop and let go, and the plans for two key accounts."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """Key data of a customer that somebody filled in."""

    customer: str
    street: str
    phone: str
    industry: str


KNOWN = (
    Known("k01", "Strada Uzinei 4", "+40 268 555 101", "Water supply"),
    Known("k02", "Calea Dumbrăvii 61", "+40 269 555 102", "Heating plants"),
    Known("k03", "ul. Zielona 12", "+48 12 555 01 03", "Water supply"),
    Known("k04", "Strada Câmpului 9", "+40 264 555 104", "Food"),
    Known("k05", "ul. Pod Lipami 1", "+48 32 555 01 05", "Heating plants"),
    Known("k07", "ul. Młyńska 3", "+48 71 555 01 07", "Food"),
    Known("d01", "Șoseaua Vestului 20", "+40 244 555 201", "Wholesale"),
    Known("d04", "ul. Fabryczna 18", "+48 42 555 02 04", "Wholesale"),
    Known("d05", "Bulevardul Apelor 77", "+40 21 555 02 05", "Wholesale"),
    Known("s03", "Strada Fierarilor 2", "+40 269 555 303", "Shops"),
)


class Decided(NamedTuple):
    """A decision about a customer, so many days ago, by a person."""

    customer: str
    decision: str
    reason: str
    days: int
    person: str


DECIDED = (
    Decided("k01", "develop", "Renews its pumping stations until next year.", 120, "story.leader"),
    Decided("k02", "keep", "Buys the service every winter, in time.", 118, "story.leader"),
    Decided("k03", "develop", "A new district is being connected.", 117, "story.leader"),
    Decided("k05", "develop", "Left because we were late; can be won back.", 40, "story.leader"),
    Decided(
        "k08", "exit", "Buys too little for a key account; keep the door open.", 35, "story.leader"
    ),
    Decided(
        "d01", "keep", "Orders every month; watch the late controllers.", 90, "story.leader.trade"
    ),
    Decided("d04", "keep", "Came back; hold what we promised.", 20, "story.leader.trade"),
    Decided("d05", "develop", "Opens a second branch.", 60, "story.leader.trade"),
    Decided("s07", "develop", "Grows like Popa did before.", 30, "story.leader.shops"),
    Decided("s15", "exit", "One order, then only requests for discount.", 15, "story.leader.shops"),
)


class Step(NamedTuple):
    """An action of a plan: due and, when it was done, done so many days ago."""

    name: str
    due: int
    done: int | None
    result: str = ""


class Plan(NamedTuple):
    customer: str
    name: str
    goals: str
    situation: str
    amount: int
    begun: int
    review: int
    steps: tuple[Step, ...]


PLANS = (
    Plan(
        "k01",
        "Pumping stations",
        "Two more booster stations by next summer. A maintenance contract for all of them.",
        "The technical director decides, purchasing compares three offers. They fear water loss "
        "more than price.",
        48000,
        120,
        -20,
        (
            Step("Visit the stations with the technical director", 100, 101, "Four are worn out."),
            Step("Offer for station East", 70, 72, "Accepted with two changes."),
            Step("Show the remote alarm", 30, 24, "Wants to see it at another utility."),
            Step("Reference visit in Kraków", -10, None),
        ),
    ),
    Plan(
        "k05",
        "Win back the heating plant",
        "One order before the heating season, delivered on the day we name.",
        "Two deliveries came three weeks late. Their engineer still likes the pumps; the buyer "
        "does not return calls.",
        20000,
        40,
        -5,
        (
            Step("Apologise in person, with the reasons for the delays", 35, 34, "Listened."),
            Step(
                "Name a stock of spare parts kept for them", 15, 9, "Late: stock had to be found."
            ),
            Step("Ask the engineer for a pilot order", 4, None),
        ),
    ),
)
