"""What the suite says to the person in front of it: steps, tables and one-sentence refusals."""

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager


class SuiteError(Exception):
    """A sentence for a person: what is wrong and what to do now. Shown without a traceback."""


def say(text: str = "") -> None:
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show *title* while something long runs: a clock on a terminal, start and end elsewhere."""
    start = time.monotonic()
    done = threading.Event()
    live = sys.stdout.isatty()
    clock = threading.Thread(target=_tick, args=(title, start, done), daemon=True)
    if live:
        clock.start()
    else:
        say(f"  … {title}")
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        done.set()
        if live:
            clock.join()
            sys.stdout.write("\r\033[K")
        say(f"  {'✓' if outcome == 'done in' else '✗'} {title}, {outcome} {_seconds(start)}")


def table(rows: Iterable[Sequence[object]], head: Sequence[str] = ()) -> None:
    """Print rows in aligned columns; numbers are set to the right."""
    body = [tuple(row) for row in rows]
    lines = [[str(cell) for cell in row] for row in ([tuple(head)] if head else []) + body]
    if not lines:
        return
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    right = [
        bool(body) and all(isinstance(row[i], (int, float)) for row in body)
        for i in range(len(widths))
    ]
    for number, line in enumerate(lines):
        cells = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ]
        say("  " + "  ".join(cells).rstrip())
        if head and number == 0:
            say("  " + "  ".join("-" * width for width in widths))


def _tick(title: str, start: float, done: threading.Event) -> None:
    while not done.wait(1):
        sys.stdout.write(f"\r\033[K  … {title} ({_seconds(start)})")
        sys.stdout.flush()


def _seconds(start: float) -> str:
    return f"{time.monotonic() - start:.0f} s"
