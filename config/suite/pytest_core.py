"""A pytest plugin: `odoo.addons.<ours>.core` can be imported without Odoo and without a database.

The namespace packages are stubs whose paths lead to the addons' folders, so that importing a core
module never runs an addon's __init__ (which would need the ORM).
"""

import os
import sys
import types
from pathlib import Path

import pytest

_ROOT = Path(os.environ.get("SUITE_ROOT") or Path(__file__).resolve().parents[2])


def pytest_configure(config) -> None:
    if "odoo" in sys.modules:
        return
    _stub("odoo", _ROOT / "nowhere")
    _stub("odoo.addons", _ROOT / "addons")
    for addon in (_ROOT / "addons").glob("crm_*"):
        _stub(f"odoo.addons.{addon.name}", addon)


def pytest_collect_directory(path: Path, parent) -> pytest.Dir:
    """Folders stay folders: as a package, an addon's __init__ would be imported."""
    return pytest.Dir.from_parent(parent, path=path)


def _stub(name: str, folder: Path) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
