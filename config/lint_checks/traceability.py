"""The way from the ideas of the source texts to screens and tests: docs/traceability.csv."""

import csv
import re
from pathlib import Path

from lint_checks.repository import addon_folders, files_of

FILE = "docs/traceability.csv"
COLUMNS = ["id", "idea", "addon", "state", "where", "test", "remark"]
STATES = ("works", "partly", "linked", "documented", "not yet", "not, because")
# An idea that works is proven by a test; one that works partly says what is missing.
NEEDS = {
    "works": ("where", "test"),
    "partly": ("where", "remark"),
    "linked": ("where", "test"),
    "documented": ("where",),
    "not, because": ("remark",),
}
_MODEL = re.compile(r"\bcrm(?:\.[a-z]+)+\b")
_DOCUMENT = re.compile(r"\bdocs/\S+\.md\b")


def check_traceability(root: Path) -> list[str]:
    """Each line is whole; the models, pages and tests that it names are there."""
    path = root / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if reader.fieldnames != COLUMNS:
            return [f"{FILE}: the columns are {', '.join(COLUMNS)}"]
        rows = list(reader)
    models = _models(root)
    findings = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        problems = [*_problems(root, row, models), *_double(row["id"], seen)]
        findings += [f"{FILE}:{number}: {row['id']}: {problem}" for problem in problems]
        seen.add(row["id"])
    return findings


def _double(identity: str, seen: set[str]) -> list[str]:
    return ["stands twice"] if identity in seen else []


def _problems(root: Path, row: dict[str, str], models: set[str]) -> list[str]:
    state = row["state"]
    if state not in STATES:
        return [f"“{state}” is no state: {', '.join(STATES)}"]
    problems = [
        f"is “{state}” and says no {column}" for column in NEEDS.get(state, ()) if not row[column]
    ]
    problems += [
        f"there is no model {name}" for name in _MODEL.findall(row["where"]) if name not in models
    ]
    problems += [
        f"there is no page {page}"
        for page in _DOCUMENT.findall(row["where"])
        if not (root / page).is_file()
    ]
    return problems + [
        f"there is no test {test}" for test in row["test"].split() if not _has_test(root, test)
    ]


def _has_test(root: Path, test: str) -> bool:
    """`path/to/test_file.py::test_name` names a function of that file."""
    file, _, name = test.partition("::")
    path = root / file
    return path.is_file() and re.search(rf"^\s*def {re.escape(name)}\(", path.read_text(), re.M)


def _models(root: Path) -> set[str]:
    """Names of models that our addons make, and of Odoo's that begin with crm as well."""
    found = {"crm.lead", "crm.team", "crm.stage"}
    for folder in addon_folders(root):
        for path in files_of(folder, ".py"):
            found |= set(re.findall(r"_name = \"([a-z.]+)\"", path.read_text()))
    return found
