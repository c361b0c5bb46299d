"""A server that takes webhooks: a process of its own that writes down what it gets. Can be down, slow, or refuse.

python -m tests.integrations.receiver PORT FILE [STATUS]
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextlib.contextmanager
def receiving(port: int, file: Path, status: int = 200) -> Iterator[None]:
    """Let the receiver run; it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integrations.receiver", str(port), str(file), str(status)], cwd=ROOT
    )
    try:
        for _ in range(200):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def received(file: Path) -> list[dict[str, Any]]:
    """Return what came, in its order."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def main(port: int, file: Path, status: int) -> None:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with file.open("a") as out:
                out.write(json.dumps({"headers": dict(self.headers), "body": body.decode(), "path": self.path}) + "\n")
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(b"a secret of the inside")

        def log_message(self, *_: Any) -> None:
            pass

    HTTPServer(("127.0.0.1", port), Taking).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
