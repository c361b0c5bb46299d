"""The web server of the product, as `quietmonday web` starts it, on a filled database."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "bench.settings"


def environment(var: Path, *, database: str = "", port: int = 0) -> dict[str, str]:
    """Return the environment of a process of the product with its data in `var` and our URLs beside its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIETMONDAY_")}
    mine = {
        "QUIETMONDAY_VAR": str(var),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
    }
    if database:
        mine["QUIETMONDAY_DATABASE_URL"] = database
    if port:
        mine["PORT"] = str(port)
    return kept | mine


def free_port() -> int:
    """Return a port nobody listens on, below those that the kernel hands out."""
    for port in range(18200, 18300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no port from 18200 to 18299 is free")


@contextlib.contextmanager
def serving(environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run gunicorn with the product's own settings until the block ends; yield its first process."""
    log = Path(environ["QUIETMONDAY_VAR"]) / "web.log"
    command = [sys.executable, "-m", "quietmonday", "web"]
    with log.open("wb") as errors:
        server = subprocess.Popen(command, env=dict(environ), stdout=errors, stderr=errors, cwd=ROOT)
        try:
            wait_until_it_answers(server, int(environ["PORT"]), log)
            yield server
        finally:
            server.terminate()
            server.wait(timeout=30)


def run(environ: Mapping[str, str], *words: str) -> str:
    """Run a module of Python with `words` in `environ`; return what it printed. Raises CalledProcessError."""
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, env=dict(environ), check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once something listens on `port`; raise RuntimeError with the end of `log` if that does not come."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the web server did not start; its last words:\n{log.read_text()[-2000:]}")
