"""Where a kill test may stop the process dead, at a commit boundary of its choice.

`QUIETMONDAY_FAULT=outbox.run.after_job:2` together with `QUIETMONDAY_FAULTS_ALLOWED=1` kills the process with
SIGKILL the second time it reaches that point. Names are `area.verb.moment`. Without both variables a call does nothing.
"""

import os
import signal


def _chosen() -> tuple[str, int]:
    wanted = os.environ.get("QUIETMONDAY_FAULT", "")
    if os.environ.get("QUIETMONDAY_FAULTS_ALLOWED") != "1" or not wanted:
        return "", 0
    point, _, count = wanted.partition(":")
    return point, int(count or "1")


_point, _left = _chosen()


def reached(point: str) -> None:
    """Kill this process if `point` is the chosen one and this is the chosen time."""
    global _left
    if point != _point:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
