"""What a company writes of its own accord: needs, plans, hand-offs, seats, charters, judgements.

One of each kind for each customer, owned by the customer's owner, so that "own", "of the team" and
"of others" can be told apart; and who may see each kind, as paths from a record to people.
"""

from odoo import Command

from .filling import Filler

_ANALYSIS = ("analysis_id.user_id", "analysis_id.member_ids", "analysis_id.customer_id.user_id")
_ANALYSIS_TEAM = ("analysis_id.customer_id.segment_id.team_id", "analysis_id.segment_id.team_id")
_ANALYSED = ("crm.need", "crm.specification", "crm.commitment", "crm.need.input", "crm.trace.link")
# What is written beside a pass: its writer, the owner of the customer, who works on the pass.
_NOTE = ("user_id", "customer_id.user_id", "relationship_id.user_id")
_NOTE_TEAM = ("customer_id.segment_id.team_id", "relationship_id.team_id")
_NOTES = ("crm.value.entry", "crm.promise", "crm.pdca.cycle", "crm.obligation")
_KNOWN = ("crm.insight", "crm.preference", "crm.knowledge.use")
# What the customer's contacts were asked and answered about a pass.
_OPINIONS = ("crm.satisfaction.answer", "crm.satisfaction.invitation")
# Model -> paths to its people, and to the teams whose leader and members count as "team".
PEOPLE = {
    "crm.need.analysis": ("user_id", "member_ids", "customer_id.user_id"),
    **dict.fromkeys(_ANALYSED, _ANALYSIS),
    "crm.idea": ("user_id", "customer_id.user_id"),
    "crm.idea.session": ("user_id", *_ANALYSIS),
    "crm.case": ("user_id", "customer_id.user_id"),
    "crm.account.plan": ("user_id", "customer_id.user_id"),
    "crm.account.action": ("user_id", "plan_id.user_id", "plan_id.customer_id.user_id"),
    "crm.handoff": ("from_user_id", "to_user_id", "create_uid"),
    "crm.stage.evidence": ("lead_id.user_id",),
    "crm.rupture": (
        "user_id",
        "advocate_id",
        "relationship_id.user_id",
        "customer_id.user_id",
    ),
    **dict.fromkeys((*_NOTES, *_KNOWN), _NOTE),
    **dict.fromkeys(_OPINIONS, ("relationship_id.user_id", "customer_id.user_id")),
    "crm.satisfaction.line": (
        "answer_id.relationship_id.user_id",
        "answer_id.customer_id.user_id",
    ),
    "crm.event.reaction": ("user_id", "lead_id.user_id", "customer_id.user_id"),
    "crm.pdca.evidence": tuple(f"cycle_id.{path}" for path in _NOTE),
}
TEAMS = {
    "crm.need.analysis": ("customer_id.segment_id.team_id", "segment_id.team_id"),
    **dict.fromkeys(_ANALYSED, _ANALYSIS_TEAM),
    "crm.idea": ("customer_id.segment_id.team_id",),
    "crm.idea.session": _ANALYSIS_TEAM,
    "crm.case": ("customer_id.segment_id.team_id",),
    "crm.account.plan": ("customer_id.segment_id.team_id",),
    "crm.account.action": ("plan_id.customer_id.segment_id.team_id",),
    "crm.handoff": ("team_id",),
    "crm.stage.evidence": ("lead_id.team_id",),
    "crm.rupture": ("relationship_id.team_id",),
    **dict.fromkeys(_NOTES, _NOTE_TEAM),
    **dict.fromkeys(_OPINIONS, ("relationship_id.team_id",)),
    "crm.satisfaction.line": ("answer_id.relationship_id.team_id",),
    "crm.event.reaction": ("lead_id.team_id", "customer_id.segment_id.team_id"),
    **dict.fromkeys(_KNOWN, _NOTE_TEAM[:1]),
    "crm.pdca.evidence": tuple(f"cycle_id.{path}" for path in _NOTE_TEAM),
    "crm.charter": ("team_id",),
    "crm.charter.line": ("charter_id.team_id",),
}


def people_of(row):
    """Whoever a record belongs to, by the paths above."""
    return _reached(row, PEOPLE.get(row._name, ()))


def teams_of(row):
    """The teams to whose work a record belongs."""
    return _reached(row, TEAMS.get(row._name, ()))


def _reached(row, paths):
    found = None
    for path in paths:
        target = row.sudo().mapped(path)
        found = target if found is None else found | target
    return found


def create_strategy(case):
    """The strategy's records of Home, for each customer with an owner and each team."""
    filler = Filler(case.env, case.home, "Homely", 7)
    customers = case._in("crm.customer", case.home).search(
        [("company_id", "=", case.home.id), ("user_id", "!=", False), ("segment_id", "!=", False)]
    )
    role = filler.create("crm.team.role")
    for customer in customers:
        _of_customer(filler, customer, case.users)
    for team in customers.segment_id.team_id:  # their charters are there
        filler.create("crm.team.seat", team_id=team.id, role_id=role.id, user_id=team.user_id.id)


def _of_customer(filler, customer, users):
    owner = customer.user_id
    analysis = filler.create(
        "crm.need.analysis", customer_id=customer.id, user_id=owner.id, member_ids=False
    )
    common = {"analysis_id": analysis.id, "user_id": owner.id}
    need = filler.create("crm.need", **common)
    specification = filler.create("crm.specification", kind="functional", **common)
    filler.create("crm.commitment", **common)
    filler.create("crm.need.input", analysis_id=analysis.id)
    filler.create("crm.trace.link", need_id=need.id, functional_id=specification.id)
    filler.create("crm.idea", customer_id=customer.id, user_id=owner.id)
    filler.create("crm.case", contact_id=customer.partner_id.id, user_id=owner.id)
    filler.create(
        "crm.idea.session", user_id=owner.id, analysis_id=analysis.id, idea_ids=[Command.clear()]
    )
    plan = filler.create("crm.account.plan", customer_id=customer.id, user_id=owner.id)
    filler.create("crm.account.action", plan_id=plan.id, user_id=owner.id)
    _beside_passes(filler, customer, owner)
    to = users["user"] if owner == users["mate"] else users["mate"]
    filler.create("crm.handoff", customer_id=customer.id, to_user_id=to.id)
    passes = filler.env["crm.relationship"].search([("customer_id", "=", customer.id)], limit=1)
    if passes:
        filler.create("crm.rupture", relationship_id=passes.id, user_id=owner.id)
        about = {"relationship_id": passes.id, "customer_id": customer.id}
        filler.create("crm.satisfaction.invitation", is_running=False, **about)
        answer = filler.create("crm.satisfaction.answer", **about)
        filler.create("crm.satisfaction.line", answer_id=answer.id)
    filler.create("crm.event.reaction", customer_id=customer.id, user_id=owner.id)
    lead = filler.env["crm.lead"].search(
        [("partner_id", "=", customer.partner_id.id), ("user_id", "=", owner.id)], limit=1
    )
    if lead:
        filler.create("crm.stage.evidence", lead_id=lead.id, company_id=filler.company.id)


def _beside_passes(filler, customer, owner):
    """What people write about a customer: a promise, a round, an insight, a preference."""
    of_customer = {"customer_id": customer.id, "user_id": owner.id}
    filler.create("crm.promise", **of_customer)
    filler.create("crm.obligation", **of_customer)
    cycle = filler.create("crm.pdca.cycle", **of_customer)
    filler.create("crm.pdca.evidence", cycle_id=cycle.id)
    insight = filler.create("crm.insight", **of_customer)
    filler.create("crm.preference", **of_customer)
    filler.create("crm.knowledge.use", insight_id=insight.id, **of_customer)
    line = filler.env["crm.relationship.moment"].search(
        [("relationship_id.customer_id", "=", customer.id)], limit=1
    )
    if line:
        filler.create("crm.value.entry", line_id=line.id, user_id=owner.id)
