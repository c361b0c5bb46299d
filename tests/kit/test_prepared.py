"""Queries that are made once and run again: the same rows as Django's own, at any moment, on both engines."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from quietmonday.kit.prepared import Later, Shelf, prepare
from quietmonday.people.models import Business, Person, Supplier

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 25, 10, 20, 30, 123456, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def firms(db: None) -> list[Business]:
    return [
        Business.objects.create(name=f"Firm {number}", zone="Europe/London", began_at=NOW + number * HOUR)
        for number in range(5)
    ]


def test_it_gives_the_rows_that_django_gives_as_the_same_values(firms: list[Business]) -> None:
    rows = Business.objects.order_by("name").values_list("id", "name", "began_at", "made_up")
    assert prepare(rows).run(NOW) == list(rows)
    assert isinstance(prepare(rows).run(NOW)[0][0], uuid.UUID)


def test_a_moment_is_filled_in_when_it_runs(firms: list[Business]) -> None:
    later = prepare(Business.objects.filter(began_at__lte=Later(HOUR)).order_by("name").values_list("name"))
    for hours in range(-2, 5):
        now = NOW + hours * HOUR
        plain = Business.objects.filter(began_at__lte=now + HOUR).order_by("name").values_list("name")
        assert later.run(now) == list(plain), hours
    assert [len(later.run(NOW + hours * HOUR)) for hours in (-2, -1, 0, 3)] == [0, 1, 2, 5]


def test_a_date_is_filled_in_too(firms: list[Business]) -> None:
    today = Later(dt.timedelta(), date=True)
    before = prepare(Business.objects.filter(began_at__date__lt=today).values_list("name"))
    assert len(before.run(NOW)) == 0
    assert len(before.run(NOW + dt.timedelta(days=1))) == 5


def test_an_id_is_brought_by_each_run(firms: list[Business]) -> None:
    first, second = firms[:2]
    named = Business.objects.filter(pk=first.pk).values_list("name", "id")
    both = named.union(Business.objects.filter(pk__in=[first.pk, second.pk]).values_list("name", "id"), all=True)
    query = prepare(both, firm=first.pk)
    assert sorted(query.run(NOW, firm=first.pk)) == sorted(both)
    third = firms[2]
    assert sorted(query.run(NOW, firm=third.pk)) == sorted(
        [(third.name, third.pk), (third.name, third.pk), (second.name, second.pk)]
    )
    with pytest.raises(KeyError):
        query.run(NOW)


def test_it_gives_the_instances_that_django_gives_with_what_was_selected_along(firms: list[Business]) -> None:
    person = Person.objects.create(business=firms[0], name="Ruth Adeyemi", since=NOW)
    alone = Person.objects.create(
        supplier=Supplier.objects.create(name="Fennimore IT", began_at=NOW), name="Sam", since=NOW
    )
    rows = Person.objects.select_related("business").annotate(twice=Concat("name", "name")).order_by("name")
    query = prepare(rows)
    with CaptureQueriesContext(connection) as queries:
        found = query.objects()
        assert [each.business for each in found] == [firms[0], None]
    assert len(queries) == 1
    assert found == [person, alone] == list(rows)
    assert [each.twice for each in found] == ["Ruth AdeyemiRuth Adeyemi", "SamSam"]
    assert [each._state.adding for each in found] == [False, False]
    assert [vars(each).keys() for each in found] == [vars(each).keys() for each in rows]


def test_a_query_with_an_open_moment_says_that_it_wants_one() -> None:
    with pytest.raises(ValueError, match="at which"):
        prepare(Business.objects.filter(began_at__lte=Later(HOUR))).objects()


def test_it_counts_by_conditions(firms: list[Business]) -> None:
    counting = Business.objects.order_by().values("zone").annotate(n=Count("pk", filter=Q(began_at__lte=Later(HOUR))))
    query = prepare(counting.values_list("zone", "n"))
    assert [query.run(NOW), query.run(NOW + HOUR)] == [[("Europe/London", 2)], [("Europe/London", 3)]]


def test_what_cannot_fit_anything_asks_nothing() -> None:
    nothing = prepare(Business.objects.filter(pk__in=[]).values_list("name"))
    with CaptureQueriesContext(connection) as queries:
        assert nothing.run(NOW) == []
    assert len(queries) == 0


def test_a_shelf_makes_each_query_once_and_keeps_the_last_ones(firms: list[Business]) -> None:
    shelf, made = Shelf(2), []

    def get(name: str) -> list[tuple[object, ...]]:
        def make() -> object:
            made.append(name)
            return Business.objects.filter(name=name).values_list("name")

        return shelf.get(name, make).run(NOW)  # type: ignore[arg-type]  # a queryset of tuples

    assert [get("Firm 1"), get("Firm 1"), get("Firm 2")] == [[("Firm 1",)], [("Firm 1",)], [("Firm 2",)]]
    assert made == ["Firm 1", "Firm 2"]
    get("Firm 1")
    get("Firm 3")  # the one that was asked for longest ago goes
    get("Firm 1")
    get("Firm 2")
    assert made == ["Firm 1", "Firm 2", "Firm 3", "Firm 2"]
