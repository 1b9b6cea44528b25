"""`./suite faults`: processes are killed and cut off, by chance, as often as is asked for."""

import json
import os

from suite import testing


def main(rounds: int, seed: int | None, first: int, actions: int, only: str | None) -> int:
    """Run rounds *first* to *first* + *rounds* - 1 of each test (or of those named like *only*).

    The same seed strikes at the same points again; without one a new seed is drawn and told.
    """
    given = {"rounds": rounds, "seed": seed, "first": first, "actions": actions}
    os.environ["SUITE_FAULTS"] = json.dumps(given)
    return testing.main(["faults"], only)
