"""How ready the story's company was, a good half year ago and last month. Knows nothing of Odoo."""

from __future__ import annotations

from typing import NamedTuple


class Answer(NamedTuple):
    """Score, what proves it, and what is done next (by whom, done or not)."""

    score: int
    evidence: str = ""
    action: str = ""
    is_done: bool = False


EARLIER, LATELY = 240, 30

BEFORE = {
    "leadership": Answer(2, "Minutes of the spring meeting", "Hold a review every quarter", True),
    "operations": Answer(2, "", "Draw the way of an order from inquiry to service", True),
    "means": Answer(3),
    "culture": Answer(2),
    "data": Answer(1, "Three lists of distributors", "Bring the lists together", True),
    "processes": Answer(2),
    "people": Answer(1, "", "Train the sales team for distributors", True),
    "not_technology": Answer(2),
    "small_steps": Answer(3),
    "open_minds": Answer(2),
    "planned": Answer(1, "", "Agree owners and dates of the thirteen steps", True),
    "skilled": Answer(2),
    "committed": Answer(3),
    "customer_first": Answer(3),
    "beyond_product": Answer(2),
    "beyond_sales": Answer(3),
    "goals_first": Answer(2),
    "people_first": Answer(2),
    "technology": Answer(3),
}

NOW = {
    "leadership": Answer(4, "Elena Marinescu reports to the board each quarter since spring"),
    "operations": Answer(3, "Drawing of the way of an order, on the wall of both offices"),
    "means": Answer(4, "Night deliveries for waterworks since May"),
    "culture": Answer(3, "Two colleagues praised in the staff meeting for help to a distributor"),
    "data": Answer(3, "One list of distributors since June"),
    "processes": Answer(3),
    "people": Answer(
        3, "Certificates of the two training days", "Train the service desk in winter"
    ),
    "not_technology": Answer(4, "Goals of March, signed before the system was chosen"),
    "small_steps": Answer(4, "Each quarter ends with a result"),
    "open_minds": Answer(3),
    "understood": Answer(
        2, "Short test: half of the answers were right", "Repeat the test after the training"
    ),
    "planned": Answer(4, "Owners and dates of all thirteen steps"),
    "skilled": Answer(3),
    "fitting": Answer(3),
    "committed": Answer(4, "Reviews of March, June and September"),
    "customer_first": Answer(4, "Visits at five waterworks before the new catalogue"),
    "beyond_product": Answer(3),
    "beyond_production": Answer(3),
    "beyond_sales": Answer(4, "Two offers withdrawn since a smaller pump was enough"),
    "goals_first": Answer(4, "Paper of goals of March"),
    "people_first": Answer(3),
    "technology": Answer(3),
}

FOUR_TASKS = {
    "identify": Answer(4, "Each waterworks has a named buyer", "Add the technical managers"),
    "differentiate": Answer(
        3, "List of the ten largest by expected orders", "Ask each for its plans of three years"
    ),
    "interact": Answer(3, "Two visits a year are agreed", "Plan the visits of the autumn", True),
    "customise": Answer(2, "", "Offer maintenance by the age of the pumps"),
}
