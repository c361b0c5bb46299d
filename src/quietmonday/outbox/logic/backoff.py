"""When to try again."""

import datetime as dt

# Our own choice: quick while it may be a hiccup, patient while a mail server is away for the night.
_DELAYS = [
    dt.timedelta(seconds=10),
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
    dt.timedelta(hours=12),
]
MAX_ATTEMPTS = len(_DELAYS) + 1


def next_try(attempts: int, now: dt.datetime) -> dt.datetime | None:
    """Return when to try again after `attempts` (1 or more) tries that failed, or None: a person decides now.

    There is no jitter: one dispatcher hands the work out in order, so tries cannot pile up at one moment.
    """
    if attempts < 1:
        raise ValueError("nothing has been tried yet")
    return now + _DELAYS[attempts - 1] if attempts < MAX_ATTEMPTS else None


def next_try_after_loss(attempts: int, now: dt.datetime) -> dt.datetime | None:
    """Return when to run again what a killed worker left; None when it took that many workers down with it.

    The first loss is most likely not the work's fault (a restart, a power cut): it runs again at once.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return now if attempts <= 1 else next_try(attempts - 1, now)
