"""One wheel per addon, for an Odoo that is installed with pip: `./suite wheels --out DIR`.

A wheel is a zip archive with the addon as odoo/addons/NAME and three files about it, so no build
tool is needed. The names follow the Odoo Community Association (odoo-addon-crm-strategy), the
files carry one date: equal addons give equal wheels, byte by byte. Tests stay in the repository.
"""

import base64
import hashlib
import zipfile
from pathlib import Path

from suite import paths
from suite.say import say
from suite.templates import manifest

ODOO = "19.0"
_OWN = Path(__file__)
_DAY = (2026, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: crm-suite\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def main(out: Path) -> int:
    for addon in paths.SUITE_ADDONS:
        say(f"  {build(addon, out)}")
    say(f"\n  pip install --find-links {out} {distribution(paths.SUITE_ADDONS[-1])}")
    return 0


def build(addon: str, out: Path) -> Path:
    """Write the addon's wheel into the folder *out* and return its path."""
    content = {f"odoo/addons/{path}": data for path, data in _files(addon).items()}
    return pack(distribution(addon), manifest(addon)["version"], metadata(addon), content, out)


def pack(name: str, version: str, about: str, content: dict[str, bytes], out: Path) -> Path:
    """Write a wheel with the files of *content*; *about* is its METADATA."""
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    information = f"{stem}.dist-info"
    content = {
        **content,
        f"{information}/licenses/LICENSE": (paths.ROOT / "LICENSE").read_bytes(),
        f"{information}/METADATA": about.encode(),
        f"{information}/WHEEL": _WHEEL.encode(),
    }
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in content.items())
    content[f"{information}/RECORD"] = f"{record}{information}/RECORD,,\n".encode()
    wheel = out / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return wheel


def distribution(addon: str) -> str:
    """The name under which pip knows an addon."""
    return f"odoo-addon-{addon.replace('_', '-')}"


def requirements(addon: str) -> list[str]:
    """Odoo, the addons of ours below this one, and what its manifest names of Python."""
    told = manifest(addon)
    below = [name for name in told["depends"] if name in paths.SUITE_ADDONS]
    ours = [f"{distribution(name)}>={manifest(name)['version']},=={ODOO}.*" for name in below]
    return [f"odoo=={ODOO}.*", *ours, *told.get("external_dependencies", {}).get("python", [])]


def metadata(addon: str) -> str:
    """What pip and people read about the wheel."""
    told = manifest(addon)
    headers = [
        ("Metadata-Version", "2.4"),
        ("Name", distribution(addon)),
        ("Version", told["version"]),
        ("Summary", told["summary"]),
        ("Author", told["author"]),
        ("License-Expression", "LGPL-3.0-only"),
        ("License-File", "LICENSE"),
        ("Requires-Python", ">=3.10"),
        ("Classifier", "Framework :: Odoo"),
        ("Classifier", f"Framework :: Odoo :: {ODOO}"),
        *(("Requires-Dist", requirement) for requirement in requirements(addon)),
        ("Description-Content-Type", "text/markdown"),
    ]
    lines = "".join(f"{name}: {value}\n" for name, value in headers)
    return f"{lines}\n# {told['name']}\n\n{_description(addon)}\n"


def key() -> str:
    """Changes when a manifest changes, when a file comes or goes, or when wheels are made anew."""
    names = [f"{path}" for addon in paths.SUITE_ADDONS for path in _files(addon)]
    manifests = [(paths.ADDONS / addon / "__manifest__.py") for addon in paths.SUITE_ADDONS]
    return paths.digest(*sorted(names), *(file.read_text() for file in (*manifests, _OWN)))


def _files(addon: str) -> dict[str, bytes]:
    """What the addon needs to run: its files by their path in the addons' folder."""
    folder = paths.ADDONS / addon
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        str(path.relative_to(paths.ADDONS)): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts and folder / "tests" not in path.parents
    }


def _description(addon: str) -> str:
    text = paths.ADDONS / addon / "readme/DESCRIPTION.md"
    found = text.read_text() if text.exists() else manifest(addon)["summary"]
    return found.strip()


def _digest(data: bytes) -> str:
    value = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={value}"
