"""The list of missing translations, which only shrinks."""

import json
from pathlib import Path

from .repository import addon_folders

LANGUAGES = ("ro", "pl")
COUNTS = "tests/lint/missing_translations.json"
UPDATE = "python config/lint.py --update-translations"


def check_missing_translations(root: Path) -> list[str]:
    """Findings where a count grew, or shrank without the list being brought down with it."""
    return compare_counts(recorded_counts(root), missing_counts(root))


def missing_counts(root: Path) -> dict[str, dict[str, int]]:
    """Number of terms of each addon's template without a translation, by addon and language.

    An addon without a template counts as -1: its terms are not even collected.
    """
    counts: dict[str, dict[str, int]] = {}
    for folder in addon_folders(root):
        template = folder / "i18n" / f"{folder.name}.pot"
        counts[folder.name] = {
            language: count_missing(template, folder / "i18n" / f"{language}.po")
            for language in LANGUAGES
        }
    return counts


def count_missing(template: Path, translation: Path) -> int:
    """Terms of a template that the translation lacks, leaves empty or marks fuzzy."""
    import polib  # only this check needs it

    if not template.is_file():
        return -1
    done = set()
    if translation.is_file():
        done = {
            (entry.msgctxt, entry.msgid)
            for entry in polib.pofile(str(translation))
            if entry.translated()
        }
    terms = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(template))}
    return len(terms - done)


def recorded_counts(root: Path) -> dict[str, dict[str, int]]:
    """The list as committed; empty when it does not exist yet."""
    path = root / COUNTS
    return json.loads(path.read_text()) if path.is_file() else {}


def compare_counts(recorded: dict, found: dict) -> list[str]:
    """Findings for each addon and language whose count differs from the list."""
    findings = []
    for addon, languages in found.items():
        for language, count in languages.items():
            before = recorded.get(addon, {}).get(language, 0)
            if count < 0:
                findings.append(f"{addon}: no template of terms; {EXPORT}")
                break
            if count > before:
                findings.append(
                    f"{addon} {language}: {count} terms are not translated, {before} were;"
                    f" translate the new ones in addons/{addon}/i18n/{language}.po"
                )
            elif count < before:
                findings.append(
                    f"{addon} {language}: {count} missing, the list says {before};"
                    f" bring it down with: {UPDATE}"
                )
    return findings


EXPORT = "collect them with: ./suite shell NAME < config/export_translations.py"


def update_counts(root: Path) -> str:
    """Write the list anew where it shrank or is new, never where it would grow; say the result."""
    recorded, found = recorded_counts(root), missing_counts(root)
    for addon, languages in found.items():
        for language, count in languages.items():
            before = recorded.get(addon, {}).get(language)
            if before is not None and count > before:
                return f"{addon} {language} grew from {before} to {count}: translate, then update"
            languages[language] = max(count, 0)
    (root / COUNTS).write_text(json.dumps(found, indent=4, sort_keys=True) + "\n")
    return f"{COUNTS} is up to date"
