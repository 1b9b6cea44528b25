"""The linters of others, each run once over what it understands."""

import os
import shutil
import subprocess
from pathlib import Path

from .repository import addon_folders, files_of

PYTHON_FOLDERS = ("addons", "config", "tests")
OCA_DISABLED = (
    "missing-readme",  # README is composed from readme/ fragments when an addon is published
    "xml-header-wrong",  # prettier rules the header's shape
)


class ToolMissing(Exception):
    """A linter is not installed; the sentence names it and the remedy."""


def check_ruff(root: Path) -> list[str]:
    """Bugs, imports, complexity, security and modern syntax in Python."""
    return run(root, python_tool("ruff"), "check", "--quiet", "--output-format=concise", ".")


def check_ruff_format(root: Path) -> list[str]:
    """One layout of Python."""
    return run(root, python_tool("ruff"), "format", "--check", "--output-format=concise", ".")


def check_pylint_odoo(root: Path) -> list[str]:
    """Odoo's idioms in Python and manifests."""
    folders = [str(folder.relative_to(root)) for folder in addon_folders(root)]
    return run(root, python_tool("pylint"), "--rcfile=.pylintrc", *folders)


def check_oca_modules(root: Path) -> list[str]:
    """XML, CSV and manifest of each addon."""
    findings = []
    for folder in addon_folders(root):
        manifest = str((folder / "__manifest__.py").relative_to(root))
        disable = f"--disable={','.join(OCA_DISABLED)}"
        findings += run(root, python_tool("oca-checks-odoo-module"), disable, manifest)
    return findings


def check_oca_po(root: Path) -> list[str]:
    """Translations with broken placeholders, double or ill-formed entries."""
    files = [str(path.relative_to(root)) for path in files_of(root / "addons", ".po", ".pot")]
    return run(root, python_tool("oca-checks-po"), *files) if files else []


def check_prettier(root: Path) -> list[str]:
    """One layout of JavaScript, XML, SCSS and JSON; Markdown keeps its authors' tables."""
    return run(root, node_tool(root, "prettier"), "--check", "--log-level=warn", ".")


def check_eslint(root: Path) -> list[str]:
    """Bugs in JavaScript, of the screens and of the browser tests."""
    return run(root, node_tool(root, "eslint"), "--max-warnings=0", ".")


def python_tool(name: str) -> str:
    """Path of a Python linter: in the folder named by SUITE_BIN, else on PATH."""
    folder = os.environ.get("SUITE_BIN")
    path = shutil.which(name, path=folder) if folder else shutil.which(name)
    if path is None:
        raise ToolMissing(f"{name} is not installed; ./suite lint brings it, or set SUITE_BIN")
    return path


def node_tool(root: Path, name: str) -> str:
    """Path of a JavaScript linter: in SUITE_NODE_MODULES, else in the clone's node_modules."""
    modules = Path(os.environ.get("SUITE_NODE_MODULES") or root / "node_modules")
    path = modules / ".bin" / name
    if not path.exists():
        raise ToolMissing(f"{name} is not installed; run npm ci, or set SUITE_NODE_MODULES")
    return str(path)


def run(root: Path, *command: str) -> list[str]:
    """Lines that a linter prints when it is not content; none when it is."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
    told = [line for line in lines if line.strip() and not line.startswith("*****")]
    return told or [f"exit code {done.returncode}"]
