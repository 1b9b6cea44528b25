"""The two worlds of the thread: real files that nobody here wrote, and a small company of ours."""

import os
from pathlib import Path

import pytest
from suite import paths
from suite.rig import Rig
from world import World

FIXTURES = paths.ROOT / "tests/fixtures"


def real_folder() -> Path:
    return paths.shared_data() / "northwind/csv_clean"


def pytest_generate_tests(metafunc):
    if "whole" in metafunc.fixturenames or "world" in metafunc.fixturenames:
        metafunc.fixturenames.insert(0, "whole")
        metafunc.parametrize("whole", ["harbour", "northwind"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def world(whole) -> World:
    """What the test is about: the whole world, or what a test module makes of it."""
    return whole


@pytest.fixture(scope="session")
def whole(request) -> World:
    if request.param == "harbour":
        return World(FIXTURES / "harbour")
    return World(need_real_folder(), FIXTURES / "northwind")


def need_real_folder() -> Path:
    folder = real_folder()
    if folder.is_dir():
        return folder
    reason = f"the real files are not there ({folder}); SUITE_SHARED_DATA names another folder"
    if os.environ.get("SUITE_REQUIRE_DATA") == "1":
        pytest.fail(f"SUITE_REQUIRE_DATA is set and {reason}")
    pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def rigs() -> dict:
    """One loaded and posted database a world, shared by all tests of the thread."""
    return {}


@pytest.fixture
def loaded(world, rigs, fresh) -> Rig:
    """The world as the thread leaves it: loaded, posted by an accountant, assigned to segments."""
    key = world.folder.name
    if key not in rigs:
        rigs[key] = _load(world, key, fresh)
    return rigs[key]


@pytest.fixture(scope="session")
def fresh():
    """Makes untouched databases with the addons; they are dropped at the end."""
    made = []

    def make(purpose: str) -> Rig:
        rig = Rig().beside(purpose)
        rig.set_up()
        made.append(rig)
        return rig

    yield make
    for rig in made:
        rig.server.drop(rig.database)


def _load(world: World, key: str, fresh) -> Rig:
    rig = fresh(key)
    folders = (
        [world.folder] if world.beside == world.folder else [world.folder, "--with", world.beside]
    )
    code, output = rig.exchange("load", *folders)
    print(output)
    assert code == 0, output
    rig.first_load = output
    rig.drafts = rig.sql(
        "SELECT invoice_date::text, count(*) FROM account_move"
        " WHERE move_type = 'out_invoice' AND state = 'draft' GROUP BY 1 ORDER BY 1"
    )
    rig.posted_before = rig.number("SELECT count(*) FROM account_move WHERE state = 'posted'")
    code, output = rig.exchange("post", "--login", "accountant.en")
    print(output)
    assert code == 0, output
    return rig
