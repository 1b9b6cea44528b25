"""A wheel is all that a clean environment needs to install an addon into Odoo."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from suite import environment, paths, wheels
from suite.rig import Rig
from suite.templates import Templates

GREEN = paths.cache() / "wheels.green"
TOP = paths.SUITE_ADDONS[-1]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    for addon in paths.SUITE_ADDONS:
        wheels.build(addon, folder)
    return folder


def test_equal_addons_give_equal_wheels(built, tmp_path):
    for addon in paths.SUITE_ADDONS:
        again = wheels.build(addon, tmp_path)
        assert again.read_bytes() == (built / again.name).read_bytes()


def test_a_wheel_names_what_it_needs():
    needs = wheels.requirements("crm_scorecard")
    assert needs[0] == "odoo==19.0.*"
    assert any(need.startswith("odoo-addon-crm-moments-of-truth>=19.0.") for need in needs)
    assert {"numpy", "scipy"} <= set(needs)


def test_odoo_installs_the_addons_from_wheels_alone(built, tmp_path):
    if GREEN.exists() and GREEN.read_text() == wheels.key():
        pytest.skip("no manifest and no list of files changed since wheels were last installed")
    rig = Rig()
    python = _clean_environment(tmp_path / "clean")
    # Odoo lies beside the environment; pip gets its name alone, and finds numpy and scipy.
    about = "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n"
    wheels.pack("odoo", "19.0", about, {}, built)
    packages = _packages_of(environment.python())
    variables = {**rig.odoo.variables, "PYTHONPATH": packages}
    options = ["--no-index", "--no-cache-dir", "--find-links", built, "--quiet"]
    _run([python, "-m", "pip", "install", *options, wheels.distribution(TOP)], variables)
    variables["PYTHONPATH"] = os.pathsep.join((str(rig.odoo.home.import_root), packages))
    database = f"{rig.database}_wheels"
    rig.server.drop(database)
    rig.server.clone(Templates(rig.odoo).level(TOP), database)
    try:
        log = _run([python, *_installation(rig, database, tmp_path)], variables)
        assert "ERROR" not in log, log
        states = rig.server.sql(
            "SELECT name, state FROM ir_module_module WHERE name LIKE 'crm\\_%'"
            f" AND name IN {paths.SUITE_ADDONS}",
            database,
        )
        assert dict(states) == dict.fromkeys(paths.SUITE_ADDONS, "installed")
    finally:
        rig.server.drop(database)
    GREEN.write_text(wheels.key())


def _installation(rig: Rig, database: str, folder: Path) -> list:
    """Odoo with its own addons only: ours are found where pip has put them."""
    text = rig.odoo.configuration.read_text().splitlines()
    lines = [line for line in text if not line.startswith("addons_path")]
    own = ",".join(str(place) for place in rig.odoo.home.addons)
    configuration = folder / "wheels.conf"
    configuration.write_text("\n".join([*lines, f"addons_path = {own}", ""]))
    flags = ["--stop-after-init", "--no-http", "--log-level=warn"]
    return [paths.CONFIG / "odoo-bin", "-c", configuration, "-d", database, "-i", TOP, *flags]


def _clean_environment(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin/python"


def _packages_of(python: Path) -> str:
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.check_output([python, "-c", ask], text=True).strip()


def _run(command: list, variables: dict) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
