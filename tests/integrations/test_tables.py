"""Rows on their way out are read by what they hold, not by their number."""

from __future__ import annotations

import datetime as dt
import tracemalloc
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quietmonday.integrations.logic.lines import parser_of
from quietmonday.integrations.queries.tables import columns_of, lines_of
from quietmonday.post.models import InboxItem
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
MIB = 1024 * 1024


def keep(cast: Cast, *sizes: int) -> None:
    InboxItem.objects.bulk_create(
        InboxItem(
            business=cast.oakhurst,
            source="file",
            origin=f"test:{number}",
            sha256=f"{number:064}",
            size=1,
            received_at=NOW,
            params={"words": "w" * size},
        )
        for number, size in enumerate(sizes)
    )


def test_every_row_comes_once_in_the_order_of_keys(cast: Cast) -> None:
    keep(cast, *(number % 7 for number in range(5000)))
    parse = parser_of(columns_of(InboxItem))
    with transaction.atomic():
        keys = [uuid.UUID(parse(line.encode())[0]) for line in lines_of(InboxItem.objects.all())]
    assert keys == sorted(InboxItem.objects.values_list("pk", flat=True))
    assert len(keys) == 5000


def test_rows_that_are_long_are_read_few_at_a_time(cast: Cast) -> None:
    keep(cast, *[10] * 20, *[MIB // 2] * 60)
    tracemalloc.start()
    try:
        with transaction.atomic():
            total = sum(len(line) for line in lines_of(InboxItem.objects.all()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total > 30 * MIB
    assert peak < 20 * MIB


def test_where_nothing_can_be_there_nothing_is_asked(cast: Cast) -> None:
    keep(cast, 1)
    with CaptureQueriesContext(connection) as queries:
        assert list(lines_of(InboxItem.objects.filter(pk__in=[]))) == []
    assert len(queries) == 0
