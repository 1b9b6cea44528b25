"""Files on their way in: killed, cut off, delivered twice and by several at once."""

import csv
import json
import random
import shutil

import audit
import pytest
from package import write_package
from world import World
from yard import a_fault, strikes

RAW = ("Traceback", "psycopg2", "could not serialize", "SELECT ", "INSERT ")


@pytest.fixture(scope="module")
def counted(yard, tmp_path_factory) -> dict:
    """An undisturbed load of this size: how many statements and commits it takes."""
    folder = write_package(tmp_path_factory.mktemp("quiet"), random.Random("quiet"))
    yard.back_to("empty")
    return yard.measure("exchange", **yard.exchange_words("load", folder, chunk=5))


def post(yard) -> None:
    done = yard.exchange("post", "--login", "accountant.en")
    assert done.code == 0, done.text


def everything_is_in(yard, world: World) -> None:
    """The documents are the files', and everything derived is the documents'."""
    documents_are_the_files(yard, world)
    yard.servers_finish()
    audit.whole(yard)
    segments = yard.sql(
        "SELECT k.key, s.code FROM crm_exchange_key k"
        " JOIN crm_customer c ON c.partner_id = k.res_id JOIN crm_segment s ON s.id = c.segment_id"
        " WHERE k.kind = 'customer'"
    )
    assert dict(segments) == world.segments


def documents_are_the_files(yard, world: World) -> None:
    kinds = yard.sql(
        "SELECT kind, count(*), count(DISTINCT res_id) FROM crm_exchange_key GROUP BY 1"
    )
    found = {kind: (int(keys), int(records)) for kind, keys, records in kinds}
    for kind, rows in (
        ("customer", world.customers),
        ("supplier", world.suppliers),
        ("product", world.products),
        ("order", world.orders),
    ):
        assert found[kind] == (len(rows), len(rows)), f"{kind}s lost or doubled"
    orders = yard.sql(
        "SELECT k.key, o.state, o.date_order::date, o.amount_total, c.key"
        " FROM sale_order o JOIN crm_exchange_key k ON k.res_id = o.id AND k.kind = 'order'"
        " JOIN crm_exchange_key c ON c.res_id = o.partner_id AND c.kind = 'customer'"
    )
    assert {
        key: (state, day, audit.money(total), who) for key, state, day, total, who in orders
    } == {
        key: ("sale", row["order_date"], world.order_total(key), row["customer_id"])
        for key, row in world.orders.items()
    }
    assert yard.number("SELECT count(*) FROM sale_order") == len(world.orders)
    invoices = yard.sql(
        "SELECT count(*), sum(amount_total) FROM account_move WHERE move_type = 'out_invoice'"
    )[0]
    assert (int(invoices[0]), audit.money(invoices[1])) == (len(world.shipped), world.invoiced())
    done = yard.number("SELECT count(*) FROM stock_picking WHERE state = 'done'")
    assert done == len(world.shipped)
    payments = yard.sql("SELECT count(*), sum(amount) FROM account_payment")[0]
    names = {row["payment_id"] for row in world.payments}
    assert (int(payments[0]), audit.money(payments[1])) == (len(names), world.paid())


def says_it_clearly(work) -> None:
    """A person never reads a traceback or SQL, whatever happened to the connection."""
    raw = [word for word in RAW if word in work.words]
    assert not raw, f"the person read {raw}:\n{work.words[-2000:]}"


def test_import_that_is_interrupted_goes_on_and_ends_right(yard, counted, chance, tmp_path):
    """Given kills and lost connections at any point, when time passes or the person starts the
    command again, then nothing is lost and nothing is double."""
    folder = write_package(tmp_path / "files", chance)
    world = World(folder)
    yard.back_to("empty")
    for _ in strikes(chance):
        fault = a_fault(chance, counted)
        work = yard.exchange("load", folder, fault=fault, chunk=chance.choice((3, 5, 8)))
        print(fault, "->", work.code)
        if fault["how"] == "terminate":
            says_it_clearly(work)
        audit.runs_add_up(yard, are_over=False)
    runs = yard.number("SELECT count(*) FROM crm_exchange_run")
    if runs and chance.random() < 0.6:
        print("the servers go on by themselves")
        yard.servers_finish(chunk=4)
    again = yard.exchange("load", folder, chunk=8)
    assert again.code == 0, again.text
    post(yard)
    everything_is_in(yard, world)


def test_interrupted_work_waits_two_minutes_at_most(yard):
    """What looks after interrupted loads comes by every two minutes, without being called."""
    interval = yard.sql(
        "SELECT c.interval_number, c.interval_type FROM ir_cron c JOIN ir_model_data d"
        " ON d.res_id = c.id AND d.model = 'ir.cron' WHERE d.name = 'crm_exchange_cron_load'"
    )
    assert interval in ([["1", "minutes"]], [["2", "minutes"]])


def test_servers_that_load_are_killed_and_others_go_on(yard, counted, chance, tmp_path):
    """The same when it is the scheduled action of a server that loads, and dies."""
    folder = write_package(tmp_path / "files", chance)
    yard.back_to("empty")
    first = {"how": "kill", "place": "after commit", "at": chance.randrange(2, 5)}
    assert yard.exchange("load", folder, fault=first, chunk=4).was_struck
    for _ in strikes(chance):
        yard.time_passes()
        fault = a_fault(chance, counted)
        works = [yard.start("server", fault, seconds=0, chunk=5), yard.start("server", seconds=0)]
        print(fault)
        yard.wait(*works)
        audit.runs_add_up(yard, are_over=False)
    yard.servers_finish()
    waits = "SELECT count(*) FROM crm_exchange_run WHERE state IN ('queued', 'running')"
    assert yard.number(waits) == 0, "runs that nobody went on with"
    post(yard)
    everything_is_in(yard, World(folder))


def test_same_files_from_several_at_once_have_one_effect(yard, chance, tmp_path):
    """Given 2 to 4 who load the same folder at the same moment, then one effect, and words."""
    folder = write_package(tmp_path / "files", chance, orders=chance.choice((9, 15)))
    yard.back_to("empty")
    given = yard.exchange_words("load", folder, chunk=4)
    works = [yard.start("exchange", **given) for _ in range(chance.randrange(2, 5))]
    if chance.random() < 0.5:
        works.append(yard.start("server", seconds=3))
    yard.wait(*works)
    for work in works:
        says_it_clearly(work)
    refused = [work.words for work in works if work.code]
    print("refused:", refused)
    assert all("Another load" in words or "already" in words for words in refused)
    assert len(refused) < len(works)
    again = yard.exchange("load", folder)
    assert again.code == 0 and "already" in again.text, again.text
    runs = "SELECT type_id, sha256 FROM crm_exchange_run WHERE sha256 IS NOT NULL"
    files = [tuple(row) for row in yard.sql(runs)]
    assert len(files) == len(set(files)) == 7
    post(yard)
    everything_is_in(yard, World(folder))


def test_known_key_with_other_content_is_a_conflict_not_a_change(yard, chance, tmp_path):
    """Orders delivered 2 to 4 times, with other line ends and once with other content."""
    folder = write_package(tmp_path / "files", chance, orders=9)
    world = World(folder)
    yard.back_to("empty")
    first = yard.exchange("load", folder)
    assert first.code == 0, first.text
    state = "SELECT id, write_date, amount_total FROM sale_order ORDER BY id"
    before = yard.sql(state)
    for number in range(chance.randrange(1, 4)):
        other = tmp_path / f"again{number}"
        shutil.copytree(folder, other)
        _other_bytes(other, number)
        again = yard.exchange("load", other)
        assert again.code == 0, again.text
    assert yard.sql(state) == before, "the same rows in other bytes changed documents"
    changed = _changed_copy(folder, tmp_path / "changed", chance)
    again = yard.exchange("load", changed)
    says_it_clearly(again)
    assert yard.sql(state) == before, "a document was overwritten"
    conflicts = yard.sql(
        "SELECT r.key, r.reason, r.remedy FROM crm_exchange_row r"
        " JOIN crm_exchange_type t ON t.id = r.type_id"
        " WHERE t.code IN ('orders', 'order_lines') AND r.is_open AND r.state = 'error'"
    )
    assert conflicts and all(len(reason) > 15 and remedy for _, reason, remedy in conflicts)
    audit.runs_add_up(yard)
    post(yard)
    everything_is_in(yard, world)


def _other_bytes(folder, number: int) -> None:
    """The same rows as another system would write them."""
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8").rstrip("\n")
        path.write_bytes(("\ufeff" + text.replace("\n", "\r\n") + "\r\n" * (number + 1)).encode())


def _changed_copy(folder, target, chance):
    """One order line with another quantity; everything else as it was."""
    shutil.copytree(folder, target)
    path = target / "order_details.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    row = chance.choice(rows)
    row["quantity"] = str(int(row["quantity"]) + 1)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(row))
        writer.writeheader()
        writer.writerows(rows)
    print("changed:", json.dumps(row))
    return target
