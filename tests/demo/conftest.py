"""The whole made-up firm, made once; and a short one, for whoever changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from quietmonday.demo.actions.making import ask_for_firm, make_firm
from quietmonday.demo.models import Making
from quietmonday.integrations.queries.tables import our_models
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.sign_in_links import first_link

END = dt.datetime(2026, 11, 25, 14, 20, tzinfo=dt.UTC)  # a Wednesday afternoon
SHORT = 2  # weeks


def made(end: dt.datetime = END, **more: Any) -> Making:
    """Make the firm as if somebody had asked for it at `end`; return its row."""
    ask_for_firm(actor=SYSTEM, now=end, here=True, **more)
    for _row in make_firm(clock=lambda: end):
        pass
    return Making.objects.get()


def how_many() -> dict[str, int]:
    """Return how many rows each table of ours has."""
    return {model._meta.label: model._base_manager.count() for model in our_models()}


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[Making]:
    """All 18 months; whoever changes anything rolls it back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def firm_with_administrator(django_db_setup: None, django_db_blocker: Any) -> Iterator[Making]:
    """The last weeks of it, and whoever started the product; whoever changes anything rolls it back."""
    with django_db_blocker.unblock(), transaction.atomic():
        first_link(now=END)
        yield made(weeks=SHORT)
        transaction.set_rollback(True)


@pytest.fixture
def short_firm(db: None) -> Making:
    """Its last weeks."""
    return made(weeks=SHORT)
