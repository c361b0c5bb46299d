"""The supervisor, with small real programs as children."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from quietmonday.config import supervisor
from quietmonday.config.listening import CannotStart
from quietmonday.config.supervisor import Supervisor

SRC = Path(__file__).resolve().parents[2] / "src"
SAYS_WHAT_IT_HEARS = """
import signal, sys, time
def hear(number, frame):
    print("heard", signal.Signals(number).name, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, hear); signal.signal(signal.SIGINT, hear)
print("up", flush=True)
time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
ENDS_AT_ONCE = "import sys; sys.exit('no such database')"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def run_until(supervised: Supervisor, done: Callable[[], bool], seconds: float = 20) -> None:
    """Run; once every child said "up", and then once `done` holds, ask for the end as Ctrl-C does."""
    until = time.monotonic() + seconds
    looks = supervised._look_after_children

    def look() -> None:
        looks()
        if done() or time.monotonic() > until:
            os.kill(os.getpid(), signal.SIGINT)

    supervised._look_after_children = look  # type: ignore[method-assign]  # the loop's only opening
    ready = lambda: all("up" in child.last_words() for child in supervised.children)  # noqa: E731  # read once
    supervised.run(is_ready=ready, when_ready=lambda: None)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_end_is_told_to_each_child_once_and_all_of_them_go(tmp_path: Path) -> None:
    supervised = Supervisor({"one": python(SAYS_WHAT_IT_HEARS), "two": python(SAYS_WHAT_IT_HEARS)}, tmp_path)
    run_until(supervised, done=lambda: True)
    assert (tmp_path / "one.log").read_text().split() == ["up", "heard", "SIGTERM"]
    assert (tmp_path / "two.log").read_text().split() == ["up", "heard", "SIGTERM"]
    assert [child.process.returncode for child in supervised.children if child.process] == [0, 0]


def test_the_children_share_one_group_that_is_not_ours(tmp_path: Path) -> None:
    groups: list[int] = []
    supervised = Supervisor({"one": python(SAYS_WHAT_IT_HEARS), "two": python(SAYS_WHAT_IT_HEARS)}, tmp_path)

    def note() -> bool:
        groups.extend(os.getpgid(child.process.pid) for child in supervised.children if child.process)
        return True

    run_until(supervised, done=note)
    assert len(groups) == 2
    assert len({*groups, os.getpgrp()}) == 2


def test_a_child_that_is_killed_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.1)
    supervised = Supervisor({"one": python(SAYS_WHAT_IT_HEARS), "two": python(SAYS_WHAT_IT_HEARS)}, tmp_path)
    killed: list[int] = []

    def kill_once_and_wait_for_the_next() -> bool:
        if not killed and (process := supervised.children[1].process):
            killed.append(process.pid)
            process.kill()
        return (tmp_path / "two.log").read_text().count("up") == 2

    run_until(supervised, done=kill_once_and_wait_for_the_next)
    assert (tmp_path / "two.log").read_text().split() == ["up", "up", "heard", "SIGTERM"]
    assert (tmp_path / "one.log").read_text().split() == ["up", "heard", "SIGTERM"]


def test_each_further_end_waits_longer(tmp_path: Path) -> None:
    supervised = Supervisor({"one": python(ENDS_AT_ONCE)}, tmp_path)
    child = supervised.children[0]
    pauses = []
    for _ in range(7):
        supervised._start(child)
        while child.is_running():
            time.sleep(0.01)
        supervised._note_its_end(child, now=time.monotonic())
        pauses.append(round(child.start_again_at - time.monotonic()))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_will_not_stop_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.3)
    supervised = Supervisor({"deaf": python(DEAF)}, tmp_path)
    run_until(supervised, done=lambda: True)
    process = supervised.children[0].process
    assert process is not None
    assert process.returncode == -signal.SIGKILL


def test_a_child_that_cannot_start_stops_the_whole_and_says_why(tmp_path: Path) -> None:
    supervised = Supervisor({"one": python(SAYS_WHAT_IT_HEARS), "two": python(ENDS_AT_ONCE)}, tmp_path)
    with pytest.raises(CannotStart, match=r"(?s)The two process ended at once\..*no such database"):
        supervised.run(is_ready=lambda: False, when_ready=lambda: None)
    assert [child.is_running() for child in supervised.children] == [False, False]


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux tells a child that its parent was killed")
def test_no_child_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from quietmonday.config.supervisor import Supervisor
supervised = Supervisor({{"one": {python(SAYS_WHAT_IT_HEARS)!r}}}, Path({str(tmp_path)!r}))
supervised.run(is_ready=lambda: "up" in supervised.children[0].last_words(),
               when_ready=lambda: print(supervised.children[0].process.pid, flush=True))
"""
    with subprocess.Popen(python(code), stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(SRC)}) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    until = time.monotonic() + 10
    while "SIGTERM" not in (said := (tmp_path / "one.log").read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    assert said.split() == ["up", "heard", "SIGTERM"]


def test_a_long_log_is_put_aside_and_one_older_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_BYTES", 3)
    chatty = python(SAYS_WHAT_IT_HEARS.replace('"up"', '"up and well"'))
    run_until(Supervisor({"one": chatty}, tmp_path), done=lambda: True)
    assert (tmp_path / "one.older.log").read_text() == "up and well\n"
    assert (tmp_path / "one.log").read_text() == "heard SIGTERM\n"
