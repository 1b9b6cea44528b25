"""People and servers at work on the same documents at the same time."""

import json
import os
import time

import audit

# Words that no person should read (Odoo's own message of a lost race is a sentence).
RAW = ("could not serialize", "psycopg2", "deadlock detected", "duplicate key", "Traceback")
ALL = ["confirm", "cancel", "post", "post", "pay", "credit", "correct", "assign", "place"]
ALL += ["witness", "write"]
THREADS = 8
ACTIONS = json.loads(os.environ.get("SUITE_FAULTS") or "{}").get("actions", 6)


def told(work) -> dict:
    return next(value for value in work.told if "done" in value)


def nobody_read_raw_words(outcome: dict) -> None:
    assert outcome["raw"] == [], "errors that are no sentence"
    raw = [text for text in outcome["refused"] if any(word in text for word in RAW)]
    assert raw == []


def test_eight_people_at_once_lose_no_update(yard, settled, chance):
    """Confirm, post, pay, credit, correct, place, write, merge, retry: all at once on few
    customers; what several see at once is one fact."""
    yard.back_to("drafts")
    kinds = [*ALL, "merge", "rename", "retry"]
    work = yard.do(
        "people", threads=THREADS, seed=str(chance.random()), actions=ACTIONS, kinds=kinds
    )
    assert work.code == 0, work.text + work.log
    outcome = told(work)
    print(json.dumps({**outcome, "refused": outcome["refused"][:5]}))
    nobody_read_raw_words(outcome)
    actions = sum(outcome["done"].values()) + outcome["nothing"] + len(outcome["refused"])
    assert actions == THREADS * ACTIONS
    yard.servers_finish()
    audit.whole(yard)
    no_update_is_lost(yard, outcome["done"])


def no_update_is_lost(yard, done: dict) -> None:
    """As many documents as there were actions that ended well."""
    confirmed = yard.number(
        "SELECT count(*) FROM sale_order o WHERE NOT EXISTS (SELECT FROM crm_exchange_key k"
        " WHERE k.kind = 'order' AND k.res_id = o.id)"
    )
    assert confirmed == done.get("confirm", 0)
    credited = "SELECT count(*) FROM account_move WHERE reversed_entry_id IS NOT NULL"
    assert yard.number(credited) == done.get("credit", 0)
    seen = "SELECT count(*) FROM crm_moment_event WHERE fact = 'quotation_sent'"
    assert yard.number(seen) == done.get("witness", 0)
    unbalanced = (
        "SELECT move_id FROM account_move_line GROUP BY 1"
        " HAVING round(sum(debit) - sum(credit), 2) <> 0"
    )
    assert yard.sql(unbalanced) == []


def test_two_servers_people_and_lost_connections(yard, settled, chance):
    """People work, two servers derive, one is killed, PostgreSQL drops everybody: all is right."""
    yard.back_to("drafts")
    yard.time_passes()
    seed = str(chance.random())
    given = {"threads": 2, "actions": ACTIONS * 2, "kinds": ALL}
    works = [yard.start("people", seed=f"{seed}{n}", **given) for n in range(2)]
    servers = [yard.start("server", seconds=6, chunk=chance.choice((1, 2, 5))) for _ in range(2)]
    time.sleep(chance.uniform(0.5, 3))
    yard.kill(servers[0])
    servers.append(yard.start("server", seconds=4, chunk=2))
    time.sleep(chance.uniform(0.2, 2))
    if chance.random() < 0.7:
        print("connections dropped:", yard.terminate_all())
    yard.wait(*works, *servers)
    for work in works:
        assert work.code == 0, work.text + work.log
        outcome = told(work)
        print(json.dumps({**outcome, "refused": outcome["refused"][:5]}))
        nobody_read_raw_words(outcome)
    yard.servers_finish()
    audit.whole(yard)
