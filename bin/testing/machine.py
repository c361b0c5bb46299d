"""What the tests need of the machine beside Python, and how it gets there."""

import ctypes
import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from testing import cluster


class CannotInstall(Exception):
    """apt could not install what is missing; the message says what it printed last."""


@dataclasses.dataclass(frozen=True)
class Need:
    """A program that some tests drive: `tests` names them for people, `marker` for pytest."""

    name: str
    packages: tuple[str, ...]
    tests: str
    marker: str
    is_here: Callable[[], bool]


def _program(*names: str) -> Callable[[], bool]:
    path = os.pathsep.join(
        [os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]
    )  # Debian keeps servers out of users' PATH
    return lambda: any(shutil.which(name, path=path) for name in names)


def _library(name: str) -> Callable[[], bool]:
    def is_here() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_here


def _fonts() -> bool:
    folder = Path("/usr/share/fonts")
    return any(folder.rglob("*.ttf")) or any(folder.rglob("*.otf"))


NEEDS = [
    Need("PostgreSQL", ("postgresql",), "the second run, on PostgreSQL", "postgres", cluster.is_possible),
    Need("Chromium", ("chromium",), "those in a browser", "browser", _program("chromium")),
    # Playwright brings a Node.js of its own, and that needs this.
    Need("libatomic", ("libatomic1",), "those in a browser", "browser", _library("libatomic.so.1")),
    Need("a font", ("fonts-liberation",), "those in a browser", "browser", _fonts),
    Need("Dovecot", ("dovecot-imapd",), "those with a real mailbox", "imap", _program("dovecot")),
]


def missing() -> list[Need]:
    """Return the needs that this machine does not meet now."""
    return [need for need in NEEDS if not need.is_here()]


def can_install() -> bool:
    """Return whether we may install packages: root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def packages_of(needs: Iterable[Need]) -> list[str]:
    """Return the Debian packages of `needs`, each once."""
    return list(dict.fromkeys(package for need in needs for package in need.packages))


def install(packages: list[str]) -> None:
    """Install Debian packages, their list first; raise CannotInstall with apt's last words."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryFile("w+") as said:
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(  # noqa: S603  # fixed words and our own package names
                ["apt-get", *command],  # noqa: S607  # whatever apt-get root's PATH holds
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=environment,
                check=False,
            )
        if done.returncode:  # a failed update alone is no obstacle when the lists on disk suffice
            said.seek(0)
            raise CannotInstall("\n".join(said.read().splitlines()[-5:]))
