"""Checks of the shape: pure cores, one direction of dependency, the manifest's order, sudo."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .repository import ADDONS, addon_folders, files_of, manifest_of

EXTERNAL_IN_CORE = {
    "crm_scorecard": {"numpy", "scipy"},
    "crm_strategy": {"reportlab", "xlsxwriter"},
    "crm_erp_bridge": {"openpyxl"},
}
"""Libraries that a core may import beside Python's own: numbers for the scorecard; for the matrix
the writers of spreadsheets and paper, for exchanged files the reader of spreadsheets. All of the
latter come with Odoo."""
SOFT_IMPORTS = {"python_calamine"}
DATA_ORDER = ("security", "data", "report", "wizard", "views", "menus")
SOURCE_SUFFIXES = (".py", ".xml", ".js", ".mjs", ".csv", ".scss", ".json")
SUDO_REACH = 4
"""A comment explains a ``sudo()`` when it stands on its line or at most this many lines above."""


def check_core_purity(root: Path) -> list[str]:
    """``core/`` is plain Python: no Odoo but our own cores, few named libraries."""
    findings = []
    for folder in addon_folders(root):
        allowed = EXTERNAL_IN_CORE.get(folder.name, set()) | SOFT_IMPORTS
        for path in files_of(folder / "core", ".py"):
            findings += [
                f"{path.relative_to(root)}:{line}: core imports {name}"
                for line, name in imports_of(parse(path))
                if not is_allowed_in_core(name, allowed)
            ]
    return findings


def parse(path: Path) -> ast.Module:
    """The file's syntax tree; a SyntaxError carries the file's name."""
    return ast.parse(path.read_text(), filename=str(path))


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted module) of every import in the file, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.ImportFrom) and node.level > 1:
            yield node.lineno, "." * node.level + (node.module or "")


def is_allowed_in_core(name: str, external: Iterable[str]) -> bool:
    """Whether a core may import this dotted module."""
    parts = name.split(".")
    if parts[0] == "odoo":
        return len(parts) > 3 and parts[1] == "addons" and parts[2] in ADDONS and parts[3] == "core"
    return parts[0] in sys.stdlib_module_names or parts[0] in external


def check_dependency_direction(root: Path) -> list[str]:
    """A lower addon names no upper addon and no model that an upper addon defines."""
    folders = addon_folders(root)
    models = {folder.name: set(models_defined_in(folder)) for folder in folders}
    findings = []
    for folder in folders:
        above = ADDONS[ADDONS.index(folder.name) + 1 :]
        foreign = set().union(*(models.get(name, set()) for name in above))
        for path in files_of(folder, *SOURCE_SUFFIXES):
            text = path.read_text()
            for number, line in enumerate(text.splitlines(), 1):
                findings += [
                    f"{path.relative_to(root)}:{number}: names {name}, which stands above"
                    for name in names_from_above(line, above, foreign)
                ]
    return findings


def models_defined_in(folder: Path) -> Iterator[str]:
    """Yield the name of every model that the addon brings, not of those that it extends."""
    for path in files_of(folder, ".py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ClassDef):
                name, inherited = (strings_assigned(node, key) for key in ("_name", "_inherit"))
                yield from set(name) - set(inherited)


def strings_assigned(node: ast.ClassDef, key: str) -> list[str]:
    """The string, or strings of a list, that a class body assigns to an attribute."""
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            if item.targets[0].id == key:
                parts = getattr(item.value, "elts", [item.value])
                return [part.value for part in parts if isinstance(part, ast.Constant)]
    return []


def names_from_above(line: str, addons: Iterable[str], models: Iterable[str]) -> list[str]:
    """Upper addons and upper models that a line of source names."""
    found = [name for name in addons if re.search(rf"(?<![\w/]){name}(?!\w)", line)]
    quoted = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)+)["']""", line))
    return found + sorted(quoted & set(models))


def check_manifest_order(root: Path) -> list[str]:
    """Data files are listed in the order security, data, report, wizard, views, menus."""
    findings = []
    for folder in addon_folders(root):
        highest = 0
        for name in manifest_of(folder).get("data", []):
            rank = data_rank(name)
            if rank is None:
                findings.append(f"{folder.name}: {name} lies in no folder of the house order")
            elif rank < highest:
                findings.append(f"{folder.name}: {name} comes after {DATA_ORDER[highest]}")
            else:
                highest = rank
    return findings


def data_rank(name: str) -> int | None:
    """Position of a data file's kind in the house order; menus may lie among the views."""
    folder = name.split("/")[0]
    if folder in ("views", "menus") and re.search(r"menus?\.xml$", name):
        folder = "menus"
    return DATA_ORDER.index(folder) if folder in DATA_ORDER else None


def check_sudo_comments(root: Path) -> list[str]:
    """Each ``sudo()`` outside tests says by a comment who needs it, why, and why it is safe."""
    findings = []
    for folder in addon_folders(root):
        for path in files_of(folder, ".py"):
            if "tests" in path.parts:
                continue
            findings += [
                f"{path.relative_to(root)}:{number}: sudo() without a comment"
                for number in unexplained_sudo(path.read_text())
            ]
    return findings


def unexplained_sudo(text: str) -> list[int]:
    """Line numbers of ``.sudo()`` calls without a comment close above or beside them."""
    lines = text.splitlines()
    return [
        number
        for number, line in enumerate(lines, 1)
        if re.search(r"\.sudo\(\)|\.with_user\(SUPERUSER_ID\)", line)
        and not any("#" in above for above in lines[max(0, number - 1 - SUDO_REACH) : number])
    ]
