"""No form takes a column that it does not show: ids, roles, states, verdicts, whose row it is, when it was."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections import Counter
from typing import Any
from unittest import mock

import pytest
from django.db import models

from quietmonday.people.models import Person
from quietmonday.people.views import persons as persons_views
from tests.boundaries.sweep.canaries import our_models, rows_of_the_other_business
from tests.boundaries.sweep.core import Door, send, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.forms import controls_of
from tests.boundaries.sweep.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

POSTS = [
    door
    for (_name, method), door in sorted({(door.name, door.method): door for door in reversed(DOORS) if door.ok}.items())
    if method == "post"
]
IDS = re.compile(r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}\b")
DIFFERS = {  # at every writing: hashes over ids and salts, random words, mails with signed addresses
    "hash", "previous_hash", "commitment", "salt", "head_hash", "password", "bound_to", "sealed", "message_id",
    "begins", "sealed_url", "sealed_secret",
    "token_hash", "session_key", "code_hash", "sealed_password", "sha256", "inputs_hash",
}  # fmt: skip


def poison(world: World) -> dict[str, Any]:
    """Return a bad value for every column of every table of ours, under the names that a form would give it."""
    bad: dict[str, Any] = {"pk": "0", "is_staff": "on", "is_superuser": "on", "tenant": "0", "price": "-1"}
    for model in our_models():
        theirs = rows_of_the_other_business(model, world.cast).first()
        for field in model._meta.concrete_fields:
            value: Any = "poisoned"
            if isinstance(field, models.ForeignKey):
                value = getattr(theirs, field.attname, None) or world["theirs_business"].pk
            elif isinstance(field, models.UUIDField):
                value = theirs.pk if theirs else world["theirs_business"].pk
            elif isinstance(field, models.DateTimeField | models.DateField):
                value = "1999-01-01T00:00"
            elif isinstance(field, models.BooleanField):
                value = "on"
            elif isinstance(field, models.IntegerField):
                value = "987654"
            elif field.choices:
                value = list(field.choices)[-1][0]
            bad.update({field.name: value, field.attname: value})
    return bad


def everything() -> Counter[str]:
    """Return every row of every table of ours, as text, without what differs at each writing."""
    rows: Counter[str] = Counter()
    for model in our_models():
        for row in models.QuerySet(model).all():
            values = {
                field.attname: getattr(row, field.attname)
                for field in model._meta.concrete_fields
                if field.attname not in DIFFERS
            }
            rows[f"{model.__name__} {json.dumps(values, default=str, sort_keys=True)}"] += 1
    return rows


def written(before: Counter[str], known: set[str]) -> list[str]:
    """Return the rows that are new since, with ids that nobody knew before called by one name."""
    return sorted(
        IDS.sub(lambda found: found.group() if found.group().replace("-", "") in known else "new", row)
        for row in (everything() - before).elements()
    )


@pytest.fixture(scope="module")
def before(world: World) -> Counter[str]:
    """Every row as it stands before anybody sends a form."""
    return everything()


@pytest.mark.parametrize("door", POSTS, ids=str)
def test_a_form_takes_what_it_shows_and_nothing_else(world: World, before: Counter[str], door: Door) -> None:
    viewer = "nobody" if "nobody" in door.ok else min(door.ok)
    shown = controls_of(world, door, viewer)
    more = {k: v for k, v in poison(world).items() if k not in shown and k not in door.data(world) and k != "next"}
    assert {"business_id", "state", "is_active", "quick", "verified", "number", "starts_at"} - set(shown) <= set(more)
    known = {found.replace("-", "") for row in before for found in IDS.findall(row)}
    plain = _after(world, door, viewer, before, known, {})
    assert _after(world, door, viewer, before, known, more) == plain


def test_a_form_that_took_more_than_it_shows_would_be_noticed(world: World, before: Counter[str]) -> None:
    door = next(each for each in POSTS if each.name == "people:change_person")
    change = persons_views.change_person

    def careless(*, person: Any, **given: Any) -> Any:
        changed = change(person=person, **given)
        Person.objects.filter(pk=person.pk).update(since=dt.datetime(1999, 1, 1, tzinfo=dt.UTC))
        return changed

    viewer = min(door.ok)
    known = {found.replace("-", "") for row in before for found in IDS.findall(row)}
    plain = _after(world, door, viewer, before, known, {})
    with mock.patch.object(persons_views, "change_person", careless):
        assert _after(world, door, viewer, before, known, {"since": "1999-01-01"}) != plain


def _after(
    world: World, door: Door, viewer: str, before: Counter[str], known: set[str], more: dict[str, Any]
) -> tuple[int, list[str]]:
    given = dataclasses.replace(door, data=lambda world: {**more, **door.data(world)})
    with undone():
        response = send(world, given, viewer)
        assert response.status_code in door.success
        return response.status_code, written(before, known)
