"""A broken copy of the files, killed in the middle: good rows are in, bad rows come back in words,
and when they are corrected the end is the same as if nothing had ever been wrong."""

import csv
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from test_thread import IS_FREIGHT, keys, money
from world import World

TYPES = {"customers.csv": "customers", "orders.csv": "orders", "order_details.csv": "order_lines"}


def rows_of(path: Path) -> list[dict[str, str]]:
    # A file for spreadsheets begins with a byte order mark.
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def write(path: Path, rows: list[dict[str, str]], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


ENOUGH_ORDERS = 120


@pytest.fixture
def world(whole, tmp_path_factory, cuts):
    """The world cut to its first orders: enough to be broken, killed and repaired in a minute."""
    if whole.folder not in cuts:
        folder = tmp_path_factory.mktemp("cut")
        for path in whole.folder.glob("*.csv"):
            shutil.copy(path, folder)
        for path in whole.beside.glob("*.csv"):
            shutil.copy(path, folder)
        orders = rows_of(folder / "orders.csv")[:ENOUGH_ORDERS]
        kept = {row["order_id"] for row in orders}
        lines = [row for row in rows_of(folder / "order_details.csv") if row["order_id"] in kept]
        payments = [row for row in rows_of(folder / "payments.csv") if row["order_id"] in kept]
        for name, rows in (("orders", orders), ("order_details", lines), ("payments", payments)):
            write(folder / f"{name}.csv", rows, list(rows[0]))
        cuts[whole.folder] = World(folder)
    return cuts[whole.folder]


@pytest.fixture(scope="module")
def cuts():
    return {}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Copies of the folders with one row broken in each of five ways: folder and what was broken."""
    made = {}

    def make(world):
        if world.folder in made:
            return made[world.folder]
        folder = tmp_path_factory.mktemp("broken")
        for path in world.folder.glob("*.csv"):
            shutil.copy(path, folder)
        orders, lines = rows_of(folder / "orders.csv"), rows_of(folder / "order_details.csv")
        customers = rows_of(folder / "customers.csv")
        orders[1]["customer_id"] = "NOBODY"
        orders[3]["order_date"] = "1996-13-45"
        negative = next(line for line in lines if line["order_id"] == orders[5]["order_id"])
        negative["quantity"] = "-3"
        missing = next(line for line in lines if line["order_id"] == orders[7]["order_id"])
        missing["product_id"] = "999999"
        double = {**customers[2], "company_name": "Somebody else under a known key"}
        customers.append(double)
        for name, rows in (("orders", orders), ("order_details", lines), ("customers", customers)):
            write(folder / f"{name}.csv", rows, list(rows[0]))
        made[world.folder] = (folder, {row["order_id"] for row in orders[1:8:2]})
        return made[world.folder]

    return make


@pytest.fixture
def survivor(world, fresh, broken, rigs):
    """The broken copy loaded, killed with -9 once orders come in, and loaded again."""
    key = f"broken{len(rigs)}"
    key = next((known for known, rig in rigs.items() if getattr(rig, "world", 0) is world), key)
    if key not in rigs:
        rig = fresh(key)
        rig.world = world
        folder, _orders = broken(world)
        words = ["load", folder]
        some = "SELECT count(*) >= 5 FROM sale_order WHERE state = 'sale'"
        rig.was_killed = rig.exchange_killed(words, some)
        rig.orders_at_kill = int(rig.number("SELECT count(*) FROM sale_order"))
        rig.code, rig.output = rig.exchange(*words)
        print(rig.output)
        rigs[key] = rig
    return rigs[key]


def test_killed_and_started_again_every_good_row_is_in(survivor, world, broken):
    assert survivor.was_killed, "the load was over before it could be killed"
    assert survivor.orders_at_kill < len(world.orders)
    assert survivor.code == 0, survivor.output
    _folder, held = broken(world)
    good = {order for order in world.orders if order not in held}
    assert int(survivor.number("SELECT count(*) FROM sale_order")) == len(good)
    assert keys(survivor, "customer") == len(world.customers)
    rounded = sum(line.rounded for line in world.lines if line.order in good)
    goods = f"SELECT sum(price_subtotal) FROM sale_order_line l WHERE NOT {IS_FREIGHT}"
    assert money(survivor.number(goods)) == rounded
    drafts = "SELECT count(*) FROM account_move WHERE move_type = 'out_invoice'"
    assert int(survivor.number(drafts)) == len(good & set(world.shipped))


def test_bad_rows_say_row_column_reason_and_remedy(survivor):
    rows = survivor.sql(
        "SELECT t.code, r.number, r.column, r.reason, r.remedy FROM crm_exchange_row r"
        " JOIN crm_exchange_type t ON t.id = r.type_id WHERE r.state = 'error' ORDER BY 1, 2"
    )
    found = defaultdict(set)
    for code, number, column, reason, remedy in rows:
        assert int(number) > 0 and len(reason) > 15 and len(remedy) > 10
        found[code].add(column)
    assert found["orders"] == {"customer_id", "order_date"}
    assert found["order_lines"] == {"quantity", "product_id"}
    assert "customers" in found


def test_rows_in_are_rows_accounted_for(survivor):
    rows = survivor.sql(
        "SELECT name, row_count, created_count + updated_count + unchanged_count + waiting_count"
        " + error_count FROM crm_exchange_run WHERE file_name IS NOT NULL"
    )
    assert rows and [row for row in rows if row[1] != row[2]] == []


def test_corrected_rows_load_alone_and_the_end_is_the_same(survivor, world, tmp_path):
    originals = {
        "customers": {row["customer_id"]: row for row in rows_of(world.folder / "customers.csv")},
        "orders": world.orders,
        "order_lines": rows_of(world.folder / "order_details.csv"),
    }
    for code in ("customers", "orders", "order_lines"):
        _correct(survivor, code, originals[code], tmp_path)
    assert int(survivor.number("SELECT count(*) FROM sale_order")) == len(world.orders)
    assert (
        money(
            survivor.number(
                f"SELECT sum(price_subtotal) FROM sale_order_line l WHERE NOT {IS_FREIGHT}"
            )
        )
        == world.net_rounded()
    )
    freight = f"SELECT sum(price_subtotal) FROM sale_order_line l WHERE {IS_FREIGHT}"
    assert money(survivor.number(freight)) == world.freight()
    drafts = survivor.sql(
        "SELECT count(*), sum(amount_total) FROM account_move WHERE move_type = 'out_invoice'"
    )[0]
    assert (int(drafts[0]), money(drafts[1])) == (len(world.shipped), world.invoiced())
    done = "SELECT count(*) FROM stock_picking WHERE state = 'done'"
    assert int(survivor.number(done)) == len(world.shipped)


def _correct(rig, code: str, originals, folder: Path) -> None:
    """Get the error file of the run, put the right words into it, and load that file alone."""
    run = rig.number(
        "SELECT r.name FROM crm_exchange_run r JOIN crm_exchange_type t ON t.id = r.type_id"
        f" WHERE t.code = '{code}' AND r.error_count > 0 ORDER BY r.id LIMIT 1"
    )
    errors = folder / f"{code}_errors.csv"
    exit_code, output = rig.exchange("errors", run, "-o", errors)
    assert exit_code == 0, output
    bad = rows_of(errors)
    assert bad, "the error file is empty"
    # The columns at the end stay: by them a row is known whose key itself was wrong.
    fixed = [{**row, **_original(code, row, originals)} for row in bad]
    right = folder / f"{code}_corrected.csv"
    write(right, fixed, list(fixed[0]))
    exit_code, output = rig.exchange("run", right, "--type", code)
    print(output)
    assert exit_code == 0, output
    waiting = rig.sql(
        "SELECT r.number, r.key, r.state, r.reason, r.remedy FROM crm_exchange_row r"
        f" JOIN crm_exchange_type t ON t.id = r.type_id WHERE t.code = '{code}' AND r.is_open"
    )
    assert code == "orders" or waiting == []


def _original(code: str, row: dict[str, str], originals) -> dict[str, str]:
    if code == "customers":
        return originals[row["customer_id"]]
    if code == "orders":
        return originals[row["order_id"]]
    # The bad line has lost its product or its quantity: what is left of it names it.
    same = [
        line
        for line in originals
        if line["order_id"] == row["order_id"]
        and line["unit_price"] == row["unit_price"]
        and (line["product_id"] == row["product_id"] or line["quantity"] == row["quantity"])
    ]
    assert len(same) == 1
    return same[0]
