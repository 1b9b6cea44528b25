"""What the story's company wants, as tables: strategy, objectives, markets, steps, phases, risks.

Days count backwards from the day of the story, as everywhere; a negative number lies ahead.
"""

from __future__ import annotations

from typing import NamedTuple

TEXTS = {
    "vision": (
        "By the end of next year every water works and every installer between Brașov and Kraków "
        "calls us first when water stops running, because our pump is on site before the tank is "
        "empty."
    ),
    "customer_value": (
        "A delivery date that holds, parts from one hand, and somebody who answers at night. "
        "Customers plan their works on our word."
    ),
    "company_value": (
        "Maintenance contracts that carry us through winter, a fair margin on goods, and orders "
        "that come without a tender because we are trusted."
    ),
    "positioning": (
        "The regional partner for water systems: not the cheapest catalogue, but the shortest way "
        "from a fault to running water. We stand between makers and installers and answer for both."
    ),
    "coordinate_character": (
        "Sales, stock, fitting and accounts pull at one rope. The strategy is reviewed by the "
        "management, not by sales alone."
    ),
    "coordinate_technology": (
        "The system remembers promises and shows who waits for what. It decides nothing."
    ),
    "coordinate_purpose": (
        "Preferred supplier of the eight key accounts and of every distributor; shops stay because "
        "ordering is easy."
    ),
    "business_strategy": (
        "A third of revenue from services. Two countries, one stock. Fewer, better suppliers."
    ),
}


class Objective(NamedTuple):
    key: str
    level: str
    crm_type: str
    name: str
    goal: str | None
    serves: str | None
    owner: str
    plan: str | None
    target: int
    segment: str | None


OBJECTIVES = (
    Objective(
        "contracts",
        "strategic",
        "strategic",
        "Every key account has a maintenance contract",
        "A third of revenue from services",
        None,
        "story.leader",
        "Offer a contract with each booster station",
        420000,
        "key",
    ),
    Objective(
        "trade",
        "strategic",
        "collaborative",
        "Distributors plan their season with us",
        "Two countries, one stock",
        None,
        "story.leader.trade",
        "Plan spring stock with each distributor in January",
        310000,
        "trade",
    ),
    Objective(
        "visits",
        "operational",
        "operational",
        "Each key account is visited once a quarter",
        "A third of revenue from services",
        "contracts",
        "story.sales",
        "Fixed tours, one country each month",
        0,
        "key",
    ),
    Objective(
        "churn",
        "analytic",
        "analytic",
        "We notice within a month when a customer goes quiet",
        "Fewer, better suppliers",
        "trade",
        "story.finance",
        "Look at silent customers on the first Monday",
        0,
        None,
    ),
    # The rupture: shops are promised what the business does not pursue.
    Objective(
        "shops",
        "operational",
        "operational",
        "Same-day delivery for every shop",
        None,
        None,
        "story.leader.shops",
        None,
        0,
        "shop",
    ),
)

# Code of the market: objective, plan, contacts planned, typed number.
MARKETS = {
    "MK1": ("All customers are in a segment that somebody looks after.", 60, 400, 0),
    "MK2": ("The two water associations quote our guide on pressure loss.", 3, 12, 0),
    "MK3": ("Two fitters from the vocational school in Brașov.", 4, 0, 2),
    "MK4": ("Every tenth lead names a customer who recommended us.", 8, 0, 0),
    "MK5": ("Stock and accounts have a seat in each team.", 9, 0, 0),
    "MK6": ("OdraPomp tells us a week ahead when a station is late.", 4, 24, 0),
}
# Partners of the markets beside customers: name, town, country, codes of their markets.
PARTNERS = (
    ("Asociația Apelor Carpatice", "Sibiu", "ro", ("MK2",)),
    ("Izba Wodna Małopolska", "Kraków", "pl", ("MK2", "MK4")),
    ("Liceul Tehnic Brașov Sud", "Brașov", "ro", ("MK3", "MK2")),
    ("Hydro-Consult Tatra", "Zakopane", "pl", ("MK2", "MK6")),
)
# Keys of deals that somebody recommended, by the partner's number above.
REFERRED = 3

# Code of the step: days ago when it was done, owner, link, what was decided, days to the review.
DONE = {
    "positioning": (
        300,
        "story.strategy",
        "https://example.com/position",
        "The management signed the positioning statement.",
        -20,
    ),
    "offer": (
        270,
        "story.strategy",
        "https://example.com/map",
        "Pumps and service are ahead, pipes only keep up.",
        -45,
    ),
    "segmentation": (
        240,
        "story.strategy",
        "https://example.com/segments",
        "Three segments, one team each.",
        -60,
    ),
}
# Segment, step: state, days ago due (a negative number lies ahead), owner, link.
SEGMENT_STEPS = {
    ("key", "business_model"): ("done", 200, "story.leader", "https://example.com/key"),
    ("key", "characteristics"): ("done", 150, "story.leader", "https://example.com/specs"),
    ("key", "channels"): ("doing", 12, "story.sales", None),
    ("trade", "business_model"): (
        "done",
        190,
        "story.leader.trade",
        "https://example.com/trade",
    ),
    ("trade", "characteristics"): ("doing", -14, "story.sales.trade", None),
    ("shop", "business_model"): ("doing", -30, "story.leader.shops", None),
}
# Phase: first day, last day (days ago), owner, result.
PHASES = {
    "define": (340, 290, "story.strategy", "The business is described on four pages."),
    "redefine": (290, 230, "story.strategy", "The strategy is approved, segments are named."),
    "plan": (230, 160, "story.leader", "Each key account has a plan for the year."),
    "apply": (210, -60, "story.leader", None),
    "evaluate": (-60, -120, "story.finance", None),
}
# Cause: likelihood, owner, counter-measure.
RISKS = {
    "technology": ("1", "story.strategy", "No module is switched on before its step is reached."),
    "promises": ("2", "story.strategy", "Each phase ends with something a customer notices."),
    "barriers": ("2", "story.leader", "Leaders enter their own visits first."),
    "understanding": ("2", "story.leader.trade", "One hour each Friday on one screen."),
    "planning": ("2", "story.strategy", "The board is read aloud on the first Monday."),
    "skills": ("3", "story.leader.shops", "Two seats are filled by spring."),
    "software": ("1", "story.finance", "What does not fit is written down as a specification."),
    "commitment": ("3", "story.strategy", "The director holds the reviews in person."),
}
# Kind, planned (days ago), held (days ago or None), result.
REVIEWS = (
    ("sponsor", 180, 180, "Key accounts first; shops get a web order form."),
    ("sponsor", 90, 84, "OdraPomp gets a second source before summer."),
    ("sponsor", 10, None, None),
    ("sponsor", -80, None, None),
    ("training", 120, 120, "Nine of ten could say what a moment of truth is."),
    ("training", 5, None, None),
)
