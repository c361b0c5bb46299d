"""Foreign keys point downwards or stay in their area: a key written as a string is an import nobody sees."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.boundaries.ranks import area_ranks

RANKS = area_ranks()


def refused_keys(of: Iterable[type[models.Model]]) -> list[str]:
    """Return every key of `of` that points upwards or sideways, as `area.Model.field -> area.Model`."""
    return [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model in of
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if (target := field.related_model) is not None and not isinstance(target, str)
        if not may_point(model._meta.app_label, target._meta.app_label)
    ]


def may_point(area: str, target: str) -> bool:
    """Return whether a key from `area` to `target` stays inside or goes down; other people's apps are no areas."""
    if area not in RANKS or target not in RANKS:
        return True
    return area == target or RANKS[area] < RANKS[target]


def test_every_foreign_key_points_downwards() -> None:
    assert refused_keys(apps.get_models(include_auto_created=True)) == []


def test_every_table_of_ours_belongs_to_an_area_with_a_rank() -> None:
    ours = {model._meta.app_label for model in apps.get_models() if model.__module__.startswith("quietmonday.")}
    assert ours >= {"people", "work"}
    assert ours - RANKS.keys() == set()


@isolate_apps("quietmonday.people", "quietmonday.support")
def test_a_key_upwards_is_refused() -> None:
    class Ticket(models.Model):  # noqa: DJ008  # never shown
        class Meta:
            app_label = "support"

    class Person(models.Model):  # noqa: DJ008  # never shown
        ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE)
        watched = models.ManyToManyField("support.Ticket", related_name="+")

        class Meta:
            app_label = "people"

    assert refused_keys([Person, Ticket]) == [
        "people.Person.ticket -> support.Ticket",
        "people.Person.watched -> support.Ticket",
    ]


@isolate_apps("quietmonday.people", "quietmonday.support")
def test_a_key_downwards_is_allowed() -> None:
    class Person(models.Model):  # noqa: DJ008  # never shown
        class Meta:
            app_label = "people"

    class Ticket(models.Model):  # noqa: DJ008  # never shown
        person = models.ForeignKey(Person, on_delete=models.CASCADE)

        class Meta:
            app_label = "support"

    assert refused_keys([Person, Ticket]) == []


@pytest.mark.parametrize(
    ("area", "target", "allowed"),
    [
        ("support", "people", True),
        ("support", "support", True),
        ("people", "support", False),
        ("support", "vault", False),  # siblings may not know each other
        ("support", "auth", True),
    ],
)
def test_areas_may_point_down_or_inside_only(area: str, target: str, allowed: bool) -> None:
    assert may_point(area, target) is allowed
