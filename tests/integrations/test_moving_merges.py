"""Two entries that were made one travel as one, and a record that has them as two does not grow by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.places import Empty, Full, must
from tests.outbox.installation import URL

OAKHURST = "Oakhurst Joinery"
MERGED = "SELECT count(*) FROM people_personmerge m JOIN people_person p ON p.merged_into_id = m.kept_id"

_BEGIN = """
import django; django.setup()
import datetime as dt
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.merging import merge_persons
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import Business, Person
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.talking import say_to_supplier
from quietmonday.support.models import Ticket
business = Business.objects.get(name="Oakhurst Joinery")
now = dt.datetime(2026, 11, 25, 11, tzinfo=dt.UTC)
"""
_TWICE = f"""{_BEGIN}
twin = add_person(place=business, name="D. Twice", emails=["twice@home.example"], actor=SYSTEM, now=now)
ticket = Ticket.objects.filter(business=business, state="open", requester__isnull=False).order_by("id").first()
words = Words(text="A word of the twin", channel="web", author=twin, author_name=twin.name, occurred_at=now)
say_to_supplier(ticket=ticket, words=words, actor=SYSTEM, now=now)
"""
_ONCE = f"""{_BEGIN}
kept, twin = (Person.objects.get(business=business, name=name) for name in ("Dele Adeyemi", "D. Twice"))
merge_persons(kept=kept, merged=twin, actor=SYSTEM, now=now)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The record with somebody in it twice, and after the two were made one."""
    folder = tmp_path_factory.mktemp("merged")
    full = Full(folder)
    paths = []
    for script in (_TWICE, _ONCE):
        full.python("-c", script)
        paths.append(folder / f"{len(paths)}.qm")
        must(full.quietmonday("export", "business", OAKHURST, str(paths[-1])))
    yield paths[0], paths[1]
    full.close()


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Empty]:
    place = Empty(tmp_path, "new", on_server=bool(URL))
    must(place.quietmonday("migrate", "--verbosity", "0"))
    yield place
    place.close()


@pytest.mark.slow_on_postgres
def test_two_who_were_made_one_are_one_where_the_record_goes(files: tuple[Path, Path], new: Empty) -> None:
    done = new.quietmonday("import", "business", OAKHURST, str(files[1]), "--owner", "twice@home.example")
    assert "signs in as its owner" in must(done)
    assert new.rows(MERGED) == [(1,)]
    who = "SELECT p.name FROM people_membership m JOIN people_person p ON p.id = m.person_id"
    assert new.rows(who) == [("Dele Adeyemi",)]
    assert "The record is whole." in must(new.quietmonday("verify"))


def test_a_record_that_has_them_as_two_says_so_and_stays_as_it_is(files: tuple[Path, Path], new: Empty) -> None:
    must(new.quietmonday("import", "business", OAKHURST, str(files[0])))
    done = new.quietmonday("import", "business", OAKHURST, str(files[1]))
    assert done.returncode == 1
    assert "The same ids stand for something else here, so nothing was changed: support.Message" in done.stderr
    assert new.rows(MERGED) == [(0,)]
