"""Servers and installations that the journeys share: made once a test process."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.place import Place
from tests.journeys.servers import MailServers, mail_servers
from tests.rows import Row, all_rows, database

STAFF = 500
BEFORE = dt.datetime(2026, 11, 16, 20, 0, tzinfo=dt.UTC)  # Monday evening: its duty of the morning is due at once


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """A real Dovecot and a real SMTP server; what earlier tests left in them is there until `empty`."""
    with mail_servers() as both:
        yield both


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation with the cast and their many colleagues, to be copied."""
    place = Place(tmp_path_factory.mktemp("places"), "template")
    place.set_clock(BEFORE)
    place.must("step", "seed", str(STAFF))
    place.rest()
    yield place
    place.close()


@pytest.fixture
def rows_of(django_db_blocker: pytest.FixtureRequest) -> Callable[..., Counter[Row]]:
    """Return how to read all rows of a place (tests/rows.py)."""

    def read(place: Place, *, in_order: bool = True) -> Counter[Row]:
        address = place.env.get("QUIETMONDAY_DATABASE_URL", os.fspath(place.var / "quietmonday.sqlite3"))
        with django_db_blocker.unblock(), database(address) as alias:
            return all_rows(alias, in_order=in_order)

    return read
