"""What the machine itself must bring, and how the suite gets it when it is missing."""

import glob
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from suite import processes
from suite.say import SuiteError, say, step


@dataclass(frozen=True)
class Tool:
    """A program that comes from the operating system: where it is found, what to install."""

    name: str
    packages: tuple[str, ...]
    why: str

    def path(self) -> str | None:
        return _FINDERS[self.name]()


def _newest_postgres() -> str | None:
    folders = [f for f in glob.glob("/usr/lib/postgresql/*/bin") if os.path.exists(f"{f}/initdb")]
    folders.sort(key=lambda folder: int(re.search(r"/(\d+)/bin", folder).group(1)))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return os.path.dirname(os.path.realpath(found)) if found else None


def _first(*names: str) -> str | None:
    return next((found for found in map(shutil.which, names) if found), None)


_FINDERS = {
    "PostgreSQL": _newest_postgres,
    "wkhtmltopdf": lambda: _first("wkhtmltopdf"),
    "Chromium": lambda: (
        os.environ.get("SUITE_CHROMIUM")
        or _first("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    ),
    "Node": lambda: _first("node", "nodejs"),
    "npm": lambda: _first("npm"),
    "libmagic": lambda: next(iter(glob.glob("/usr/lib/*/libmagic.so.1")), None),
    "venv": lambda: next(iter(_ensurepip()), None),
}
POSTGRES = Tool("PostgreSQL", ("postgresql",), "the database server")
WKHTMLTOPDF = Tool("wkhtmltopdf", ("wkhtmltopdf",), "Odoo's own PDF documents")
CHROMIUM = Tool("Chromium", ("chromium",), "browser tests")
NODE = Tool("Node", ("nodejs",), "browser tests and lint")
NPM = Tool("npm", ("npm",), "browser tests and lint")
LIBMAGIC = Tool("libmagic", ("libmagic1",), "recognising file types")
VENV = Tool("venv", ("python3-venv",), "the Python environment")
TO_RUN = (POSTGRES, LIBMAGIC, VENV, WKHTMLTOPDF)
TO_TEST = (CHROMIUM, NODE, NPM)


def _ensurepip() -> list[str]:
    try:
        import ensurepip
    except ImportError:
        return []
    return [ensurepip.__file__]


def need(*tools: Tool) -> None:
    """Install what is missing after saying so; without the right to, say what to ask for."""
    missing = [tool for tool in tools if not tool.path()]
    if not missing:
        return
    packages = sorted({package for tool in missing for package in tool.packages})
    reasons = ", ".join(f"{tool.name} ({tool.why})" for tool in missing)
    ask = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise SuiteError(f"Missing: {reasons}. Install it with your system's package manager.")
    elevate = _elevation()
    if elevate is None:
        raise SuiteError(
            f"Missing: {reasons}. You may not install packages here: ask your administrator to run"
            f" “{ask}”, then start again."
        )
    say(f"  This machine lacks {reasons}; installing with: {ask}")
    with step("installing system packages"):
        script = _INSTALL.replace("PACKAGES", " ".join(packages))
        processes.call([*elevate, "sh", "-c", script], failure="The installation did not succeed")
    still = [tool.name for tool in missing if not tool.path()]
    if still:
        raise SuiteError(f"{', '.join(still)} is still missing after “{ask}”.")


# A database server that was not there before is not left running: no cluster is made, no service
# is started. Both guards are removed again whatever happens.
_INSTALL = """
set -eu
export DEBIAN_FRONTEND=noninteractive
guard=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/crm-suite.conf
undo() { [ -z "${made_guard:-}" ] || rm -f "$guard"; rm -f "$cluster"; }
trap undo EXIT
if [ ! -e "$guard" ]; then
  made_guard=1; printf '#!/bin/sh\\nexit 101\\n' > "$guard"; chmod 755 "$guard"
fi
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' > "$cluster"
apt-get install -y -q --no-install-recommends PACKAGES ||
  { apt-get update -q; apt-get install -y -q --no-install-recommends PACKAGES; }
"""


def _elevation() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if not sudo:
        return None
    quiet = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    if quiet.returncode == 0 or os.isatty(0):
        return [sudo]
    return None


def debian() -> tuple[str, str]:
    """The distribution's id and codename, empty where the system does not say."""
    facts = {}
    release = Path("/etc/os-release")
    if release.exists():
        for line in release.read_text().splitlines():
            key, _, value = line.partition("=")
            facts[key] = value.strip('"')
    return facts.get("ID", ""), facts.get("VERSION_CODENAME", "")


def version(command: list[str]) -> str:
    """The first version number that a command prints, or an empty text."""
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(?:\.\d+)+", output.stdout + output.stderr)
    return found.group(0) if found else ""
