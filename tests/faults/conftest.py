"""Rounds by number and by chance: `./suite faults --rounds 60 --seed 7`."""

import json
import os
import random
import sys

import audit
import pytest
from package import write_package
from suite import paths
from suite.rig import Rig
from yard import MEASURE, Yard

sys.path.insert(0, str(paths.ROOT / "tests/story"))

GIVEN = {
    "rounds": 1,
    "seed": None,
    "first": 1,
    **json.loads(os.environ.get("SUITE_FAULTS") or "{}"),
}
SEED = GIVEN["seed"] if GIVEN["seed"] is not None else random.SystemRandom().randrange(10**6)


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"seed {SEED}: ./suite faults --seed {SEED} strikes again as here")


def pytest_generate_tests(metafunc):
    if "chance" in metafunc.fixturenames:
        last = GIVEN["first"] + GIVEN["rounds"]
        metafunc.parametrize("round_number", range(GIVEN["first"], last))


@pytest.fixture
def chance(request, round_number) -> random.Random:
    """The dice of this round: the same for the same seed, test and number."""
    name = request.function.__name__
    print(f"\n{name}, round {round_number} of seed {SEED}")
    return random.Random(f"{SEED}/{name}/{round_number}")


@pytest.fixture(scope="session")
def yard(tmp_path_factory):
    yard = Yard(Rig(), tmp_path_factory.mktemp("yard"))
    try:
        yard.open()
        yield yard
    finally:
        yard.close()


@pytest.fixture(scope="session")
def settled(yard, tmp_path_factory):
    """A company whose files are in, posted, derived and measured."""
    folder = write_package(tmp_path_factory.mktemp("settled"), random.Random("settled"), orders=18)
    yard.back_to("empty")
    done = yard.exchange("load", folder)
    assert done.code == 0, done.text
    yard.keep("drafts")
    done = yard.exchange("post", "--login", "accountant.en")
    assert done.code == 0, done.text
    yard.servers_finish()
    yard.script(MEASURE)
    audit.whole(yard)
    yard.keep("settled")
