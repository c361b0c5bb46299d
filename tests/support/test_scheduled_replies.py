"""A reply written now goes out later, once, unless something came between; then it is kept and its writer told."""

import datetime as dt
import uuid
from itertools import product

import pytest

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.logic.calendar import WorkingHours, interval
from quietmonday.post.actions.files import path_of, store_file
from quietmonday.post.models import File
from quietmonday.support.actions.erasing import erase_words
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.scheduling import (
    CannotSchedule,
    When,
    reschedule,
    schedule,
    send_if_due,
    send_now,
    withdraw,
)
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.talking import NothingSaid, say_to_supplier
from quietmonday.support.logic.later import LATEST, Meanwhile, held_because, openings, snooze_times
from quietmonday.support.models import Message, Pause, Promise, ScheduledFile, ScheduledReply, Ticket
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, asked, words, wrote

HOUR = dt.timedelta(hours=1)
OFFICE = WorkingHours.of("Europe/London", {day: [interval("09:00", "17:00")] for day in range(5)})


@pytest.mark.parametrize(("settled", "left", "they_wrote", "late", "word_past"), list(product([False, True], repeat=5)))
def test_the_gravest_reason_holds_it_back_and_none_lets_it_go(
    settled: bool, left: bool, they_wrote: bool, late: bool, word_past: bool
) -> None:
    found = held_because(
        Meanwhile(
            settled=settled,
            left=left,
            they_wrote=they_wrote,
            send_at=TUESDAY - (LATEST + HOUR if late else HOUR),
            next_word_by=TUESDAY if word_past else None,
            now=TUESDAY,
        )
    )
    reasons = {"left": left, "settled": settled, "they_wrote": they_wrote, "late": late, "word_past": word_past}
    assert found == next((name for name, holds in reasons.items() if holds), "")


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("hours", "now", "found"),
    [
        (OFFICE, "2026-11-17T09:20+00:00", ["2026-11-18T09:00+00:00", "2026-11-19T09:00+00:00"]),
        (OFFICE, "2026-11-17T07:00+00:00", ["2026-11-17T09:00+00:00", "2026-11-18T09:00+00:00"]),
        (OFFICE, "2026-11-20T18:00+00:00", ["2026-11-23T09:00+00:00", "2026-11-24T09:00+00:00"]),
        (OFFICE, "2027-03-27T12:00+00:00", ["2027-03-29T09:00+01:00", "2027-03-30T09:00+01:00"]),  # clocks go forward
        (WorkingHours.around_the_clock("Europe/London"), "2026-11-17T09:20+00:00", ["2026-11-18T09:00+00:00"]),
        (WorkingHours.of("Europe/London", {}), "2026-11-17T09:20+00:00", ["2026-11-18T09:00+00:00"]),
        (
            WorkingHours.of("Europe/London", {0: [interval("22:00", "06:00")]}),
            "2026-11-17T09:20+00:00",
            ["2026-11-23T22:00+00:00", "2026-11-30T22:00+00:00"],
        ),
    ],
)
def test_when_they_open(hours: WorkingHours, now: str, found: list[str]) -> None:
    assert openings(hours, local(now)) == [local(each) for each in found]


def test_times_to_snooze_until_are_in_order_and_to_come() -> None:
    assert snooze_times(OFFICE, TUESDAY) == [
        local(each)
        for each in (
            "2026-11-17T12:15+00:00",
            "2026-11-18T09:00+00:00",
            "2026-11-19T09:00+00:00",
            "2026-11-24T09:00+00:00",
        )
    ]


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return asked(cast)


def later(
    cast: Cast,
    ticket: Ticket,
    text: str = "Good morning",
    at: dt.timedelta = 20 * HOUR,
    by: Member | None = None,
    said: Words | None = None,
    **when: object,
) -> ScheduledReply:
    member = by or cast.sam
    return schedule(
        ticket=ticket,
        words=said or words(member, text, TUESDAY),
        person=member.person,
        supplier_id=cast.fennimore.id,
        when=When(send_at=TUESDAY + at, **when),  # type: ignore[arg-type]  # names and values of a When
        actor=actor(member),
        now=TUESDAY,
    )


def at(hours: float) -> dt.datetime:
    return TUESDAY + hours * HOUR


def public(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket, side="supplier").values_list("text", flat=True))


def pass_time(until: dt.datetime) -> None:
    tick(now=until, schedule=False)


@pytest.mark.django_db
def test_it_waits_and_then_goes_out_once_in_its_writers_name(cast: Cast, ticket: Ticket) -> None:
    reply = later(cast, ticket, next_word_by=at(22), waits_for="customer")
    pass_time(at(19))
    assert (public(ticket), Promise.objects.count(), Pause.objects.count()) == ([], 0, 0)
    for hours in (20, 20.1, 21):
        pass_time(at(hours))
    message = Message.objects.get(ticket=ticket, side="supplier")
    assert (message.text, message.author, message.public, message.occurred_at) == (
        "Good morning",
        cast.sam.person,
        True,
        at(20),
    )
    assert Promise.objects.get().due_at == at(22)
    assert Pause.objects.get().question == message
    reply.refresh_from_db()
    assert (reply.sent_at, reply.message, reply.text) == (at(20), message, "")
    assert send_if_due(reply_id=reply.id, now=at(21)) is None
    mails = OutgoingMessage.objects.filter(recipient=cast.dele.email, key__contains=":said:")
    assert ["Good morning" in content_of(mail).text for mail in mails] == [True]


@pytest.mark.django_db
def test_the_journal_says_that_it_waits_and_not_what_it_says(cast: Cast, ticket: Ticket) -> None:
    reply = later(cast, ticket, "Dear Dele")
    entry = Entry.objects.select_related("payload").get(verb="ticket.reply_scheduled")
    assert entry.payload.body == {
        "number": ticket.work_item.number,
        "reply": str(reply.id),
        "supplier": str(cast.fennimore.id),
        "send_at": at(20).isoformat(),
    }
    pass_time(at(20))
    assert [each.verb for each in Entry.objects.filter(subject_id=ticket.id).order_by("id")] == [
        "ticket.opened",
        "ticket.reply_scheduled",
        "ticket.said_to_customer",
    ]


def held(ticket: Ticket, hours: float = 20) -> str:
    pass_time(at(hours))
    reply = ScheduledReply.objects.get()
    assert public(ticket) == []
    return reply.held_because


def told(cast: Cast, who: Member) -> list[str]:
    mails = OutgoingMessage.objects.filter(recipient=who.email, key__contains=":held")
    return [content_of(mail).text for mail in mails]


@pytest.mark.django_db
def test_what_the_client_wrote_meanwhile_holds_it_back_and_the_writer_is_told(cast: Cast, ticket: Ticket) -> None:
    later(cast, ticket)
    wrote(ticket, cast.dele, "It works again", at=at(1))
    assert held(ticket) == "they_wrote"
    pass_time(at(21))
    (mail,) = told(cast, cast.sam)
    assert "The client wrote something after it was written." in mail
    assert f"/requests/{ticket.id}/" in mail
    assert "Good morning" in mail
    assert told(cast, cast.dele) == told(cast, cast.asha) == []


@pytest.mark.django_db
def test_an_out_of_office_reply_does_not_hold_it_back(cast: Cast, ticket: Ticket) -> None:
    later(cast, ticket)
    away = Words(
        text="I am away",
        channel="email",
        author=cast.dele.person,
        author_name="Dele",
        occurred_at=at(1),
        automatic=True,
    )
    say_to_supplier(ticket=ticket, words=away, actor=actor(cast.dele), now=at(1))
    pass_time(at(20))
    assert public(ticket) == ["Good morning"]


@pytest.mark.django_db
def test_a_request_settled_meanwhile_holds_it_back(cast: Cast, ticket: Ticket) -> None:
    later(cast, ticket)
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.asha), now=at(2))
    assert held(ticket) == "settled"
    pass_time(at(21))
    assert "settled before it was due" in told(cast, cast.sam)[0]


@pytest.mark.django_db
def test_a_writer_who_left_does_not_speak_and_colleagues_are_told(cast: Cast, ticket: Ticket) -> None:
    later(cast, ticket)
    end_membership(membership=cast.sam.membership, actor=actor(cast.asha), now=at(2))
    assert held(ticket) == "left"
    pass_time(at(21))
    assert told(cast, cast.sam) == []
    assert "does not work here any more" in told(cast, cast.asha)[0]


@pytest.mark.django_db
def test_a_supplier_that_is_gone_does_not_speak_and_no_other_supplier_is_told(cast: Cast) -> None:
    ticket = asked(cast, engagements=[cast.engagement, cast.line_engagement])
    later(cast, ticket)
    end_engagement(engagement=cast.engagement, actor=actor(cast.ruth), now=at(2))
    assert held(ticket) == "left"
    pass_time(at(21))
    assert not OutgoingMessage.objects.filter(key__contains=":held").exists()


@pytest.mark.django_db
def test_hours_late_it_is_not_sent_any_more(cast: Cast, ticket: Ticket) -> None:
    later(cast, ticket)
    assert held(ticket, 20 + 5) == "late"


@pytest.mark.django_db
def test_a_promise_that_has_passed_holds_it_back(cast: Cast, ticket: Ticket) -> None:
    later(cast, ticket, next_word_by=at(21))
    assert held(ticket, 22) == "word_past"


@pytest.mark.django_db
def test_put_off_it_goes_at_its_new_time_and_brought_forward_too(cast: Cast, ticket: Ticket) -> None:
    reply = later(cast, ticket)

    def changed(text: str, send_at: dt.datetime, now: dt.datetime) -> None:
        by, acts = cast.asha.person, actor(cast.asha)
        reschedule(reply=reply, text=text, when=When(send_at=send_at), person=by, actor=acts, now=now)

    changed("Good day", at(30), at(1))
    pass_time(at(21))
    assert public(ticket) == []
    changed("Good noon", at(25), at(22))
    pass_time(at(25))
    message = Message.objects.get(ticket=ticket, side="supplier")
    assert (message.text, message.author, message.author_name) == ("Good noon", cast.asha.person, "Asha Fennimore")
    pass_time(at(31))
    assert public(ticket) == ["Good noon"]


@pytest.mark.django_db
def test_held_back_it_can_be_sent_all_the_same_or_given_a_new_time(cast: Cast, ticket: Ticket) -> None:
    reply = later(cast, ticket, next_word_by=at(21))
    wrote(ticket, cast.dele, "Hello?", at=at(1))
    assert held(ticket) == "they_wrote"
    reschedule(
        reply=reply, text="Again", when=When(send_at=at(24)), person=cast.sam.person, actor=actor(cast.sam), now=at(21)
    )
    pass_time(at(24))
    assert public(ticket) == ["Again"]
    second = later(cast, ticket, "Second", 26 * HOUR, next_word_by=at(27))
    send_now(reply=second, person=cast.asha.person, actor=actor(cast.asha), now=at(28))
    assert public(ticket) == ["Again", "Second"]
    assert not Promise.objects.filter(due_at=at(27)).exists()  # it has passed: nobody promises the past


@pytest.mark.django_db
def test_withdrawn_it_is_never_sent_and_its_file_goes(cast: Cast, ticket: Ticket) -> None:
    file = store_file(business=cast.oakhurst, data=b"Not for them", now=TUESDAY)
    said = Words(
        text="See the file",
        channel="web",
        author=cast.sam.person,
        author_name="Sam",
        occurred_at=TUESDAY,
        files=[("a.txt", file)],
    )
    reply = later(cast, ticket, said=said)
    withdraw(reply=reply, actor=actor(cast.asha), now=at(1))
    withdraw(reply=reply, actor=actor(cast.asha), now=at(1))
    pass_time(at(21))
    assert public(ticket) == []
    assert File.objects.get(pk=file.pk).erased_at is not None
    assert Entry.objects.filter(verb="ticket.reply_withdrawn").count() == 1
    with pytest.raises(CannotSchedule, match="withdrawn"):
        send_now(reply=reply, person=cast.sam.person, actor=actor(cast.sam), now=at(2))


@pytest.mark.django_db
def test_its_files_go_with_it(cast: Cast, ticket: Ticket) -> None:
    file = store_file(business=cast.oakhurst, data=b"For them", now=TUESDAY)
    said = Words(
        text="",
        channel="web",
        author=cast.sam.person,
        author_name="Sam",
        occurred_at=TUESDAY,
        files=[("a.txt", file)],
    )
    later(cast, ticket, said=said)
    pass_time(at(20))
    attachment = Message.objects.get(ticket=ticket, side="supplier").attachments.get()
    assert (attachment.name, attachment.file_id) == ("a.txt", file.pk)
    assert path_of(cast.oakhurst, file.sha256).read_bytes() == b"For them"
    assert not ScheduledFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "when",
    [
        When(send_at=TUESDAY),
        When(send_at=TUESDAY - HOUR),
        When(),
        When(send_at=TUESDAY + HOUR, next_word_by=TUESDAY + HOUR),
        When(send_at=TUESDAY + 2 * HOUR, waits_for="agreed_date", until=TUESDAY + HOUR),
    ],
)
def test_times_that_make_no_sense_are_refused(cast: Cast, ticket: Ticket, when: When) -> None:
    with pytest.raises(CannotSchedule):
        schedule(
            ticket=ticket,
            words=words(cast.sam, "Text", TUESDAY),
            person=cast.sam.person,
            supplier_id=cast.fennimore.id,
            when=when,
            actor=actor(cast.sam),
            now=TUESDAY,
        )
    assert not ScheduledReply.objects.exists()
    assert not OutboxItem.objects.filter(topic="support.send_later").exists()


@pytest.mark.django_db
def test_silence_a_settled_request_and_an_eleventh_reply_are_refused(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(NothingSaid):
        later(cast, ticket, "  ")
    for _ in range(10):
        later(cast, ticket)
    with pytest.raises(CannotSchedule, match="ten"):
        later(cast, ticket)
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.asha), now=at(0.1))
    ScheduledReply.objects.all().delete()
    with pytest.raises(CannotSchedule, match="settled"):
        later(cast, ticket)


@pytest.mark.django_db
def test_erased_words_take_what_waits_with_them(cast: Cast, ticket: Ticket) -> None:
    file = store_file(business=cast.oakhurst, data=b"Not said", now=TUESDAY)
    said = words(cast.sam, "What was not said", TUESDAY, [("a.txt", file)])
    later(cast, ticket, said=said)
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.asha), now=at(1))
    erase_words(tickets=[ticket.id], business=cast.oakhurst, actor=SYSTEM, reason="asked for", now=at(2))
    reply = ScheduledReply.objects.get()
    assert (reply.text, reply.withdrawn_at) == ("", at(2))
    assert File.objects.get(pk=file.pk).erased_at is not None
    pass_time(at(20))
    assert ScheduledReply.objects.get().held_at is None


@pytest.mark.django_db
def test_a_reply_that_is_gone_is_nothing_to_do(cast: Cast) -> None:
    assert send_if_due(reply_id=uuid.uuid4(), now=TUESDAY) is None
