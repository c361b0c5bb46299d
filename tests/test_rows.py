"""The comparer of rows must not see other ids, and must see anything else: it decides every kill test."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction

from quietmonday.kit.topics import schedules
from quietmonday.people.models import Address, Engagement
from tests.cast import Cast, make_cast
from tests.rows import ALSO_TURNS, TURNS_OF_TIME, Row, all_rows, differences

NOW = dt.datetime(2026, 11, 16, 20, 0, tzinfo=dt.UTC)


class Undone(Exception):
    """Raised to undo what a transaction wrote."""


def rows_of_a_cast(*, an_hour_later: bool = False) -> Counter[Row]:
    """Return the rows of a cast that is gone again: the next one has other ids."""
    rows: Counter[Row] = Counter()
    with pytest.raises(Undone), transaction.atomic():
        make_cast(NOW + dt.timedelta(hours=an_hour_later))
        rows = all_rows("default")
        raise Undone
    return rows


@pytest.mark.django_db
def test_two_casts_with_other_ids_and_times_have_the_same_rows() -> None:
    one = rows_of_a_cast()
    assert sum(one.values()) > 80
    assert differences(one, rows_of_a_cast(an_hour_later=True)) == ""


def test_turns_of_time_are_left_out_but_of_the_week_that_is_stated() -> None:
    """A run that takes longer has more of them: a new duty belongs in one of the sets of tests/rows.py."""
    assert {each.topic for each in schedules()} - TURNS_OF_TIME - ALSO_TURNS == {"reports.monday"}


@pytest.mark.django_db
def test_a_changed_word_is_seen(cast: Cast) -> None:
    before = all_rows("default")
    cast.dele.person.name = "Dele Adeyemi-Cole"
    cast.dele.person.save()
    said = differences(before, all_rows("default"))
    assert "name=Dele Adeyemi," in said
    assert "name=Dele Adeyemi-Cole," in said


@pytest.mark.django_db
def test_a_row_too_many_and_one_too_few_are_seen(cast: Cast) -> None:
    before = all_rows("default")
    extra = Address.objects.create(business=cast.oakhurst, person=cast.dele.person, email="second@oakhurst.example")
    assert "only in the second: people_address" in differences(before, all_rows("default"))
    extra.delete()
    assert differences(before, all_rows("default")) == ""
    Address.objects.filter(email=cast.dele.email).delete()
    assert "only in the first: people_address" in differences(before, all_rows("default"))


@pytest.mark.django_db
def test_a_reference_to_another_row_is_seen_although_ids_are_not(cast: Cast) -> None:
    """Owner and stand-in change places: each row says the same, only what it points at differs."""
    before = all_rows("default")
    engagement = Engagement.objects.get(pk=cast.engagement.pk)
    engagement.owner, engagement.stand_in = engagement.stand_in, engagement.owner
    engagement.save()
    assert differences(before, all_rows("default")) != ""


@pytest.mark.django_db
def test_a_time_that_is_missing_is_seen(cast: Cast) -> None:
    before = all_rows("default")
    Address.objects.filter(email=cast.dele.email).update(failed_at=NOW)
    assert "failed_at=a time" in differences(before, all_rows("default"))
