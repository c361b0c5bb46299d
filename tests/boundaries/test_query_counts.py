"""Every page costs the same few queries at one and at three rows of each of its lists."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.boundaries.sweep.core import Door, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.world import NOW, World, make_world

MOST = 12
TRIED = ("ruth", "dele", "sam", "asha", "ines", "ada", "nobody")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_one_moment() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def costs(rows: int) -> dict[str, int]:
    """Return page and viewer → queries, at `rows` rows of each list."""
    found = {}
    with undone():
        world = make_world(copies=rows)
        for door in DOORS:
            for viewer in (each for each in TRIED if door.method == "get" and each in door.ok):
                client = world.client(viewer)
                queries = asked_for(world, door, client)
                if any("people_openinterval" in sql for sql in queries):  # hours are read once a process
                    queries = asked_for(world, door, client)
                found[f"{door} as {viewer}"] = len(queries)
    return found


def asked_for(world: World, door: Door, client: Client) -> list[str]:
    """Return the queries that one look at a page makes."""
    connection.queries_log.clear()  # it keeps 9000 at most: a page after them would seem to make none
    with CaptureQueriesContext(connection) as queries:
        response = client.get(door.url(world), **dict(door.extra))
    assert response.status_code in door.success, (door, response.status_code)
    return [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]


@pytest.mark.slow_on_postgres
def test_every_page_makes_at_most_twelve_queries_however_many_rows_it_lists() -> None:
    one, three = costs(1), costs(3)
    assert len(one) > 100
    assert {page: (one[page], three[page]) for page in one if not as_many(page, one[page], three[page])} == {}
    too_many = {page: n for page, n in three.items() if n > MOST}
    assert too_many == {}


def as_many(page: str, at_one_row: int, at_three: int) -> bool:
    """Return whether a page makes as many queries; a search that lists its newest 25 may have found no file there."""
    if page.startswith("GET support:search "):
        return at_one_row - 1 <= at_three <= at_one_row
    return at_one_row == at_three
