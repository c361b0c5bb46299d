"""Where the web server listens: plain Python, no Django."""

import socket

THIS_MACHINE = ["127.0.0.1", "::1"]


class CannotStart(Exception):
    """Something is in the way of starting; the message tells people what it is and what to do."""


def hosts(bind: str, port: int) -> list[str]:
    """Return the hosts to listen on: those in `bind` (comma between), else each that people reach as localhost.

    People type http://localhost, which some machines resolve to ::1 first, others to 127.0.0.1 only.
    """
    if bind:
        return [host.strip().strip("[]") for host in bind.split(",") if host.strip()]
    resolved = {str(entry[4][0]) for entry in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)}
    return [host for host in THIS_MACHINE if host in resolved] or THIS_MACHINE[:1]


def place(host: str, port: int) -> str:
    """Return host and port as gunicorn and browsers write them: [::1]:8000."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_taken(places: list[str], port: int, otherwise: str = "PORT=8001 bin/run") -> None:
    """Raise CannotStart when `port` cannot be listened on at one of the hosts; `otherwise`: how to choose another."""
    for host in places:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As gunicorn does: without it a port that was closed a moment ago counts as taken for a minute.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen(1)
            except (OSError, OverflowError) as error:
                reason = error.strerror if isinstance(error, OSError) else "no such port"
                raise CannotStart(
                    f"Cannot listen on {place(host, port)} ({reason}). "
                    f"Stop what uses that port, or choose another: {otherwise}"
                ) from error


def reachable(host: str) -> str:
    """Return where to find what listens on `host`: on every address means on this machine's too."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not listened on


def answers(host: str, port: int) -> bool:
    """Return whether something accepts connections there now."""
    try:
        with socket.create_connection((reachable(host), port), timeout=1):
            return True
    except OSError:
        return False
