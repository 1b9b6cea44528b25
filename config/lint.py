"""All checks of the source in one command: ``python config/lint.py [NAME …]``.

The linters of others are found through SUITE_BIN (folder with ruff, pylint, oca-checks-…) and
SUITE_NODE_MODULES (folder with eslint and prettier); without them PATH and ./node_modules count.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "config"))

from lint_checks import guards, interface, structure, tools, traceability, translations, words  # noqa: E402 - needs the path above

CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "ruff": tools.check_ruff,
    "ruff-format": tools.check_ruff_format,
    "core-purity": structure.check_core_purity,
    "dependency-direction": structure.check_dependency_direction,
    "manifest-order": structure.check_manifest_order,
    "sudo-comments": structure.check_sudo_comments,
    "sudo-calls": guards.check_sudo_calls,
    "own-sql": guards.check_own_sql,
    "forbidden-words": words.check_forbidden_words,
    "readme-commands": words.check_readme_commands,
    "interface": interface.check_interface,
    "traceability": traceability.check_traceability,
    "missing-translations": translations.check_missing_translations,
    "pylint-odoo": tools.check_pylint_odoo,
    "oca-checks-odoo-module": tools.check_oca_modules,
    "oca-checks-po": tools.check_oca_po,
    "eslint": tools.check_eslint,
    "prettier": tools.check_prettier,
}


def main(argv: list[str] | None = None) -> int:
    """Run the checks named, else all; print what each found; 0 when nothing was found."""
    options = parse(argv)
    if options.update_translations:
        print(translations.update_counts(ROOT))
        return 0
    if options.update_sudo:
        print(guards.update_sudo_calls(ROOT))
        return 0
    failed = sum(not run_check(name) for name in options.names or CHECKS)
    passed = len(options.names or CHECKS) - failed
    print(f"lint: {passed} checks passed, {failed} failed")
    return 1 if failed else 0


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check the source of the suite.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"only these checks: {', '.join(CHECKS)}"
    )
    parser.add_argument(
        "--update-translations",
        action="store_true",
        help="bring the list of missing translations down to what is missing now",
    )
    parser.add_argument(
        "--update-sudo",
        action="store_true",
        help="bring the list of sudo() calls down to what is there now",
    )
    options = parser.parse_args(argv)
    if unknown := set(options.names) - set(CHECKS):
        parser.error(f"unknown check {', '.join(sorted(unknown))}; choose from {', '.join(CHECKS)}")
    return options


def run_check(name: str) -> bool:
    """Run one check, print its line and its findings; whether it found nothing."""
    start = time.monotonic()
    try:
        findings = CHECKS[name](ROOT)
    except tools.ToolMissing as error:
        findings = [str(error)]
    except SyntaxError as error:
        findings = [f"{error.filename or 'a file'}:{error.lineno}: cannot be read: {error.msg}"]
    seconds = time.monotonic() - start
    print(f"{'ok  ' if not findings else 'FAIL'} {name} ({seconds:.1f} s)")
    for finding in findings:
        print(f"     {finding}")
    return not findings


if __name__ == "__main__":
    sys.exit(main())
