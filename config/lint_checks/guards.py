"""Checks of the guards: how often rights are set aside, and how SQL comes about."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from .repository import addon_folders, files_of
from .structure import parse

SUDO_FILE = "tests/lint/sudo_calls.json"
SUDO = re.compile(r"\.sudo\(\)|\.with_user\(SUPERUSER_ID\)")
RUNS_SQL = {"execute", "executemany", "execute_query", "execute_query_dict"}


def check_sudo_calls(root: Path) -> list[str]:
    """No file sets rights aside more often than it is allowed to; the list only shrinks.

    Each call says its reason in a comment (``sudo-comments``); a new one gets its line in the
    list by hand, so that somebody looks at it.
    """
    allowed = _allowed(root)
    return [
        f"{name}: {found} calls of sudo(), {allowed.get(name, 0)} in {SUDO_FILE}. Do without, or"
        " write the new number there and let somebody else look at the reason"
        for name, found in sudo_calls(root).items()
        if found > allowed.get(name, 0)
    ]


def update_sudo_calls(root: Path) -> str:
    """Bring the list down to what is there now; says what is left."""
    allowed, found = _allowed(root), sudo_calls(root)
    kept = {
        name: min(count, allowed[name] if allowed else count)
        for name, count in found.items()
        if not allowed or name in allowed
    }
    (root / SUDO_FILE).write_text(json.dumps(kept, indent=2) + "\n")
    return f"{sum(kept.values())} calls of sudo() in {len(kept)} files."


def sudo_calls(root: Path) -> dict[str, int]:
    """File -> number of calls, tests left out."""
    found = {}
    for folder in addon_folders(root):
        for path in _shipped(folder):
            if count := len(SUDO.findall(path.read_text())):
                found[path.relative_to(root).as_posix()] = count
    return found


def check_own_sql(root: Path) -> list[str]:
    """SQL is a constant text, or ``SQL()`` of one: values and names are always parameters.

    A text of constant parts says so in a comment with the word “constants” right above.
    """
    findings = []
    for folder in addon_folders(root):
        for path in _shipped(folder):
            findings += [
                f"{path.relative_to(root)}:{line}: SQL is put together from text; use SQL() with"
                " parameters, SQL.identifier() for names"
                for line in composed_sql(parse(path))
                if not _says_constants(path.read_text().splitlines(), line)
            ]
    return findings


def composed_sql(tree: ast.AST) -> Iterator[int]:
    """Lines in which a statement, or the text given to ``SQL()``, is put together from parts."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        text = node.args[0]
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        if name == "SQL" and not _is_constant(text):
            yield node.lineno
        elif name in RUNS_SQL and isinstance(text, (ast.JoinedStr, ast.BinOp)):
            yield node.lineno
        elif name in RUNS_SQL and isinstance(text, ast.Call):
            if getattr(text.func, "attr", None) in ("format", "join", "replace"):
                yield node.lineno


def _says_constants(lines: list[str], number: int) -> bool:
    return any("#" in line and "constants" in line for line in lines[max(0, number - 3) : number])


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _allowed(root: Path) -> dict[str, int]:
    path = root / SUDO_FILE
    return json.loads(path.read_text()) if path.is_file() else {}


def _shipped(folder: Path) -> Iterator[Path]:
    for path in files_of(folder, ".py"):
        if "tests" not in path.relative_to(folder).parts:
            yield path
