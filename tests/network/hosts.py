"""Machines that are none: a network namespace each, with a name, a process list and addresses of their own."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

INNER, OUTER = "10.77.0", "10.78.0"
SWITCH = "qmt-switch"
HOSTS_FILES = Path("/etc/netns")


def run(*command: str) -> str:
    """Run a command that must end well; return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Host:
    """One machine. `numbers`: the last part of its address in each of the two networks it is in."""

    def __init__(self, name: str, **numbers: int) -> None:
        self.name = name
        self.space = f"qmt-{name}"
        self.numbers = numbers
        self.processes: list[subprocess.Popen[bytes]] = []

    def begin(self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, user: str = "") -> None:
        """Start a process here, in a list of processes and under a host name of this machine's own."""
        apart = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--uts"]
        named = ["sh", "-c", 'hostname "$0"; exec "$@"', self.name]
        as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        words = ["ip", "netns", "exec", self.space, *apart, *named, *as_user, *command]
        with log.open("ab") as out:
            self.processes.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env))

    def do(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> str:
        """Run a command here to its end; return what it printed. Raises RuntimeError with its last words."""
        words = ["ip", "netns", "exec", self.space, *command]
        done = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def kill(self, hang: float = 0) -> int:
        """Kill every process here, as a power cut does; return how many there were.

        `hang`: seconds for which they stand still before, so that some are waited for at that moment.
        """
        pids = run("ip", "netns", "pids", self.space).split()
        for signal in ("-STOP", "-KILL") if hang else ("-KILL",):
            for pid in pids:
                subprocess.run(["kill", signal, pid], check=False)
            time.sleep(hang if signal == "-STOP" else 0)
        for process in self.processes:
            process.wait()
        return len(pids)

    def stop(self) -> None:
        """Ask everything here to end, then make it."""
        for pid in run("ip", "netns", "pids", self.space).split():
            subprocess.run(["kill", "-TERM", pid], check=False, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 15
        while run("ip", "netns", "pids", self.space).strip() and time.monotonic() < end:
            time.sleep(0.2)
        self.kill()


@contextlib.contextmanager
def network(hosts: Sequence[Host], names: Mapping[str, str]) -> Iterator[None]:
    """Join the hosts by two switches, inner and outer; `names` are host names that each of them knows. Undo it all."""
    try:
        run("ip", "netns", "add", SWITCH)
        for bridge in ("inner", "outer"):
            run("ip", "-n", SWITCH, "link", "add", bridge, "type", "bridge")
            run("ip", "-n", SWITCH, "link", "set", bridge, "up")
        for host in hosts:
            _plug_in(host, names)
        yield
    finally:
        for host in hosts:
            with contextlib.suppress(RuntimeError):
                host.stop()
            subprocess.run(["ip", "netns", "del", host.space], check=False, stderr=subprocess.DEVNULL)
            shutil.rmtree(HOSTS_FILES / host.space, ignore_errors=True)
        subprocess.run(["ip", "netns", "del", SWITCH], check=False, stderr=subprocess.DEVNULL)


def _plug_in(host: Host, names: Mapping[str, str]) -> None:
    run("ip", "netns", "add", host.space)
    run("ip", "-n", host.space, "link", "set", "lo", "up")
    for net, number in host.numbers.items():
        prefix = {"inner": INNER, "outer": OUTER}[net]
        plug = f"{net[0]}{host.name}"
        run("ip", "-n", SWITCH, "link", "add", plug, "type", "veth", "peer", "name", net, "netns", host.space)
        run("ip", "-n", SWITCH, "link", "set", plug, "master", net, "up")
        run("ip", "-n", host.space, "addr", "add", f"{prefix}.{number}/24", "dev", net)
        run("ip", "-n", host.space, "link", "set", net, "up")
    folder = HOSTS_FILES / host.space  # `ip netns exec` shows it as /etc/hosts there
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in names.items())]
    (folder / "hosts").write_text("\n".join(lines) + "\n")
