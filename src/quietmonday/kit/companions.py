"""What runs beside the background work, in each worker process: a thread that is told when to stop.

For what waits most of its time, such as for mail to come; it hands what is to be done to a job and does nothing itself.
A killed worker takes its companions along, so nothing may depend on one.
"""

import threading
from collections.abc import Callable

Companion = Callable[[threading.Event], None]
"""Runs until the event is set; may raise, and is then begun again after a while."""

_companions: dict[str, Companion] = {}


def beside_the_worker(name: str) -> Callable[[Companion], Companion]:
    """Register the decorated companion under `name`."""

    def register(companion: Companion) -> Companion:
        _companions[name] = companion
        return companion

    return register


def companions() -> dict[str, Companion]:
    """Return every companion by its name."""
    return dict(_companions)
