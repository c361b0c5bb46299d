"""How soon a mailbox that cannot be read is tried again."""

import datetime as dt

_MINUTE = dt.timedelta(minutes=1)
_STEPS = ((10 * _MINUTE, _MINUTE), (60 * _MINUTE, 5 * _MINUTE))
_LONGEST = 15 * _MINUTE


def pause_after(away: dt.timedelta) -> dt.timedelta:
    """Return how long to wait, given for how long it could not be read.

    Each minute at first; a server that has been away for hours is not worth a worker's half minute each minute, and an
    account whose password is refused is not to be locked by us.
    """
    # A little less than the minutes of the schedule, so that the turn that is meant is not missed by a second.
    wait = next((wait for below, wait in _STEPS if away < below), _LONGEST)
    return wait - dt.timedelta(seconds=20)
