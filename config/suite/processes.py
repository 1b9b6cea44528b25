"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from suite.say import SuiteError

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Run in the child before exec: it ends when the parent is gone, kill -9 included."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: Sequence[str | Path], **options) -> subprocess.Popen:
    """Start a child in its own group, so that a Ctrl-C reaches us first and we end it in order."""
    _only_from_main_thread()
    return subprocess.Popen(
        [str(part) for part in command],
        preexec_fn=die_with_parent,
        start_new_session=True,
        **options,
    )


@contextlib.contextmanager
def running(command: Sequence[str | Path], **options) -> Iterator[subprocess.Popen]:
    """A child that is ended, with all of its own children, when the block is left."""
    child = start(command, **options)
    try:
        yield child
    finally:
        stop(child)


def stop(child: subprocess.Popen, patience: float = 10) -> None:
    """End the child's whole group: asked first, forced after *patience* seconds."""
    for sign, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=wait)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def call(
    command: Sequence[str | Path],
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    failure: str = "",
) -> str:
    """Run to the end and return what was printed; a failure shows its last lines."""
    with running(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=env,
        cwd=cwd,
        text=True,
        errors="replace",
    ) as child:
        output, _ = child.communicate()
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as handle:
            handle.write(output)
    if child.returncode:
        tail = "\n    ".join(output.strip().splitlines()[-12:])
        where = f" The whole output is in {log}." if log else ""
        raise SuiteError(f"{failure or 'A command failed'}.{where}\n    {tail}")
    return output


def _only_from_main_thread() -> None:
    # The death signal follows the thread that started the child, not the process.
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start children from the main thread only")
