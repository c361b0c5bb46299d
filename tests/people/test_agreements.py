"""What is agreed: levels, hours, terms."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.kit.clock import now
from quietmonday.people.actions.agreements import agree_levels, change_terms
from quietmonday.people.logic.calendar import due, open_seconds
from quietmonday.people.logic.levels import DEFAULT_LEVELS, Level, LevelRefused
from quietmonday.people.models import Engagement
from quietmonday.people.queries import levels_of, working_hours_of
from tests.cast import Cast, sign_in
from tests.people.acting import RUTH, entries, refusal, utc


def test_agreed_levels_say_before_after_and_who_in_the_chain_both_sides_hold(cast: Cast) -> None:
    levels = {**DEFAULT_LEVELS, 1: Level(15, 120, 30, around_the_clock=True)}
    agree_levels(engagement=cast.engagement, levels=levels, actor=RUTH, now=now())
    assert levels_of(cast.engagement) == levels
    assert Engagement.objects.get(pk=cast.engagement.pk).levels_agreed
    [entry] = entries("engagement.levels_agreed")
    assert (entry.chain.kind, entry.chain.engagement_id) == ("engagement", cast.engagement.pk)
    assert entry.payload.body["before"]["1"]["response_minutes"] == 30
    assert entry.payload.body["levels"]["1"] == {
        "response_minutes": 15,
        "restore_minutes": 120,
        "update_minutes": 30,
        "around_the_clock": True,
    }
    del levels[4]
    assert (
        refusal(lambda: agree_levels(engagement=cast.engagement, levels=levels, actor=RUTH, now=now())) == "priorities"
    )


def test_a_level_that_contradicts_itself_is_no_level() -> None:
    for values in ((0, 10, 10), (10, 5, 10), (10, 10, 0), (10, 10**6, 10)):
        with pytest.raises(LevelRefused):
            Level(*values)


def test_levels_through_the_page(cast: Cast) -> None:
    url = reverse("people:levels", args=[cast.engagement.pk])
    client = sign_in(Client(), cast.asha)
    data = {f"{part}_{n}": f"{n} h" for n in range(1, 5) for part in ("response", "restore", "update")}
    assert client.post(url, {**data, "restore_2": "30 min"}).status_code == 422
    assert client.post(url, {**data, "response_3": "soon"}).status_code == 422
    assert client.post(url, {**data, "clock_1": "on"}).status_code == 302
    assert levels_of(cast.engagement)[1] == Level(60, 60, 60, around_the_clock=True)
    shown = client.get(reverse("people:agreement", args=[cast.oakhurst.pk])).content.decode()
    assert "every hour of the day" in shown
    assert entries("engagement.levels_agreed")[0].payload.actor_name == "Asha Fennimore"


def test_hours_through_the_page_change_what_is_counted(cast: Cast) -> None:
    url = reverse("people:hours", args=[cast.engagement.pk])
    engagement = Engagement.objects.select_related("calendar").get(pk=cast.engagement.pk)
    before = working_hours_of(engagement, [2026])
    client = sign_in(Client(), cast.ruth)
    data = {
        "zone": "Europe/London",
        "country": "",
        "day_0": "08:00-12:00, 13:00-16:00",
        "day_5": "22:00-06:00",
        "holidays": "2026-11-30 St Andrew\n\n2026-12-24",
    }
    assert client.post(url, data).status_code == 302
    engagement = Engagement.objects.select_related("calendar").get(pk=cast.engagement.pk)
    after = working_hours_of(engagement, [2026])
    assert after != before
    assert due(after, utc("2026-11-23 08:00"), 5 * 60) == utc("2026-11-23 14:00")
    assert open_seconds(after, utc("2026-11-30 00:00"), utc("2026-12-01 00:00")) == 0
    assert open_seconds(after, utc("2026-11-28 00:00"), utc("2026-11-30 00:00")) == 8 * 3600
    form = client.get(url).context["form"]
    assert (form["day_0"].value(), form["day_5"].value()) == ("08:00-12:00, 13:00-16:00", "22:00-06:00")
    assert form["holidays"].value() == "2026-11-30 St Andrew\n2026-12-24"
    assert [entry.chain.engagement_id for entry in entries("calendar.hours_set")] == [cast.engagement.pk]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day_0": "nine to five"},
        {"day_0": "09:00-17:00, 16:00-18:00"},
        {"day_0": "", "day_1": ""},
        {"holidays": "Christmas"},
        {"holidays": "2026-02-30 nonsense"},
        {"subdivision": "ENG"},
        {"zone": "Nowhere"},
        {"country": "XX"},
    ],
)
def test_hours_that_make_no_sense_are_refused_and_nothing_changes(cast: Cast, wrong: dict[str, str]) -> None:
    url = reverse("people:hours", args=[cast.engagement.pk])
    data = {"zone": "Europe/London", "country": "", "day_0": "09:00-17:00", "holidays": ""}
    assert sign_in(Client(), cast.ruth).post(url, {**data, **wrong}).status_code == 422
    assert entries("calendar.hours_set") == []


def test_working_hours_cost_no_query_the_second_time(cast: Cast) -> None:
    engagement = Engagement.objects.select_related("calendar").get(pk=cast.engagement.pk)
    with CaptureQueriesContext(connection) as first:
        hours = working_hours_of(engagement, [2026, 2027])
    with CaptureQueriesContext(connection) as second:
        assert working_hours_of(engagement, [2027, 2026]) is hours
    assert (len(first), len(second)) == (2, 0)


def test_terms_are_changed_and_told(cast: Cast) -> None:
    change_terms(engagement=cast.engagement, agreement="managed", third_party_stops_clock=True, actor=RUTH, now=now())
    row = Engagement.objects.get(pk=cast.engagement.pk)
    assert (row.agreement, row.third_party_stops_clock) == ("managed", True)
    [entry] = entries("engagement.terms_changed")
    assert entry.payload.body["before"]["agreement"] == "time_and_materials"
