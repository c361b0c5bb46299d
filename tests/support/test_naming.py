"""@Name in a note or a message: who is told, and who is not."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.people.models import Membership
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.talking import note_for_colleagues, say_to_supplier
from quietmonday.support.actions.watching import watch
from quietmonday.support.models import Message, Ticket, Watcher
from quietmonday.support.queries.told import words_as_told
from tests.cast import Cast, Member
from tests.support.mailed import tell_all, told
from tests.support.scene import actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
AGO = NOW - dt.timedelta(hours=2)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Bill asked two hours ago, and everybody was told."""
    ticket = asked(cast, "Labels print blank", by=cast.bill, at=AGO)
    tell_all(AGO)
    return ticket


def noted(cast: Cast, ticket: Ticket, text: str, by: Member | None = None) -> Message:
    member = by or cast.sam
    return note_for_colleagues(
        ticket=ticket, words=words(member, text, NOW), supplier_id=cast.fennimore.id, actor=actor(member), now=NOW
    )


def test_a_colleague_named_in_a_note_is_told_and_hears_from_then_on(cast: Cast, ticket: Ticket) -> None:
    message = noted(cast, ticket, "Odd. @Asha Fennimore, did you see this before?")
    assert message.mentioned == [["@Asha Fennimore", str(cast.asha.person.id)]]
    [mail] = tell_all(NOW)
    assert (mail.to, mail.subject) == ("asha@fennimore.example", "You are named in a note: Labels print blank [1]")
    assert "did you see this before?" in mail.text
    row = Watcher.objects.get()
    assert (row.person, row.why, row.by_name) == (cast.asha.person, "mentioned", "Sam Kessler")


def test_an_answer_to_the_mail_about_a_note_cannot_reach_the_client(cast: Cast, ticket: Ticket) -> None:
    noted(cast, ticket, "@Asha look")
    [mail] = tell_all(NOW)
    assert (mail.reply_to, mail.sender) == ("", "quietmonday@localhost")
    assert "qm." not in mail.message_id  # it threads nowhere


def test_the_journal_that_the_client_reads_does_not_tell_who_is_named_in_a_note(cast: Cast, ticket: Ticket) -> None:
    message = noted(cast, ticket, "@Asha look")
    entry = Entry.objects.get(verb="ticket.noted")
    assert standing_bodies([entry])[entry.pk] == {"number": 1, "message": str(message.id)}


@pytest.mark.parametrize("name", ["Bill", "Ruth Okafor", "Ines", "Lee", "Finn", "Jo", "Sam"])
def test_nobody_who_may_not_read_the_note_is_named_by_it_nor_its_writer(cast: Cast, ticket: Ticket, name: str) -> None:
    message = noted(cast, ticket, f"@{name} broke it")
    assert (message.mentioned, Watcher.objects.count(), told(NOW)) == ([], 0, [])


def test_who_is_named_to_everybody_gets_one_mail_and_not_two(cast: Cast, ticket: Ticket) -> None:
    answered(cast, ticket, "@Maria Lindqvist, may we order it? @Bill, please wait.", at=NOW)
    mails = tell_all(NOW)
    assert [(mail.to, mail.subject.split(":")[0]) for mail in mails] == [
        ("bill@oakhurst.example", "You are named"),
        ("maria@oakhurst.example", "You are named"),
    ]
    assert [row.person.name for row in Watcher.objects.all()] == ["Maria Lindqvist"]  # Bill asked: he hears anyway
    body = next(iter(standing_bodies([Entry.objects.get(verb="ticket.said_to_customer")]).values()))
    assert body is not None
    assert {each["name"] for each in body["named"]} == {"Bill Hartley", "Maria Lindqvist"}
    assert not list(words_as_told(cast.oakhurst.id))


def test_who_does_not_see_the_request_is_not_named_by_anybody(cast: Cast, ticket: Ticket) -> None:
    wrote(ticket, cast.ruth, "@Dele, @Lee, @Ines, @Jo: look", at=NOW)
    assert (Message.objects.latest("recorded_at", "id").mentioned, Watcher.objects.count()) == ([], 0)
    watch(ticket=ticket, persons=[cast.dele.person], why="added", actor=actor(cast.ruth), now=NOW)
    wrote(ticket, cast.ruth, "@Dele and @Sam: look", at=NOW)
    assert [name for name, _ref in Message.objects.latest("recorded_at", "id").mentioned] == ["@Dele", "@Sam"]


def test_a_name_that_two_people_have_stays_text(cast: Cast, ticket: Ticket) -> None:
    cast.maria.person.name = "Bill Lindqvist"
    cast.maria.person.save()
    answered(cast, ticket, "@Bill knows", at=NOW)
    assert Message.objects.latest("recorded_at", "id").mentioned == []


def test_named_words_stand_out_and_nothing_that_was_typed_becomes_markup(cast: Cast, ticket: Ticket) -> None:
    cast.maria.person.name = "Maria <b>Lindqvist"
    cast.maria.person.save()
    answered(cast, ticket, "<script>x</script> @Maria <b>Lindqvist & @Bill", at=NOW)
    page = client_of(cast.bill).get(f"/requests/{ticket.id}/").content.decode()
    assert "<b>@Maria &lt;b&gt;Lindqvist</b> &amp; <b>@Bill</b>" in page
    assert "<script>x" not in page


def test_who_has_left_before_the_mail_goes_out_gets_none(cast: Cast, ticket: Ticket) -> None:
    noted(cast, ticket, "@Asha look")
    Membership.objects.filter(person=cast.asha.person).update(ends_at=AGO)
    assert told(NOW) == []


def test_what_only_the_mail_itself_says_who_wrote_names_nobody(cast: Cast, ticket: Ticket) -> None:
    unsure = Words(
        text="@Sam @Ruth", channel="email", author=cast.bill.person, author_name="Bill", occurred_at=NOW,
        verified=False,
    )  # fmt: skip
    message = say_to_supplier(ticket=ticket, words=unsure, actor=actor(cast.bill), now=NOW)
    assert message.mentioned == []
