"""Ruth acts; what came of it."""

import datetime as dt
from collections.abc import Callable

import pytest

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import Actor
from quietmonday.people.logic.refusals import Refused

RUTH = Actor(id=None, name="Ruth Okafor")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.rule


def entries(verb: str) -> list[Entry]:
    return list(Entry.objects.filter(verb=verb).select_related("payload", "chain"))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
