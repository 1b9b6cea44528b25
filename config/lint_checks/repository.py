"""What the checks know about the repository: its addons, their order, its committed files."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ADDONS = ("crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge")
"""Our addons from the ground floor up: each may name those before it and none after it."""


LEFTOVERS = {".git", "__pycache__", "node_modules", "artefacts", ".venv"}


def addon_folders(root: Path) -> list[Path]:
    """Folders of the addons that are there, from the lowest up."""
    folders = [root / "addons" / name for name in ADDONS]
    return [folder for folder in folders if (folder / "__manifest__.py").is_file()]


def manifest_of(folder: Path) -> dict:
    """The addon's manifest as a dictionary, read without running it."""
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def files_of(folder: Path, *suffixes: str) -> Iterator[Path]:
    """Files under a folder with one of the suffixes, in a stable order."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in suffixes and path.is_file() and "__pycache__" not in path.parts:
            yield path


def committed_files(root: Path) -> list[Path]:
    """Files that are, or on the next commit would be, part of the repository.

    Without git, or in a clone that belongs to somebody else, these are all files but known
    leftovers.
    """
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = None
    if shutil.which("git"):
        listing = subprocess.run(command, capture_output=True, text=True, check=False)
    if listing is None or listing.returncode:
        found = (path for path in root.rglob("*") if not LEFTOVERS & set(path.parts))
    else:
        found = (root / name for name in listing.stdout.splitlines())
    return sorted(path for path in found if path.is_file())
