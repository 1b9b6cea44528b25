"""Collect the terms of our addons and bring their translations up to date.

Run inside a database that has the four addons::

    ./suite shell NAME < config/export_translations.py

Writes ``addons/*/i18n/<addon>.pot`` and merges the terms into ``ro.po`` and ``pl.po``: what is
translated stays, what is new comes in empty, what is gone is dropped.
"""

import io
import re
from pathlib import Path

import polib

from odoo.modules.module import get_module_path
from odoo.tools.translate import trans_export

ADDONS = ("crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge")
LANGUAGES = ("ro", "pl")
PLURALS = {
    "ro": "nplurals=3; plural=(n==1 ? 0 : n==0 || (n!=1 && n%100>=1 && n%100<=19) ? 1 : 2);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
}
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date):.*\n', re.MULTILINE)


def export_template(addon):
    """Write the addon's template without dates, so that the same terms give the same bytes."""
    buffer = io.BytesIO()
    trans_export(None, [addon], buffer, "po", env)
    folder = Path(get_module_path(addon)) / "i18n"
    folder.mkdir(exist_ok=True)
    path = folder / f"{addon}.pot"
    path.write_text(DATES.sub("", buffer.getvalue().decode()))
    return polib.pofile(str(path))


def merge(addon, language, template):
    """Bring one translation to the terms of the template and say what it still lacks."""
    path = Path(get_module_path(addon)) / "i18n" / f"{language}.po"
    translation = polib.pofile(str(path)) if path.exists() else polib.POFile()
    translation.wrapwidth = 78
    translation.merge(template)
    translation.metadata = {
        **template.metadata,
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    for entry in translation.obsolete_entries():
        translation.remove(entry)
    translation.sort(key=lambda entry: entry.msgid)
    translation.save(str(path))
    print(f"{addon} {language}: {len(translation.untranslated_entries())} terms to translate")


for name in ADDONS:
    terms = export_template(name)
    for code in LANGUAGES:
        merge(name, code, terms)
