"""A PostgreSQL of our own for one test run: throw-away, for this machine only, never the machine's own."""

import contextlib
import ctypes
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOT_SAFE_BUT_QUICK = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
HOST = "127.0.0.1"
PORTS = range(20000, 32000)
"""Below what Linux hands out for outgoing connections, so that none of those takes it first."""
ROLE = "quiet"


class DidNotStart(Exception):
    """The cluster could not be made or started; the message holds the end of its log."""


def is_possible() -> bool:
    """Return whether PostgreSQL's server programs are on this machine."""
    return _programs() is not None


@contextlib.contextmanager
def running(kept_in: Path | None = None) -> Iterator[str]:
    """Make and start a cluster, yield its address for QUIETMONDAY_DATABASE_URL, stop and remove it.

    With `kept_in` it lies there, is not removed and is found again; it then writes as PostgreSQL does by itself: a
    bench that leaves out fsync would measure another machine.
    """
    programs = _programs()
    if programs is None:
        raise DidNotStart("PostgreSQL's server programs are not here")
    if kept_in is not None:
        kept_in.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Short, because the path of a Unix socket may have 107 bytes.
    folder = kept_in or Path(tempfile.mkdtemp(prefix="quiet-pg-", dir="/tmp"))  # mkdtemp makes it ours alone
    as_user = _another_user_than_root(folder)
    is_new = not (folder / "data").exists()
    port = _free_port()
    server = None
    try:
        if is_new:
            (folder / "password").write_text(secrets.token_hex(16))
            (folder / "password").chmod(0o644)  # in a folder that only that user can enter
        password = (folder / "password").read_text()
        with (folder / "log").open("wb") as log:
            if is_new:
                _initialise(programs, folder, log, as_user)
            options = [] if kept_in else _options()
            server = subprocess.Popen(  # noqa: S603  # programs found below, arguments fixed
                [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", HOST, "-p", str(port), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_ends_with_us, **as_user,
            )  # fmt: skip
        _wait_until_ready(programs, folder, port, server, as_user)
        if is_new:
            _make_first_database(programs, folder, port, as_user)
        yield f"postgres://{ROLE}:{password}@{HOST}:{port}/{ROLE}"
    finally:
        if server is not None:
            _stop(server)
        if kept_in is None:
            shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Return the folder of initdb and postgres, the newest version first; Debian keeps it out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]), reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve())
    return next((path.parent for path in found if (path.parent / "postgres").exists()), None)


def _another_user_than_root(folder: Path) -> dict[str, Any]:
    """Return how to start a process as somebody PostgreSQL accepts: it refuses to run as root."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    if os.geteuid() != 0:
        return {"cwd": folder, "env": environment}
    user = next((user for user in pwd.getpwall() if user.pw_name == "postgres"), None) or pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"cwd": folder, "env": environment, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(programs: Path, folder: Path, log: Any, as_user: dict[str, Any]) -> None:
    # The socket lies in our folder, which nobody else can enter; over the network a password is asked for.
    who = ["-U", ROLE, f"--pwfile={folder / 'password'}", "--auth-local=trust", "--auth-host=scram-sha-256"]
    how = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _checked([programs / "initdb", "-D", folder / "data", *who, *how], folder, log, as_user)


def _options() -> list[str]:
    return [word for setting in NOT_SAFE_BUT_QUICK for word in ("-c", setting)]


def _free_port() -> int:
    for port in random.sample(PORTS, 50):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)):
                return port
    raise DidNotStart("no free port was found")


def _wait_until_ready(
    programs: Path, folder: Path, port: int, server: "subprocess.Popen[bytes]", as_user: dict[str, Any]
) -> None:
    where: list[str | Path] = ["-h", folder, "-p", str(port)]
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        ready: list[str | Path] = [programs / "pg_isready", "-q", *where]
        if subprocess.run(ready, check=False, **as_user).returncode == 0:  # noqa: S603  # as above
            return
        time.sleep(0.1)
    raise DidNotStart(_end_of_log(folder))


def _make_first_database(programs: Path, folder: Path, port: int, as_user: dict[str, Any]) -> None:
    with (folder / "log").open("ab") as log:
        _checked([programs / "createdb", "-h", folder, "-p", str(port), "-U", ROLE, ROLE], folder, log, as_user)


def _checked(command: list[str | Path], folder: Path, log: Any, as_user: dict[str, Any]) -> None:
    said = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
    done = subprocess.run(command, check=False, **said, **as_user)  # noqa: S603  # as above
    if done.returncode:
        raise DidNotStart(_end_of_log(folder))


def _end_of_log(folder: Path) -> str:
    return "\n".join((folder / "log").read_text(errors="replace").splitlines()[-5:])


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)


def _ends_with_us() -> None:
    """Have Linux stop the server when we are killed, so that no cluster outlives its run."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)
