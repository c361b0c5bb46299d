"""How many requests a token may send, counted in this process: no request costs a write, each process is guarded."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict

from django.conf import settings

MOST_TOKENS = 10_000
_BURST = 0.25  # of a minute's requests may come at once
_lock = threading.Lock()
_left: OrderedDict[uuid.UUID, tuple[float, float]] = OrderedDict()  # token → (requests left, as of)


def seconds_to_wait(token: uuid.UUID) -> float:
    """Return 0 and count a request, or how long the token must wait for the next one."""
    a_second = settings.API_REQUESTS_A_MINUTE / 60
    most = max(1.0, settings.API_REQUESTS_A_MINUTE * _BURST)
    now = time.monotonic()
    with _lock:
        left, since = _left.pop(token, (most, now))
        left = min(most, left + (now - since) * a_second)
        if left < 1:
            _left[token] = (left, now)
            return (1 - left) / a_second
        _left[token] = (left - 1, now)
        if len(_left) > MOST_TOKENS:
            _left.popitem(last=False)
    return 0.0


def forget() -> None:
    """Forget all counts (tests)."""
    with _lock:
        _left.clear()
