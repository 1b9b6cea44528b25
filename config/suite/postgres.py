"""PostgreSQL of our own: private clusters on a unix socket, or the server that PG* names.

A cluster runs while somebody uses it. Every user holds a shared lock that the kernel gives back
when the process dies; a watcher waits for the lock alone and then stops the server. So nothing
stays behind, not even after kill -9, and two runs share one server without knowing each other.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from suite import locks, paths, processes, system
from suite.say import SuiteError, step

ROLE = "odoo"
_PORT = 5432
_FAST = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"


class Server:
    """Where databases live: *host*, *port*, *user* as Odoo and psql want them."""

    host: str
    port: int
    user: str
    password: str = ""
    data_dir: Path

    @contextlib.contextmanager
    def use(self) -> Iterator["Server"]:
        """Keep the server running while the block runs."""
        yield self

    # -- databases ---------------------------------------------------------------------------
    def sql(self, statement: str, database: str = "postgres") -> list[list[str]]:
        """Run one statement and return its rows as texts; errors become a sentence."""
        output = self._client("psql", "-XAtq", "-F", "\t", "-d", database, "-c", statement)
        return [line.split("\t") for line in output.splitlines() if line]

    def run_file(self, path: Path, database: str, **variables: object) -> None:
        """Run a file of statements; *variables* are psql's, as in ``:lines``."""
        given = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        self._client("psql", "-Xq", "-d", database, *given, "-f", str(path))

    def databases(self) -> list[str]:
        rows = self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
        return [name for (name,) in rows if name != "postgres"]

    def exists(self, name: str) -> bool:
        return name in self.databases()

    def clone(self, source: str, target: str) -> None:
        """Copy a database and link its files; attachments are named by content, never rewritten."""
        self._client("createdb", "-T", source, target)
        self._link_files(self.filestore(source), self.filestore(target))

    def drop(self, name: str) -> None:
        self._client("dropdb", "--if-exists", "-f", name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, old: str, new: str) -> None:
        self.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
        if self.filestore(old).exists():
            shutil.rmtree(self.filestore(new), ignore_errors=True)
            self.filestore(old).rename(self.filestore(new))

    def copy_from(self, other: "Server", source: str, target: str) -> None:
        """Bring a database over from another server (dump and restore), whole or not at all."""
        part = f"{target}_part"
        self.drop(part)
        self._client("createdb", part)
        dump = [self.binary("pg_dump"), *other.address(), "-Fc", "-Z0", source]
        restore = [self.binary("pg_restore"), *self.address(), "--no-owner", "-j1", "-d", part]
        with processes.running(dump, stdout=subprocess.PIPE, env=other.variables()) as reader:
            processes_output = subprocess.run(
                restore, stdin=reader.stdout, capture_output=True, env=self.variables(), check=False
            )
        if processes_output.returncode:
            raise SuiteError(f"The database {source} could not be copied: start again.")
        self._link_files(other.filestore(source), self.filestore(part))
        self.rename(part, target)

    def filestore(self, name: str) -> Path:
        return self.data_dir / "filestore" / name

    def address(self) -> list[str]:
        return ["-h", str(self.host), "-p", str(self.port), "-U", self.user]

    def variables(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
        return {**kept, **({"PGPASSWORD": self.password} if self.password else {})}

    def binary(self, name: str) -> str:
        folder = system.POSTGRES.path()
        found = os.path.join(folder, name) if folder else shutil.which(name)
        if not found or not os.path.exists(found):
            raise SuiteError(f"PostgreSQL's program “{name}” is missing: install its client tools.")
        return found

    def _client(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.binary(program), *self.address(), *arguments],
            capture_output=True,
            text=True,
            env=self.variables(),
            check=False,
        )
        if done.returncode:
            raise SuiteError(f"PostgreSQL refused ({program}): {done.stderr.strip()}")
        return done.stdout

    @staticmethod
    def _link_files(source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        if not source.exists():
            return
        try:
            shutil.copytree(source, target, copy_function=os.link)
        except (OSError, shutil.Error):  # another file system
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)


class External(Server):
    """The server named by the usual PG* variables; we neither start nor stop it."""

    def __init__(self) -> None:
        self.host = os.environ.get("PGHOST", "localhost")
        self.port = int(os.environ.get("PGPORT", "5432"))
        self.user = os.environ.get("PGUSER") or pwd.getpwuid(os.geteuid()).pw_name
        self.password = os.environ.get("PGPASSWORD", "")
        self.data_dir = paths.state() / "data"
        if self.user == "postgres":
            raise SuiteError(
                "PGUSER is “postgres”, which Odoo refuses: name a role that may create databases."
            )


class Cluster(Server):
    """A private cluster under *home*; *safe* keeps what was committed after a power cut."""

    user = ROLE
    port = _PORT

    def __init__(self, home: Path, safe: bool) -> None:
        self.home = home
        self.safe = safe
        self.data_dir = home / "files"
        self.data = home / "cluster"
        self.host = str(_socket_folder(home))

    @contextlib.contextmanager
    def use(self) -> Iterator["Cluster"]:
        system.need(system.POSTGRES)
        self.home.mkdir(parents=True, exist_ok=True)
        with locks.exclusive(
            self.home / "start.lock", "another run is starting PostgreSQL, waiting"
        ):
            # Waits here while a watcher stops the server: it then finds it stopped and starts it.
            handle = locks.share(self.home / "users.lock")
            self._start()
            self._watch()
        try:
            yield self
        finally:
            os.close(handle)

    def stop_when_unused(self) -> None:
        """The watcher's life: wait until nobody uses the server, stop it, go."""
        mine = locks.open_lock(self.home / "watch.lock")
        if not locks.try_lock(mine):
            return
        with locks.exclusive(self.home / "users.lock"):
            if self._is_running():
                self._control("stop", "-m", "fast")
            # Before the users' lock: who waits for that one must not take us for alive.
            os.close(mine)

    def stop_or_refuse(self) -> None:
        """Stop the server before its files go; a sentence when somebody still uses it."""
        if not self.home.exists():
            return
        handle = locks.open_lock(self.home / "users.lock")
        try:
            if not locks.try_lock(handle):
                raise SuiteError(
                    f"PostgreSQL in {self.home} is in use: end the running “./suite” first."
                )
            if (self.data / "complete").exists() and self._is_running():
                self._control("stop", "-m", "fast")
        finally:
            os.close(handle)

    def _watch(self) -> None:
        probe = locks.open_lock(self.home / "watch.lock")
        free = locks.try_lock(probe)
        os.close(probe)
        if not free:
            return
        subprocess.Popen(
            [sys.executable, "-m", "suite.watch", str(self.home), str(int(self.safe))],
            env={**os.environ, "PYTHONPATH": str(paths.CONFIG)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        deadline = time.monotonic() + 10
        while free and time.monotonic() < deadline:
            probe = locks.open_lock(self.home / "watch.lock")
            free = locks.try_lock(probe)
            os.close(probe)
            time.sleep(0.02)

    def _start(self) -> None:
        if not (self.data / "complete").exists():
            self._make()
        if self._is_running():
            return
        Path(self.host).mkdir(parents=True, exist_ok=True)
        self._give(Path(self.host))
        try:
            self._control("start", "-l", str(self.data / "server.log"))
        except SuiteError:
            if self.safe:
                raise
            # Without fsync a power cut may have broken it; everything in it can be made again.
            self._make()
            self._control("start", "-l", str(self.data / "server.log"))

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self._give(self.data)
        self.data.chmod(0o700)
        with step("making a private PostgreSQL cluster"):
            self._as_server_user(
                "initdb", "-U", ROLE, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
            )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.host}'\nport = {_PORT}\n"
                "max_connections = 150\nshared_buffers = 512MB\nmax_wal_size = 2GB\n"
                "log_min_messages = fatal\n" + ("" if self.safe else _FAST)
            )
        (self.data / "complete").touch()

    def _is_running(self) -> bool:
        done = self._run_as_server_user("pg_ctl", "status")
        return done.returncode == 0

    def _control(self, action: str, *arguments: str) -> None:
        self._as_server_user("pg_ctl", "-w", "-s", action, *arguments)

    def _as_server_user(self, program: str, *arguments: str) -> None:
        done = self._run_as_server_user(program, *arguments)
        if done.returncode:
            log = self.data / "server.log"
            raise SuiteError(
                f"PostgreSQL in {self.data} did not obey “{program}”; its log is {log}."
                f" {done.stderr.decode(errors='replace').strip()}"
            )

    def _run_as_server_user(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        command = [self.binary(program), "-D", str(self.data), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _server_user(), "--", *command]
        # The server keeps what it inherits open: files, never a pipe that we would wait for.
        with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as errors:
            done = subprocess.run(
                command, stdin=nothing, stdout=errors, stderr=errors, cwd="/", check=False
            )
            errors.seek(0)
            done.stderr = errors.read()
        return done

    @staticmethod
    def _give(folder: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(folder, _server_user())


def _server_user() -> str:
    """PostgreSQL refuses root; Debian's package brings a user for it."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise SuiteError("There is no user “postgres” or “nobody” to run PostgreSQL as.")


def _socket_folder(home: Path) -> Path:
    """A socket's path has at most 107 characters, and the cluster may lie deeper."""
    folder = home / "socket"
    if len(str(folder)) < 80:
        return folder
    return Path("/tmp") / f"crm-suite-{os.geteuid()}-{paths.digest(home)[:6]}"  # noqa: S108


def is_external() -> bool:
    return bool(os.environ.get("PGHOST") or os.environ.get("PGPORT"))


def for_tests() -> Server:
    """Fast and disposable: templates and test databases."""
    return External() if is_external() else Cluster(paths.cache() / "postgres", safe=False)


def for_people() -> Server:
    """Durable: the demo and every database that a person made by name."""
    return External() if is_external() else Cluster(paths.state() / "postgres", safe=True)
