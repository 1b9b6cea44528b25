"""Competitors, campaigns and the plan of one segment in the story, as plain tables."""

from typing import NamedTuple

from .story_world import DEAR, LATE, OTHER, SHOP, TRADE


class Rival(NamedTuple):
    key: str
    name: str
    segments: tuple[str, ...]
    description: str
    # Whoever left for this reason went there.
    reason: str


RIVALS = (
    Rival(
        "rival_cheap",
        "Pompe Direct Ploiești",
        (TRADE, SHOP),
        "Imports pumps and valves by the container and sells from a yard. Cheap, no advice, "
        "no spare parts.",
        DEAR,
    ),
    Rival(
        "rival_fast",
        "Wodmet Serwis",
        ("key", TRADE),
        "Stocks booster stations in Katowice and installs within a week. Dear, and busy.",
        LATE,
    ),
    Rival(
        "rival_web",
        "Instal24 online",
        (SHOP,),
        "A web shop with everything for the small installer, delivered the day after.",
        OTHER,
    ),
)


class Advantage(NamedTuple):
    rival: str
    area: str
    name: str
    strength: str
    days: int
    source: str
    is_valid: bool = True


ADVANTAGES = (
    Advantage("rival_cheap", "price", "Valves a tenth below our list", "5", 95, "Their price list"),
    Advantage("rival_cheap", "delivery", "From the yard, when there is stock", "2", 120, "Tehno"),
    Advantage("rival_cheap", "range", "Bathroom goods in the same van", "3", 200, "Trade fair"),
    Advantage("rival_fast", "delivery", "Booster station within a week", "5", 60, "Lost deals"),
    Advantage("rival_fast", "price", "Above our list", "2", 60, "Quotation seen at a customer"),
    Advantage("rival_fast", "service", "Own fitters day and night", "4", 150, "A customer", False),
    Advantage("rival_web", "closeness", "Order at ten in the evening", "4", 70, "Installers"),
)


class Response(NamedTuple):
    rival: str
    name: str
    person: str
    due: int
    state: str


# Due so many days ago; a negative number lies ahead.
RESPONSES = (
    Response("rival_cheap", "Volume discount for full vans", "story.leader.trade", 40, "done"),
    Response("rival_cheap", "Show what a failed valve costs", "story.sales.trade", -20, "open"),
    Response("rival_fast", "Two booster stations in our own stock", "story.leader", 12, "open"),
    Response("rival_fast", "Second supplier beside OdraPomp", "story.strategy", -30, "open"),
    Response("rival_web", "Orders by message until eight", "story.leader.shops", 25, "done"),
)

CANVAS = {
    "canvas_partners": "OdraPomp for pumps and booster stations.\nTwo carriers with weekly tours.\n"
    "The bank that finances stock in spring.",
    "canvas_activities": "Keep the twenty best sellers in stock.\nOne full van a month to each "
    "distributor.\nTrain their counter staff twice a year.",
    "canvas_resources": "Warehouse in Brașov and depot in Katowice.\nA team that speaks Romanian "
    "and Polish.",
    "canvas_value": "One supplier for pumps, valves, pipes and filters.",
    "canvas_relationships": "A named person, a yearly agreement, a visit each quarter.",
    "canvas_channels": "Visits and telephone; orders by e-mail.",
    "canvas_segments": "Wholesalers with their own installers as customers. They want a full shelf "
    "and little money tied up in it.",
    "canvas_costs": "Goods, tours, stock, one person in the field for every six distributors.",
}
MIX = {
    "segmentation": "Buys for resale, at least eight times a year, in vans or pallets.",
    "targeting": "Those whose installers work on heating: their customers come back every winter. "
    "We want to be the first supplier of six out of ten.",
    "positioning": "The supplier who is never out of what the installer needs tomorrow.",
}
# weight, criterion, our answer, source
CRITERIA = (
    ("5", "On the shelf when the installer asks", "Stock agreement", "Visits"),
    ("4", "Price that leaves a margin", "Price list for distributors", "Lost deals"),
    ("3", "Whoever answers knows the goods", "One named person", "Visits"),
    ("2", "Returns without a quarrel", "Credit note within the week", "Complaints"),
)
# promise, products, kinds of needs, value for us
PROMISES = (
    (
        "A full van every month from one source",
        ("pump", "valve", "pipe"),
        ("main", "security"),
        "Larger orders, fewer tours",
    ),
    (
        "Filters in time for the season",
        ("filter",),
        ("main",),
        "Steady sales outside the winter",
    ),
)
# stage, action, person, channel
ACTIONS = (
    ("acquire", "Trial pallet with the right to return it", "story.sales.trade", "visit"),
    ("welcome", "Call a week after the first van", "story.sales.trade", "phone"),
    ("grow", "Propose the next group of goods each quarter", "story.sales.trade", "visit"),
    ("keep", "Yearly agreement before the season", "story.leader.trade", "visit"),
    ("win_back", "The leader asks why, within ten days", "story.leader.trade", "phone"),
)
CHANNEL_POLICY = (
    ("high", ("visit", "phone"), "A visit each quarter pays here"),
    ("middle", ("phone", "email"), "A visit only when there is something to decide"),
    ("low", ("email",), "Orders by themselves"),
)


class Campaign(NamedTuple):
    key: str
    title: str
    segment: str
    person: str
    begun: int
    days: int
    budget: int
    cost: int
    leads: int
    state: str
    plan: str
    deals: tuple[str, ...]


CAMPAIGNS = (
    Campaign(
        "campaign_vans",
        "Full van in spring",
        TRADE,
        "story.leader.trade",
        300,
        90,
        3000,
        2640,
        10,
        "done",
        "Distributors who take a full van before Easter get the pallet price for all of it. "
        "A visit first, then a letter with the list.",
        ("l04", "l05", "wd01.1", "wd03.1", "wd05.1", "wd06.1"),
    ),
    Campaign(
        "campaign_winter",
        "Ready for winter",
        SHOP,
        "story.leader.shops",
        70,
        60,
        1200,
        780,
        12,
        "running",
        "Installers hear in a short message which spare parts the first cold week asks for.",
        ("l11", "o12", "o13"),
    ),
)
