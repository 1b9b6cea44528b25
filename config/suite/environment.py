"""The Python environment and the Node tools: pinned, kept in the cache, keyed by their pins."""

import os
import shutil
import sys
from pathlib import Path

from suite import locks, paths, processes, system
from suite.say import SuiteError, step

_PINS = paths.CONFIG / "requirements"
OLDEST, NEWEST = (3, 10), (3, 13)


def python() -> Path:
    """The interpreter of the environment with Odoo's packages, ours, and the tools."""
    _check_version()
    pins = [_PINS / name for name in ("odoo.txt", "suite.txt", "tools.txt")]
    # By where Python is installed: the environment's own interpreter then finds itself again.
    key = paths.digest(sys.version_info[:2], sys.base_prefix, *map(_wanted, pins))
    folder = paths.cache() / "python" / key
    if (folder / "complete").exists():
        return folder / "bin/python"
    system.need(system.VENV, system.LIBMAGIC)
    waiting = "another run is making the Python environment, waiting"
    with locks.exclusive(paths.cache() / "locks/python", waiting):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            with step("making the Python environment (pinned packages)"):
                _make(folder, pins)
    return folder / "bin/python"


def _wanted(pins: Path) -> str:
    """The pins without comments: a better word must not build the environment again."""
    lines = (line.split("#")[0].strip() for line in pins.read_text().splitlines())
    return "\n".join(line for line in lines if line)


def _make(folder: Path, pins: list[Path]) -> None:
    log = paths.cache() / "logs/python.log"
    processes.call([sys.executable, "-m", "venv", folder], log)
    command = [folder / "bin/python", "-m", "pip", "install", "--no-input", "-q"]
    for pin in pins:
        command += ["-r", pin]
    processes.call(
        command, log, failure="The Python packages could not be installed; check the network"
    )
    (folder / "complete").touch()


def _check_version() -> None:
    found = sys.version_info[:2]
    if not OLDEST <= found <= NEWEST:
        raise SuiteError(
            f"Python {found[0]}.{found[1]} runs this, but Odoo 19 needs 3.10 to 3.13. Name another"
            " interpreter in SUITE_PYTHON."
        )


def node_modules() -> Path:
    """The folder with playwright-core, eslint and prettier, installed from the lock file."""
    manifest = [
        paths.ROOT / "package.json",
        paths.ROOT / "package-lock.json",
        paths.ROOT / ".npmrc",
    ]
    key = paths.files_digest(path for path in manifest if path.exists())
    folder = paths.cache() / "node" / key
    if (folder / "complete").exists():
        return folder / "node_modules"
    system.need(system.NODE, system.NPM)
    with locks.exclusive(
        paths.cache() / "locks/node", "another run is getting Node tools, waiting"
    ):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for path in manifest:
                if path.exists():
                    shutil.copy(path, folder)
            with step("getting the browser driver and the JavaScript tools"):
                processes.call(
                    ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                    paths.cache() / "logs/node.log",
                    cwd=folder,
                    failure="The Node packages could not be installed; check the network",
                )
            (folder / "complete").touch()
    return folder / "node_modules"


def variables(import_root: Path) -> dict[str, str]:
    """The environment of every Odoo process: its own byte code cache, nothing of the caller's."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "ODOO_RC"} and key[:2] != "PG"
    }
    kept["PYTHONPATH"] = str(import_root)
    kept["PYTHONPYCACHEPREFIX"] = str(paths.cache() / "bytecode")
    kept["PYTHONUNBUFFERED"] = "1"
    chromium = system.CHROMIUM.path()
    if chromium:
        kept["SUITE_CHROMIUM"] = chromium
    return kept
