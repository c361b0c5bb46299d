"""Rows that are made and written by the thousand are the rows that Django makes and writes one by one."""

import datetime as dt
from typing import Any

import pytest

from quietmonday.kit.records import CrossBusinessReference, unsaved, write_new
from quietmonday.people.models import Person
from quietmonday.post.models import InboxItem
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ZONED = dt.datetime(2026, 6, 1, 10, 0, 0, 7, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def told(cast: Cast, number: int, **more: Any) -> dict[str, Any]:
    return {
        "business": cast.oakhurst,
        "source": "file",
        "origin": f"test:{number}",
        "sha256": f"{number:064}",
        "size": number,
        "received_at": NOW,
        "params": {"n": number},
    } | more


@pytest.mark.parametrize(
    "more",
    [
        [{}, {}],
        [{"received_at": ZONED}, {"received_at": NOW}, {"received_at": ZONED}],
        [{"looked_at": None}, {"looked_at": NOW}],
        [{"looked_at": ZONED}, {"looked_at": ZONED}],
        [{"supplier": None}, {"supplier": None}],
    ],
)
def test_what_is_written_is_what_django_writes(cast: Cast, more: list[dict[str, Any]]) -> None:
    values = [told(cast, number, **each) for number, each in enumerate(more)]
    rows = [unsaved(InboxItem, **each) for each in values]
    write_new(rows)
    columns = [field.attname for field in InboxItem._meta.concrete_fields]
    mine = list(InboxItem.objects.order_by("origin").values_list(*columns))
    InboxItem.objects.all().delete()
    for row, each in zip(rows, values, strict=True):
        InboxItem(id=row.id, **each).save(force_insert=True)
    assert mine == list(InboxItem.objects.order_by("origin").values_list(*columns))


def test_a_row_in_memory_is_as_django_makes_it(cast: Cast) -> None:
    mine = unsaved(InboxItem, supplier=None, **told(cast, 1))
    theirs = InboxItem(supplier=None, **told(cast, 1))
    own, other = (
        {name: value for name, value in row.__dict__.items() if name not in ("_state", "id")} for row in (mine, theirs)
    )
    assert own == other
    assert mine._state.fields_cache == theirs._state.fields_cache
    assert (mine.id.version, mine._state.adding) == (7, True)


def test_a_row_of_another_business_is_refused(cast: Cast) -> None:
    row = unsaved(Person, business=cast.tilden_engagement.business, name="Nobody", since=NOW)
    write_new([row])
    row.business = cast.oakhurst
    with pytest.raises(CrossBusinessReference):
        row.save()
