"""Where things are. The cache can be thrown away; the state may hold a person's work."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
ADDONS = ROOT / "addons"
TEST_ADDONS = ROOT / "tests" / "addons"
SUITE_ADDONS = ("crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge")


def cache() -> Path:
    """Odoo, the Python environment, template databases: made again when missing."""
    return _folder("SUITE_CACHE", "XDG_CACHE_HOME", "/var/cache/crm-suite", "~/.cache")


def state() -> Path:
    """The demo's PostgreSQL cluster and filestore: kept until `./suite reset --state`."""
    return _folder("SUITE_STATE", "XDG_DATA_HOME", "/var/lib/crm-suite", "~/.local/share")


def shared_data() -> Path:
    """Real input files that are never committed; tests that need them skip or fail by name."""
    return Path(os.environ.get("SUITE_SHARED_DATA") or ROOT.parent / "shared" / "data").absolute()


def digest(*parts: object) -> str:
    """A short key for what something was made from."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def files_digest(paths: Iterable[Path]) -> str:
    """A key for the content and the relative names of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def addon_digest(addon: str, runtime_only: bool = True) -> str:
    """A key for an addon as a database knows it: without tests and texts for readers."""
    skip = {"__pycache__", "node_modules"} | ({"tests", "readme"} if runtime_only else set())
    folder = ADDONS / addon
    return files_digest(
        path
        for path in folder.rglob("*")
        if path.is_file() and not skip & set(path.relative_to(folder).parts)
    )


def _folder(own: str, xdg: str, root_default: str, user_default: str) -> Path:
    if os.environ.get(own):
        folder = Path(os.environ[own])
    elif os.environ.get(xdg):
        folder = Path(os.environ[xdg]) / "crm-suite"
    elif os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and its own user cannot look into root's home.
        folder = Path(root_default)
    else:
        folder = Path(user_default).expanduser() / "crm-suite"
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
