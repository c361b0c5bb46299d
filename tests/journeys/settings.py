"""The product's settings with a clock that the test sets: the file `clock` in the folder, the same for every process.

A clock that stands still makes two runs comparable to the minute, however long a kill and a new start took.
"""

import datetime as dt
import os
from pathlib import Path

from quietmonday.kit import clock

_file = Path(os.environ["QUIETMONDAY_VAR"]) / "clock"


def _now() -> dt.datetime:
    return dt.datetime.fromisoformat(_file.read_text()) if _file.exists() else dt.datetime.now(dt.UTC)


clock.now = _now  # before any module of ours takes the name

from quietmonday.config.settings import *  # noqa: E402, F403 - a settings module is a list of names; the clock comes first
