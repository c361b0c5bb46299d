"""Words by which requests are found again."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.support.actions.tagging import TooManyTags, tag, untag
from quietmonday.support.models import Tag, Ticket, TicketTag
from quietmonday.support.queries.tags import tagged, tags_of, tags_used_at
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, asked, client_of

pytestmark = pytest.mark.django_db

LATER = TUESDAY + dt.timedelta(hours=1)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return asked(cast)


def bears(ticket: Ticket, *names: str, by: Member) -> list[str]:
    return tag(ticket=ticket, names=names, actor=actor(by), now=LATER)


def test_both_sides_add_to_one_vocabulary_of_the_business(cast: Cast, ticket: Ticket) -> None:
    assert bears(ticket, "Printer", " #printer", "wifi", by=cast.sam) == ["printer", "wifi"]
    assert bears(ticket, "WIFI", "desk", by=cast.ruth) == ["desk"]
    other = asked(cast, "Other", by=cast.bill)
    bears(other, "printer", by=cast.sam)
    assert list(Tag.objects.order_by("name").values_list("name", flat=True)) == ["desk", "printer", "wifi"]
    assert tags_of([ticket.id, other.id]) == {ticket.id: ["desk", "printer", "wifi"], other.id: ["printer"]}
    assert (tags_used_at([cast.oakhurst.id]), tags_used_at([cast.tilden.id])) == (["desk", "printer", "wifi"], [])


def test_the_same_word_at_another_business_is_another_word(cast: Cast, ticket: Ticket) -> None:
    bears(ticket, "printer", by=cast.sam)
    theirs = asked(cast, "Theirs", by=cast.kim, engagements=[cast.tilden_engagement])
    bears(theirs, "printer", by=cast.lee)
    assert Tag.objects.filter(name="printer").count() == 2
    page = client_of(cast.ruth).get(f"/requests/{ticket.id}/links/").content.decode()
    assert page.count('value="printer"') == 2  # the button that takes it off, and the word to choose


def test_a_word_that_nothing_bears_any_more_goes_and_the_journal_remembers(cast: Cast, ticket: Ticket) -> None:
    bears(ticket, "printer", by=cast.sam)
    assert untag(ticket=ticket, name="printer", actor=actor(cast.ruth), now=LATER)
    assert not untag(ticket=ticket, name="printer", actor=actor(cast.ruth), now=LATER)
    assert not Tag.objects.exists()
    assert list(Entry.objects.filter(verb__contains="tagged").order_by("id").values_list("verb", flat=True)) == [
        "ticket.tagged",
        "ticket.untagged",
    ]


def test_at_most_twenty_and_all_or_none(cast: Cast, ticket: Ticket) -> None:
    bears(ticket, *(f"word {n}" for n in range(19)), by=cast.sam)
    with pytest.raises(TooManyTags):
        bears(ticket, "a", "b", by=cast.sam)
    assert TicketTag.objects.count() == 19
    bears(ticket, "a", "word 1", by=cast.sam)
    page = client_of(cast.sam).post(f"/requests/{ticket.id}/tags/", {"tags": "one more"})
    assert (page.status_code, "at most 20 tags" in page.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("written", "says"),
    [("x" * 10_000, "at most 2000 characters"), ("x" * 41, "is too long"), (" , #", "Write a word.")],
)
def test_what_is_no_word_is_refused_by_name(cast: Cast, ticket: Ticket, written: str, says: str) -> None:
    page = client_of(cast.sam).post(f"/requests/{ticket.id}/tags/", {"tags": written})
    assert (page.status_code, says in page.content.decode()) == (422, True)
    assert not Tag.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("ruth", 303), ("sam", 303), ("dele", 403), ("bill", 404), ("lee", 404)])
def test_who_may_tag(cast: Cast, ticket: Ticket, who: str, status: int) -> None:
    client = client_of(getattr(cast, who))
    assert client.post(f"/requests/{ticket.id}/tags/", {"tags": "printer"}).status_code == status
    assert client.post(f"/requests/{ticket.id}/tags/remove/", {"name": "x" * 10_000}).status_code == status
    assert TicketTag.objects.exists() is (status == 303)


def test_lists_are_narrowed_by_every_tag_named_however_it_is_written(cast: Cast, ticket: Ticket) -> None:
    other = asked(cast, "Other", by=cast.bill)
    bears(ticket, "printer", "wifi", by=cast.sam)
    bears(other, "printer", by=cast.sam)

    def found(*names: str) -> set[Ticket]:
        return set(tagged(Ticket.objects.all(), names))

    assert found("Printer") == {ticket, other}
    assert found("#PRINTER", "wifi") == {ticket}
    assert (found("x" * 10_000), found("none"), found(" ")) == (set(), set(), {ticket, other})


def test_tags_stand_on_the_request(cast: Cast, ticket: Ticket) -> None:
    bears(ticket, "wifi", "<b>printer", by=cast.sam)
    page = client_of(cast.dele).get(f"/requests/{ticket.id}/").content.decode()
    assert "Tags: &lt;b&gt;printer, wifi." in page
