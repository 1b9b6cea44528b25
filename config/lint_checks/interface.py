"""What other programs may call is written down: docs/api.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

from lint_checks.repository import addon_folders, files_of

FILE = "docs/api.md"
# Odoo's own methods, which a model extends and everybody knows.
STANDARD = {
    "copy",
    "copy_data",
    "create",
    "default_get",
    "fields_get",
    "get_views",
    "name_search",
    "unlink",
    "write",
}
CLOSED = {"api.private", "property", "cached_property"}


def check_interface(root: Path) -> list[str]:
    """Each public method of a model is a button, Odoo's own, or named in docs/api.md."""
    path = root / FILE
    known = path.read_text() if path.is_file() else ""
    findings = []
    for file in _model_files(root):
        for method in _public_methods(ast.parse(file.read_text(), str(file))):
            if f"`{method.name}" not in known:
                name = file.relative_to(root).as_posix()
                findings.append(
                    f"{name}:{method.lineno}: {method.name} can be called from outside and is not"
                    f" in {FILE}: name it there, or make it private with @api.private or a _"
                )
    return findings


def _model_files(root: Path) -> Iterator[Path]:
    for folder in addon_folders(root):
        for part in ("models", "report", "wizard"):
            yield from files_of(folder / part, ".py")


def _public_methods(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and _is_model(node):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and _is_open(item):
                    yield item


def _is_model(node: ast.ClassDef) -> bool:
    return any(
        isinstance(item, ast.Assign)
        and isinstance(item.targets[0], ast.Name)
        and item.targets[0].id in ("_name", "_inherit")
        for item in node.body
    )


def _is_open(method: ast.FunctionDef) -> bool:
    if method.name.startswith(("_", "action_")) or method.name in STANDARD:
        return False
    return not any(ast.unparse(decorator) in CLOSED for decorator in method.decorator_list)
