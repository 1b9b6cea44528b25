"""One run of the tool: its own folder, ports and database names, cleared when it dies."""

import atexit
import os
import shutil
import socket
import time
from pathlib import Path

from suite import locks, paths
from suite.postgres import Server

_PREFIX = "run_"


class Run:
    """A folder that lives as long as this process, and names that no other run uses."""

    def __init__(self) -> None:
        self.key = f"{int(time.time()):x}{os.getpid():x}"
        self.folder = paths.cache() / "runs" / self.key
        self._lock = locks.share(self.folder / "alive.lock")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)

    def database(self, purpose: str) -> str:
        return f"{_PREFIX}{self.key}_{purpose}"

    @staticmethod
    def clear_dead(server: Server) -> None:
        """Remove what runs that were killed left: folders, and databases that carry their key."""
        alive = set()
        for folder in (paths.cache() / "runs").glob("*"):
            handle = locks.open_lock(folder / "alive.lock")
            dead = locks.try_lock(handle)
            os.close(handle)
            if dead:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                alive.add(folder.name)
        for name in server.databases():
            if name.startswith(_PREFIX) and name.split("_")[1] not in alive:
                server.drop(name)


def free_ports(count: int = 2, first: int | None = None) -> list[int]:
    """Ports on loopback that nobody listens on; *first* is taken when it is free."""
    found: list[int] = []
    held = []
    candidates = [first] if first else []
    while len(found) < count:
        wanted = candidates.pop(0) if candidates else 0
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.close()
            continue
        held.append(probe)
        found.append(probe.getsockname()[1])
    for probe in held:
        probe.close()
    return found


def artefacts() -> Path:
    """Git-ignored results a person may want to look at: screenshots, logs of the last test run."""
    folder = paths.ROOT / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
