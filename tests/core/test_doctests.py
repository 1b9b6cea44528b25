"""Every example in a docstring of the core modules is run."""

import doctest
import importlib
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
MODULES = [
    f"odoo.addons.{path.parents[1].name}.core.{path.stem}"
    for path in sorted(ADDONS.glob("crm_*/core/*.py"))
    if path.stem != "__init__"
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say what it is for"
    assert doctest.testmod(module).failed == 0
