"""Runs config/lint.py with the environment's tools."""

import os
import re
from pathlib import Path

from suite import environment, paths, processes


def run(python: Path) -> tuple[int, int]:
    """Run every check; returns how many passed and how many failed."""
    modules = environment.node_modules()
    variables = {
        **os.environ,
        "SUITE_BIN": str(python.parent),
        "SUITE_NODE_MODULES": str(modules),
        "PATH": f"{python.parent}:{modules / '.bin'}:{os.environ['PATH']}",
    }
    report = []
    with processes.running(
        [python, paths.CONFIG / "lint.py"],
        env=variables,
        cwd=paths.ROOT,
        stdout=-1,
        stderr=-2,
        text=True,
    ) as child:
        for line in child.stdout:
            print(line, end="", flush=True)
            report.append(line)
        code = child.wait()
    found = re.findall(r"lint: (\d+) checks passed, (\d+) failed", "".join(report))
    if not found:
        return 0, 1
    passed, failed = map(int, found[-1])
    return passed, failed or int(bool(code))
