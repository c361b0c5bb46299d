"""Processes that start at once: a parent with Django loaded forks one for each command (run as a program).

It reads an order a line: {"argv": [...], "fault": "point:N", "log": path} → prints the process id; {"wait": pid} →
prints its exit code as subprocess does. Each child is a process of its own with its own database connections; all that
it is spared is a second of imports. It can be killed like any other.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn


def main() -> None:
    """Fork for each order until the orders end; leave no child behind."""
    import django

    django.setup()
    _load_everything()
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            children.discard(order["wait"])
            _answer(os.waitstatus_to_exitcode(status))
            continue
        pid = os.fork()
        if pid == 0:
            _become(order)
        children.add(pid)
        _answer(pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _load_everything() -> None:
    """Import what commands import when they begin; no connection is opened."""
    from django.core.management import get_commands, load_command_class

    for name, app in get_commands().items():
        if isinstance(app, str) and app.startswith("quietmonday."):
            load_command_class(app, name)


def _become(order: dict[str, Any]) -> NoReturn:
    """Be the command, then end without going back into the loop."""
    from django.db import connections

    code = 1
    try:
        with Path(order["log"]).open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.environ |= order["env"]
        if order["fault"]:
            os.environ |= {"QUIETMONDAY_FAULT": order["fault"], "QUIETMONDAY_FAULTS_ALLOWED": "1"}
        # In place, so that every module that took `reached` gets the new choice.
        importlib.reload(importlib.import_module("quietmonday.kit.faults"))
        code = _run(order["argv"])
        connections.close_all()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever ended the command belongs in its log, not into our loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(argv: list[str]) -> int:
    if argv[0] == "step":  # a person's deed that has no command: tests/journeys/steps.py
        step = getattr(importlib.import_module("tests.journeys.steps"), argv[1])
        step(*argv[2:])
        return 0
    if argv == ["web"]:  # as `quietmonday web` does, with the port that this order names
        from quietmonday.config.web import COMMAND

        os.execv(COMMAND[0], COMMAND)
    from quietmonday import cli

    sys.argv = ["quietmonday", *argv]
    cli.main()
    return 0


if __name__ == "__main__":
    main()
