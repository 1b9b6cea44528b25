"""Checks of words: nothing of one machine in the repository, and no README that lies."""

import re
import subprocess
from pathlib import Path

from .repository import committed_files

TEXT_SUFFIXES = {
    "", ".cfg", ".conf", ".csv", ".ini", ".in", ".js", ".json", ".md", ".mjs", ".po", ".pot",
    ".py", ".rst", ".scss", ".sh", ".svg", ".toml", ".txt", ".xml", ".yml",
}  # fmt: skip
EXEMPT = {
    "LICENSE",
    "addons/crm_strategy/static/fonts/LICENSE.txt",
    "package-lock.json",
    "config/lint_checks/words.py",
    "tests/lint/test_lint.py",
}
ALLOWED_HOSTS = {
    "localhost",
    "127.0.0.1",
    "example.com",
    "example.org",
    "example.net",
    "www.w3.org",  # the names of XML vocabularies are not addresses
    "docs.oasis-open.org",
    "www.gnu.org",
}
# In two parts, so that this file does not name them either.
REGISTRIES = (("deb", "debian"), ("security", "debian"), ("registry", "npmjs"), ("files", "pypi"))
FORBIDDEN = (
    (re.compile(r"(?<![\w.${}:-])/(?:tmp|work|root|home/\w+)/\w"), "a path of one machine"),
    (re.compile(r"\b(?:" + "|".join(r"\.".join(host) for host in REGISTRIES) + r")\.\w+"),
     "the address of a mirror or registry"),
    (re.compile(r"\b(?:TODO|FIXME)\b"), "an unfinished thought; open an issue instead"),
)  # fmt: skip
ADDRESS = re.compile(r"https?://([\w.-]+)")
COMMAND = re.compile(r"^\s*(?:\w+=\S+\s+)*\./suite[ \t]+([a-z][a-z-]*)", re.MULTILINE)
CODE_BLOCK = re.compile(r"```(?:\w*)\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def check_forbidden_words(root: Path) -> list[str]:
    """No machine path, mirror address, foreign host or leftover thought in committed text."""
    findings = []
    for path in committed_files(root):
        name = path.relative_to(root).as_posix()
        if name in EXEMPT or path.suffix not in TEXT_SUFFIXES:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            findings += [f"{name}:{number}: {reason}" for reason in forbidden_in(line)]
    return findings


def forbidden_in(line: str) -> list[str]:
    """Reasons why a line must not be committed."""
    reasons = [reason for pattern, reason in FORBIDDEN if pattern.search(line)]
    hosts = set(ADDRESS.findall(line)) - ALLOWED_HOSTS
    return reasons + [f"the host {host}" for host in sorted(hosts) if "." in host]


def check_readme_commands(root: Path) -> list[str]:
    """Every ``./suite`` command and every relative link in the documentation exists."""
    known = suite_commands(root)
    findings = []
    for path in documents(root):
        text = path.read_text()
        name = path.relative_to(root).as_posix()
        findings += [
            f"{name}: ./suite {command} is no command"
            for command in sorted(set(commands_in(text)) - known)
        ]
        findings += [
            f"{name}: link to missing {target}"
            for target in sorted(set(LINK.findall(text)))
            if not (path.parent / target).exists()
        ]
    return findings


def documents(root: Path) -> list[Path]:
    """The documentation that people read first."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").glob("*.md"))]


def commands_in(text: str) -> list[str]:
    """Subcommands of ``./suite`` named in the code of a Markdown text."""
    code = "\n".join(block or inline for block, inline in CODE_BLOCK.findall(text))
    return COMMAND.findall(code)


def suite_commands(root: Path) -> set[str]:
    """The words of ``./suite --help``, among them every command."""
    help_text = subprocess.run(
        [str(root / "suite"), "--help"], capture_output=True, text=True, check=False
    ).stdout
    return set(re.findall(r"[a-z][a-z-]*", help_text))
