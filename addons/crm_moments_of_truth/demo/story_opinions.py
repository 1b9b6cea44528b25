"""What customers of the story answered, and what happened around them."""

from typing import NamedTuple

CLASSES = ("legal", "main", "security", "belonging", "esteem", "recognition")


class Opinion(NamedTuple):
    """One answer: order, days ago, what was expected and got by class, recommendation, words."""

    order: str
    days: int
    expected: tuple[int, ...]
    perceived: tuple[int, ...]
    recommendation: int
    words: str = ""


OPINIONS = (
    Opinion("k01.4", 70, (9, 9, 9, 5, 7, 5), (9, 9, 8, 6, 8, 6), 9, "Good people, good pumps."),
    Opinion("k02.4", 66, (9, 9, 10, 5, 7, 6), (9, 8, 6, 6, 7, 5), 7, "The spare parts took long."),
    Opinion("k03.3", 110, (10, 9, 9, 6, 8, 5), (9, 9, 9, 8, 8, 6), 9),
    Opinion(
        "k07.3",
        75,
        (8, 9, 9, 4, 8, 5),
        (8, 7, 5, 4, 5, 4),
        5,
        "Nobody called us back when the booster station stood still.",
    ),
    Opinion("d01.4", 80, (7, 9, 8, 7, 7, 8), (8, 9, 8, 8, 7, 6), 9),
    Opinion("d03.3", 95, (7, 8, 8, 6, 7, 8), (7, 8, 8, 6, 7, 7), 8, "Better prices for pallets?"),
    Opinion("s01.4", 88, (6, 9, 8, 5, 8, 5), (8, 9, 9, 7, 9, 7), 10, "Always somebody to ask."),
    Opinion("s06.2", 120, (6, 9, 8, 5, 7, 5), (7, 8, 8, 5, 7, 5), 8),
    # The same customers once more: better, and worse.
    Opinion("k02.6", 8, (9, 9, 10, 5, 7, 6), (9, 9, 9, 7, 8, 6), 9, "Parts came within a day."),
    Opinion("d01.7", 20, (7, 9, 8, 7, 7, 8), (8, 8, 7, 7, 7, 5), 8),
)
# Asked, and silent so far: order and days ago.
SILENT = (("k01.5", 4), ("s03.3", 6))
# Orders that are contracts, and in how many days they end.
CONTRACTS = {"k04.4": 40, "k06.4": 25}
EVENT = (
    "New ordinance on drinking water in buildings",
    24,
    "Owners of large buildings have to show once a year that their installation keeps drinking "
    "water safe. Our service contract brings the proof with it.",
)
