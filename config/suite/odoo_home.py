"""Odoo 19: the one you name, the one Python imports, or Debian's package unpacked in the cache."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from suite import locks, paths, processes, system
from suite.say import SuiteError, say, step

SERIES = "19.0"
TESTED_BUILD = "19.0"
# Debian's package takes these from elsewhere; Montserrat is not in every release.
_COMPANIONS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
_STUB = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooHome:
    """An Odoo to run: *import_root* goes on PYTHONPATH, *addons* are its addons folders."""

    import_root: Path
    addons: tuple[Path, ...]
    build: str
    origin: str

    @property
    def key(self) -> str:
        return paths.digest(self.import_root, self.build)


def find() -> OdooHome | None:
    """The Odoo that is at hand, without fetching anything."""
    named = os.environ.get("ODOO_HOME")
    if named:
        return _from_folder(Path(named).expanduser().absolute(), "ODOO_HOME")
    return _importable() or _unpacked()


def get() -> OdooHome:
    """The Odoo to run; Debian's package is fetched when there is no other."""
    home = find()
    if home:
        return home
    with locks.exclusive(paths.cache() / "locks/odoo", "another run is fetching Odoo, waiting"):
        return _unpacked() or _fetch()


def _from_folder(folder: Path, origin: str) -> OdooHome:
    """Both layouts: a source checkout, or the folder that holds the installed package `odoo`."""
    places = (folder, folder.parent, folder / "usr/lib/python3/dist-packages")
    root = next((place for place in places if (place / "odoo/release.py").exists()), None)
    if root is None:
        raise SuiteError(
            f"{origin} names {folder}, but there is no Odoo in it. Name the folder of an Odoo"
            f" {SERIES} checkout, or the folder that contains the package “odoo”."
        )
    build = _build(root)
    if not build.startswith(SERIES):
        raise SuiteError(
            f"{origin} names an Odoo {build}; these addons are for {SERIES}. Name an Odoo {SERIES}."
        )
    # A checkout keeps all addons but `base` beside the package.
    addons = [root / "odoo/addons"]
    if (root / "addons/web").exists():
        addons.append(root / "addons")
    return OdooHome(root, tuple(addons), build, origin)


def _importable() -> OdooHome | None:
    """An `odoo` that the calling Python imports: linked alone, so that its neighbours stay out."""
    probe = "import odoo.release as r; print(r.version); print(r.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False, cwd="/"
    )
    if found.returncode:
        return None
    version, file = found.stdout.split()
    if not version.startswith(SERIES):
        return None
    package = Path(file).parent
    if (package.parent / "addons/web").exists():
        return _from_folder(package.parent, "the importable Odoo")
    link = paths.cache() / "odoo" / f"linked-{paths.digest(package)}"
    link.mkdir(parents=True, exist_ok=True)
    if not (link / "odoo").exists():
        (link / "odoo").symlink_to(package)
    return _from_folder(link, "the importable Odoo")


def _build(root: Path) -> str:
    """`19.0` from a checkout, `19.0 (19.0+dfsg…)` with the package's version where it is known."""
    text = (root / "odoo/release.py").read_text()
    found = re.search(r"version_info = \((\d+), (\d+)", text)
    series = f"{found.group(1)}.{found.group(2)}" if found else "unknown"
    note = root.parents[3] / "package-version" if len(root.parents) > 3 else None
    return f"{series} ({note.read_text().strip()})" if note and note.exists() else series


def _unpacked() -> OdooHome | None:
    current = paths.cache() / "odoo/debian"
    if not (current / "complete").exists():
        return None
    return _from_folder(current / "root/usr/lib/python3/dist-packages", "Debian's package")


def _fetch() -> OdooHome:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SuiteError(
            "No Odoo 19 was found and this is not a Debian system: get a checkout of Odoo 19.0"
            " Community and name its folder in ODOO_HOME."
        )
    target = paths.cache() / "odoo/debian"
    work = paths.cache() / "odoo/debian.part"
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("lists/partial", "archives/partial", "preferences", "deb", "root"):
        (work / folder).mkdir(parents=True)
    with step("fetching Odoo 19 Community (Debian's package, about 130 MB)"):
        _download(work)
    with step("unpacking Odoo"):
        _unpack(work)
    for left_over in ("lists", "archives", "deb"):
        shutil.rmtree(work / left_over)
    (work / "complete").touch()
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    return _unpacked()


def _download(work: Path) -> None:
    """Ask the machine's own mirror for unstable's Odoo; nothing of the system's apt changes."""
    (work / "sources.list").write_text(f"deb {_mirror()} sid main\n")
    own = work / "apt.conf"
    own.write_text(
        f'Dir::State "{work}"; Dir::State::lists "{work}/lists"; Dir::State::status "/dev/null";\n'
        f'Dir::Cache "{work}"; Dir::Etc::sourcelist "{work}/sources.list";\n'
        f'Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "{work}/preferences";\n'
        'Acquire::Languages "none";\n'
        + ('APT::Sandbox::User "root";\n' if os.geteuid() == 0 else "")
    )
    private = {**os.environ, "APT_CONFIG": str(own)}
    log = work / "log"
    failure = (
        "Odoo 19 could not be fetched. Check the machine's package sources and network, or name a"
        " checkout of Odoo 19.0 in ODOO_HOME"
    )
    apt = ["apt-get", "-q"]
    processes.call([*apt, "update"], log, private, failure=failure)
    processes.call(
        [*apt, "download", "odoo-19", "fonts-montserrat"], log, private, work / "deb", failure
    )
    for package in _COMPANIONS:
        # The machine's own release first: unstable's fonts moved files that Odoo links to.
        try:
            processes.call([*apt, "download", package], log, cwd=work / "deb")
        except SuiteError:
            processes.call([*apt, "download", package], log, private, work / "deb", failure)


def _mirror() -> str:
    """`[signed-by=…] address` of the machine's own Debian mirror, read from its apt."""
    listing = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(SITE) $(CODENAME) $(COMPONENT) $(SIGNED_BY)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    codename = system.debian()[1]
    for line in listing.splitlines():
        site, release, component, *signed_by = line.split(" ")
        if component == "main" and release == codename and "security" not in site:
            key = " ".join(signed_by).strip()
            if not key.startswith("/"):  # an older apt prints the format's name back
                key = "/usr/share/keyrings/debian-archive-keyring.gpg"
            return f"[signed-by={key}] {site}"
    raise SuiteError(
        "No Odoo 19 was found, and this machine's apt names no Debian mirror to get it from: name"
        " a checkout of Odoo 19.0 Community in ODOO_HOME."
    )


def _unpack(work: Path) -> None:
    for package in sorted((work / "deb").glob("*.deb")):
        processes.call(["dpkg-deb", "-x", package, work / "root"])
        if package.name.startswith("odoo-19_"):
            version = package.name.split("_")[1].replace("%3a", ":")
            (work / "root/package-version").write_text(version)
    odoo = work / "root/usr/lib/python3/dist-packages/odoo"
    # Debian removed this file (video-call blur); its absence is an error in every browser console.
    stub = odoo / "addons" / _STUB
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("// not part of Debian's package\n")
    broken = [str(link) for link in odoo.rglob("*") if link.is_symlink() and not link.exists()]
    if broken:
        say(f"  note: {len(broken)} files of Odoo point to packages that are not here: {broken[0]}")
