"""Runs config/lint.py with the environment's tools."""

import os
import re
from pathlib import Path

from suite import environment, paths, processes


def run(python: Path) -> tuple[int, list[str]]:
    """Run every check; returns how many passed and the names of those that failed."""
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
    closing = re.findall(r"lint: (\d+) checks passed", "".join(report))
    failed = [line.split()[1] for line in report if line.startswith("FAIL ")]
    if code and not failed:
        failed = [f"the checks ended with code {code}"]
    return int(closing[-1]) if closing else 0, failed
