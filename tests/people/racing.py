"""Several at the same moment, each on a connection of its own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import OperationalError, connection

R = TypeVar("R")


def race(*calls: Callable[[], R]) -> list[R]:
    """Run the calls at the same time and return their results in the order of the calls."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(_alone, calls))


def _alone(call: Callable[[], R]) -> R:
    try:
        for _ in range(200):
            try:
                return call()
            except OperationalError as error:
                # The SQLite of the tests lies in memory and shares one cache, which does not wait for a lock as the
                # file of a real installation does (timeout 30 s): so the test waits.
                if "table is locked" not in str(error) and "schema is locked" not in str(error):
                    raise
                time.sleep(0.02)
        raise AssertionError("the lock was never free")
    finally:
        connection.close()
