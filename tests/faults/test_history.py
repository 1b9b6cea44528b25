"""What is derived is derived again: from damaged history, through kills, with two servers."""

import audit
import pytest
from yard import MEASURE, a_fault, strikes

# What a bad day may do to derived rows, by SQL, behind everybody's back.
DAMAGE_TO_FACTS = (
    # What was witnessed stands nowhere else: no replay brings it back.
    "DELETE FROM crm_moment_event WHERE id % {n} = 0 AND kind = 'derived'",
    "UPDATE crm_moment_event SET amount = amount + 1 WHERE id % {n} = 1 AND kind = 'derived'",
    "UPDATE crm_moment_event SET voided_at = now()"
    " WHERE id % {n} = 2 AND voided_at IS NULL AND kind = 'derived'",
    "DELETE FROM crm_relationship WHERE id % {n} = 0",
    "UPDATE crm_relationship SET active = FALSE WHERE id % {n} = 1",
    "UPDATE crm_relationship SET date_first = '2020-01-01' WHERE id % {n} = 2",
)
DAMAGE_TO_VALUES = (
    "DELETE FROM crm_customer_profile WHERE id % {n} = 0",
    "UPDATE crm_customer_profile SET posted_revenue = posted_revenue + 1 WHERE id % {n} = 1",
    "UPDATE crm_customer_profile SET invoice_count = 99, open_amount = 0 WHERE id % {n} = 2",
)
QUEUE = "env['crm.backfill']._open(['moments_history'])"
REBUILD = "env['crm.moment.event']._rebuild()"


@pytest.fixture(scope="module")
def counted(yard, settled) -> dict:
    """What a server does to replay everything, undisturbed."""
    yard.back_to("settled")
    yard.script(QUEUE)
    yard.time_passes()
    return yard.measure("server", seconds=0, chunk=3)


def damage(yard, chance, statements) -> None:
    for statement in chance.sample(statements, chance.randrange(1, len(statements) + 1)):
        yard.sql(statement.format(n=chance.randrange(3, 6)))


def test_rebuild_of_history_is_killed_and_ends_right(yard, counted, chance):
    """Given damaged facts and passes, when lanes that replay them die, then all is as it was."""
    yard.back_to("settled")
    damage(yard, chance, DAMAGE_TO_FACTS)
    yard.script(QUEUE)
    for _ in strikes(chance):
        yard.time_passes()
        fault = a_fault(chance, counted)
        works = [
            yard.start("server", fault, seconds=0, chunk=chance.choice((1, 3))),
            yard.start("server", seconds=0, chunk=2),
        ]
        print(fault)
        yard.wait(*works)
    yard.servers_finish(chunk=5)
    audit.whole(yard)


def test_rebuild_in_one_go_is_all_or_nothing(yard, settled, chance):
    """The rebuild that a person starts: killed it has done nothing, started again everything."""
    yard.back_to("settled")
    statements = yard.measure("script", code=REBUILD, values={})
    damage(yard, chance, DAMAGE_TO_FACTS)
    fingerprint = "SELECT count(*), sum(id), sum(amount), max(write_date) FROM crm_moment_event"
    before = yard.sql(fingerprint)
    fault = {**a_fault(chance, statements), "place": "statement"}
    fault["at"] = chance.randrange(1, statements["statement"] // 2)
    yard.do("script", fault, code=REBUILD, values={})
    assert yard.sql(fingerprint) == before, "half a rebuild was kept"
    yard.script(REBUILD)
    yard.servers_finish()
    audit.whole(yard)


def test_refresh_of_values_and_figures_is_killed_and_ends_right(yard, counted, chance):
    """Damaged values: killed refreshes, then the nightly one; stored figures are measured again."""
    yard.back_to("settled")
    damage(yard, chance, DAMAGE_TO_VALUES)
    yard.sql("UPDATE crm_indicator_value SET numerator = numerator + 1, value = 7 WHERE id % 2 = 0")
    for _ in strikes(chance):
        yard.time_passes()
        fault = a_fault(chance, {"statement": 60, "commit": 12})
        work = yard.do("server", fault, seconds=0)
        fault = a_fault(chance, {"statement": 40, "commit": 1})
        measured = yard.do("script", fault, code=MEASURE, values={})
        print(fault, work.was_struck, measured.was_struck)
    yard.script(MEASURE)
    yard.servers_finish()
    audit.whole(yard)
    stored = "SELECT count(*) FROM crm_indicator_value WHERE period_key = 'all'"
    assert yard.number(stored) > 0
