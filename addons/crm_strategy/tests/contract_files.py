"""Contract of the files: what lies on disk is loaded, what is loaded lies on disk."""

import json
from pathlib import Path

import polib

from odoo.modules.module import Manifest, get_module_path
from odoo.tools.translate import TranslationModuleReader

from .contract_base import ContractBase

DATA_FOLDERS = ("security", "data", "report", "wizard", "views", "menus")
DATA_SUFFIXES = {".xml", ".csv"}


class FilesContract(ContractBase):
    """The manifest and the folder agree."""

    @property
    def folder(self):
        return Path(get_module_path(self.addon))

    @property
    def manifest(self):
        return Manifest.for_addon(self.addon)

    def test_data_files_are_in_the_manifest(self):
        listed = {*self.manifest["data"], *self.manifest["demo"]}
        on_disk = {
            path.relative_to(self.folder).as_posix()
            for folder in (*DATA_FOLDERS, "demo")
            for path in (self.folder / folder).rglob("*")
            if path.suffix in DATA_SUFFIXES
        }
        self.assertNone(f"{name}: on disk, not in the manifest" for name in on_disk - listed)

    def test_manifest_files_are_on_disk(self):
        self.assertNone(
            f"{name}: in the manifest, not on disk"
            for name in (*self.manifest["data"], *self.manifest["demo"])
            if not (self.folder / name).is_file()
        )

    def test_tests_are_imported(self):
        """A test file that nobody imports runs no test and tells nobody."""
        package = (self.folder / "tests" / "__init__.py").read_text()
        self.assertNone(
            f"tests/{path.name}: not imported in tests/__init__.py"
            for path in (self.folder / "tests").glob("test_*.py")
            if path.stem not in package
        )

    def test_addon_has_a_licence_and_icons(self):
        findings = []
        if self.manifest["license"] != "LGPL-3":
            findings.append(f"licence is {self.manifest['license']}")
        findings += [
            f"static/description/{name} is missing"
            for name in ("icon.png", "icon.svg")
            if not (self.folder / "static" / "description" / name).is_file()
        ]
        self.assertNone(findings)

    def test_shipped_json_is_json(self):
        findings = []
        for path in self.folder.glob("data/**/*.json"):
            try:
                json.loads(path.read_text())
            except ValueError as error:
                findings.append(f"{path.name}: {error}")
        self.assertNone(findings)

    def test_template_of_terms_is_current(self):
        """A word that the template lacks can be translated by nobody."""
        template = self.folder / "i18n" / f"{self.addon}.pot"
        self.assertTrue(template.is_file(), f"{template.name} is missing")
        known = {entry.msgid for entry in polib.pofile(str(template))}
        reader = TranslationModuleReader(self.env.cr, modules=[self.addon])
        terms = {source for _module, _type, _name, _id, source, _value, _comments in reader}
        self.assertNone(f"not in {template.name}: {term}" for term in terms - known)
