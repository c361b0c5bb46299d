"""The message box of who answers all day: everything in one form, nothing sent past what happened meanwhile."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.journal.models import Entry
from quietmonday.people.actions.memberships import end_membership
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.presence import forget_presence
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.models import (
    Assignment,
    Message,
    Pause,
    Presence,
    Promise,
    ScheduledReply,
    Snooze,
    Ticket,
)
from tests.cast import Cast, Member
from tests.support.scene import actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

Post = Callable[..., HttpResponse]


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def wall(minutes: int) -> str:
    """So many minutes from now, as a clock in winter London shows it: the cast's zone, and these tests run any day."""
    return ago(-minutes).astimezone(ZoneInfo("Europe/London")).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return asked(cast, at=ago(60))


@pytest.fixture
def post(ticket: Ticket) -> Post:
    def send(who: Member, verb: str = "messages", **fields: object) -> HttpResponse:
        return client_of(who).post(reverse(f"support:{verb}", args=[ticket.id]), fields)

    return send


def page(who: Member, ticket: Ticket) -> str:
    response = client_of(who).get(reverse("support:ticket", args=[ticket.id]))
    assert response.status_code == 200
    return response.content.decode()


def verbs(ticket: Ticket) -> list[str]:
    return list(Entry.objects.filter(subject_id=ticket.id).order_by("id").values_list("verb", flat=True))


def test_one_form_answers_promises_waits_hands_over_and_snoozes(cast: Cast, ticket: Ticket) -> None:
    sent = {
        "text": "Which one?",
        "own_time": wall(180),
        "after": "customer",
        "person": str(cast.asha.person.id),
        "snooze": "answer",
        "snooze_why": "She knows the scanners",
    }
    url = reverse("support:messages", args=[ticket.id])
    shown = client_of(cast.sam).post(url, sent, follow=True).content.decode()
    assert (Message.objects.filter(side="supplier").count(), Promise.objects.count(), Pause.objects.count()) == (
        1,
        1,
        1,
    )
    ticket.refresh_from_db()
    assert ticket.assignee == cast.asha.person
    assert (Snooze.objects.get().until_answer, Snooze.objects.get().ended_at) == (True, None)
    assert verbs(ticket) == ["ticket.opened", "ticket.said_to_customer", "ticket.assigned", "ticket.snoozed"]
    assert "Sent to Dele Adeyemi. Handed over to Asha Fennimore. Snoozed until they answer" in shown
    assert "She knows the scanners" in shown


def test_what_cannot_all_happen_does_not_happen_at_all(cast: Cast, ticket: Ticket, post: Post) -> None:
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(30))
    before = verbs(ticket)
    response = post(cast.sam, text="Bye", person=str(cast.asha.person.id), snooze="answer")
    assert response.status_code == 422
    assert "What is settled is neither snoozed nor sent later" in response.content.decode()
    assert "Bye" in response.content.decode()
    assert not Message.objects.filter(side="supplier").exists()
    assert not Assignment.objects.exists()
    assert verbs(ticket) == before


def test_the_same_form_again_does_all_of_it_once(cast: Cast, ticket: Ticket, post: Post) -> None:
    for name in ("messages", "notes"):
        sent = {"text": name, "person": str(cast.asha.person.id), "snooze": "answer", "token": str(uuid.uuid4())}
        for _ in range(2):
            assert post(cast.sam, name, **sent).status_code == 303
    assert Message.objects.filter(side="supplier").count() == 2
    assert Assignment.objects.count() == 1  # she has it already when the note is written
    assert Snooze.objects.count() == 2


def test_a_note_hands_over_too_and_cannot_be_sent_later(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert post(cast.sam, "notes", text="Yours", person=str(cast.asha.person.id)).status_code == 303
    ticket.refresh_from_db()
    assert ticket.assignee == cast.asha.person
    refused = post(cast.sam, "notes", text="Later", send_own=wall(60))
    assert (refused.status_code, "A note is written down at once." in refused.content.decode()) == (422, True)
    assert not ScheduledReply.objects.exists()


def test_it_can_be_given_back_to_nobody_and_to_no_stranger(cast: Cast, ticket: Ticket, post: Post) -> None:
    assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.sam), now=ago(30))
    for stranger in (cast.ines, cast.dele, cast.finn):
        assert post(cast.sam, text="x", person=str(stranger.person.id)).status_code == 422
    assert post(cast.sam, text="For whoever is free", person="nobody").status_code == 303
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_the_customer_hands_nothing_over_and_schedules_nothing(cast: Cast, ticket: Ticket, post: Post) -> None:
    sent = {"person": str(cast.asha.person.id), "send_own": wall(60), "snooze": "answer"}
    assert post(cast.dele, text="Hello", **sent).status_code == 303
    assert Message.objects.filter(side="customer", text="Hello").exists()
    assert not (Assignment.objects.exists() or ScheduledReply.objects.exists() or Snooze.objects.exists())


# Collision: what happened meanwhile


def seen(cast: Cast, ticket: Ticket, who: Member) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page(who, ticket))
    assert found
    return found[1]


@pytest.mark.parametrize("what", ["customer", "colleague", "note", "handed", "settled"])
def test_it_is_refused_once_with_what_happened_and_then_goes(cast: Cast, ticket: Ticket, post: Post, what: str) -> None:
    read = seen(cast, ticket, cast.sam)
    now = dt.datetime.now(dt.UTC)
    match what:
        case "customer":
            wrote(ticket, cast.dele, "It works again", at=now)
            said = "Dele Adeyemi wrote."
        case "colleague":
            client_of(cast.asha).post(reverse("support:messages", args=[ticket.id]), {"text": "I have it"})
            said = "Asha Fennimore wrote."
        case "note":
            note_for_colleagues(
                ticket=ticket,
                words=words(cast.asha, "Careful", now),
                supplier_id=cast.fennimore.id,
                actor=actor(cast.asha),
                now=now,
            )
            said = "Asha Fennimore wrote a note for colleagues."
        case "handed":
            assign(ticket=ticket, person=cast.asha.person, actor=actor(cast.asha), now=now)
            said = "Asha Fennimore took it."
        case _:
            resolve(ticket=ticket, kind="fixed", actor=actor(cast.asha), now=now)
            said = "Asha Fennimore: working again, for good."
    before = Message.objects.count()
    refused = post(cast.sam, text="My long answer", seen=read)
    shown = refused.content.decode()
    assert refused.status_code == 409
    assert Message.objects.count() == before
    for words_shown in (said, "My long answer", "Send all the same", "Not sent: this happened while you were writing."):
        assert words_shown in shown
    again = re.search(r'name="seen" value="([^"]+)"', shown)
    assert again
    assert post(cast.sam, text="My long answer", seen=again[1]).status_code == 303
    assert Message.objects.count() == before + 1


def test_ones_own_work_and_small_changes_refuse_nothing(cast: Cast, ticket: Ticket, post: Post) -> None:
    read = seen(cast, ticket, cast.sam)
    now = dt.datetime.now(dt.UTC)
    set_priority(ticket=ticket, priority=1, actor=actor(cast.sam), now=now)
    put = client_of(cast.asha).post(reverse("support:snooze", args=[ticket.id]), {"until": "answer"})
    assert put.status_code == 303
    assert post(cast.sam, text="Answer", seen=read).status_code == 303


@pytest.mark.parametrize("nonsense", ["", "yesterday", "-1", "1" * 400, "٣", "1.5"])
def test_a_page_that_does_not_say_when_it_was_read_is_not_refused(
    cast: Cast, ticket: Ticket, post: Post, nonsense: str
) -> None:
    wrote(ticket, cast.dele, "Hello?", at=dt.datetime.now(dt.UTC))
    assert post(cast.sam, text="Answer", seen=nonsense).status_code == 303


def test_another_suppliers_note_is_no_news(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60), engagements=[cast.engagement, cast.line_engagement])
    read = seen(cast, ticket, cast.sam)
    now = dt.datetime.now(dt.UTC)
    note_for_colleagues(
        ticket=ticket,
        words=words(cast.ines, "Between us", now),
        supplier_id=cast.norvane.id,
        actor=actor(cast.ines),
        now=now,
    )
    url = reverse("support:messages", args=[ticket.id])
    assert client_of(cast.sam).post(url, {"text": "Answer", "seen": read}).status_code == 303


# Sent later


def test_a_reply_waits_below_the_conversation_for_its_own_supplier_only(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60), engagements=[cast.engagement, cast.line_engagement])
    url = reverse("support:messages", args=[ticket.id])
    sent = {
        "text": "Good morning",
        "send_own": wall(120),
        "attached": [SimpleUploadedFile("plan.txt", b"a plan")],
        "token": str(uuid.uuid4()),
    }
    client = client_of(cast.sam)
    for _ in range(2):
        assert client.post(url, {**sent, "attached": [SimpleUploadedFile("plan.txt", b"a plan")]}).status_code == 303
    reply = ScheduledReply.objects.get()
    assert reply.send_at.astimezone(dt.UTC).second == 0
    for who in (cast.sam, cast.asha):
        shown = page(who, ticket)
        assert "Good morning" in shown
        assert "1 file goes with it." in shown
        assert "only Fennimore IT sees this" in shown
    for other in (cast.ines, cast.ruth, cast.dele):
        assert "Good morning" not in page(other, ticket)
    for verb in ("later", "later_now", "later_withdraw"):
        where = reverse(f"support:{verb}", args=[reply.id])
        for other in (cast.ines, cast.ruth, cast.dele, cast.jo, cast.lee):
            assert client_of(other).post(where, {"text": "mine", "send_own": wall(130)}).status_code == 404
    reply.refresh_from_db()
    assert (reply.text, reply.sent_at, reply.withdrawn_at) == ("Good morning", None, None)


@pytest.fixture
def waiting(cast: Cast, ticket: Ticket, post: Post) -> ScheduledReply:
    assert post(cast.sam, text="Good morning", send_own=wall(120), own_time=wall(240)).status_code == 303
    return ScheduledReply.objects.get()


def at(name: str, reply: ScheduledReply) -> str:
    return reverse(f"support:{name}", args=[reply.id])


def test_a_colleague_changes_it_and_is_its_writer_then(cast: Cast, waiting: ScheduledReply) -> None:
    client = client_of(cast.asha)
    shown = client.get(at("later", waiting)).content.decode()
    assert "Good morning" in shown
    assert "Europe/London" in shown
    done = client.post(at("later", waiting), {"text": "Good day", "send_own": wall(300), "own_time": wall(400)})
    assert done.status_code == 303
    waiting.refresh_from_db()
    assert (waiting.text, waiting.author) == ("Good day", cast.asha.person)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"send_own": "2020-01-01T10:00"}, "still to come"),
        ({"send_own": ""}, "Say when it is to be sent."),
        ({"send_own": "yesterday"}, "Write a day and a time"),
        ({"text": " "}, "Write a sentence."),
        ({"own_time": "2020-01-01T10:00"}, "still to come"),
        ({"after": "agreed_date"}, "Say until when it is put off."),
        ({"text": "By {{ next word by }}", "own_time": ""}, "Choose when it comes"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(
    cast: Cast, waiting: ScheduledReply, fields: dict[str, str], said: str
) -> None:
    sent = {"text": "Changed", "send_own": wall(300), "own_time": wall(400), **fields}
    refused = client_of(cast.sam).post(at("later", waiting), sent)
    assert (refused.status_code, said in refused.content.decode()) == (422, True)
    waiting.refresh_from_db()
    assert waiting.text == "Good morning"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"send_own": "2020-01-01T10:00"}, "still to come"),
        ({"send_at": "2020-01-01T10:00:00+00:00"}, "still to come"),
        ({"send_at": "soon"}, "Choose one of the times."),
        ({"send_own": "2027-03-28T01:30"}, "there is no such time"),  # London's clocks go forward over it
        ({"send_own": "3000-01-01T10:00"}, "within the next two years"),
        ({"send_own": "9999-12-31T23:59"}, ""),
        ({"snooze_own": "2020-01-01T10:00"}, "still to come"),
        ({"snooze_own": "2027-03-28T01:30"}, "there is no such time"),
        ({"snooze": "forever"}, "Choose one of the times."),
        ({"person": "somebody"}, ""),
    ],
)
def test_times_and_people_that_do_not_exist_are_refused_and_the_text_stays(
    cast: Cast, ticket: Ticket, post: Post, fields: dict[str, str], said: str
) -> None:
    refused = post(cast.sam, text="My text", **fields)
    shown = refused.content.decode()
    assert (refused.status_code, said in shown, "My text" in shown) == (422, True, True)
    assert not Message.objects.filter(side="supplier").exists()


def test_half_past_one_comes_twice_and_the_first_is_meant(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert post(cast.sam, text="At night", send_own="2027-10-31T01:30").status_code == 303
    assert ScheduledReply.objects.get().send_at == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


def test_the_next_word_comes_after_the_reply(cast: Cast, ticket: Ticket, post: Post) -> None:
    refused = post(cast.sam, text="x", send_own=wall(120), own_time=wall(60))
    assert (refused.status_code, "It is sent later than that." in refused.content.decode()) == (422, True)


def test_it_is_sent_now_or_never_and_then_comes_back_into_the_box(cast: Cast, waiting: ScheduledReply) -> None:
    client = client_of(cast.asha)
    away = client.post(at("later_withdraw", waiting))
    assert away.status_code == 303
    assert "Good morning</textarea>" in client.get(away["Location"].partition("#")[0]).content.decode()
    again = client.post(at("later_now", waiting), follow=True)
    assert "Somebody withdrew it meanwhile." in again.content.decode()
    assert not Message.objects.filter(side="supplier").exists()


def test_sent_at_once_by_a_colleague_it_is_the_colleagues(cast: Cast, waiting: ScheduledReply) -> None:
    assert client_of(cast.asha).post(at("later_now", waiting)).status_code == 303
    message = Message.objects.get(side="supplier")
    assert (message.text, message.author) == ("Good morning", cast.asha.person)
    client = client_of(cast.sam)
    assert client.get(at("later", waiting)).status_code == 303  # over: back to the request
    assert client.post(at("later_now", waiting)).status_code == 303
    assert Message.objects.filter(side="supplier").count() == 1


def test_who_has_left_reaches_no_waiting_reply(cast: Cast, waiting: ScheduledReply) -> None:
    client = client_of(cast.sam)
    end_membership(membership=cast.sam.membership, actor=actor(cast.asha), now=ago(1))
    assert client.post(at("later_now", waiting)).status_code == 302
    assert not Message.objects.filter(side="supplier").exists()


# Snooze, on the page


def test_a_snooze_is_shown_to_its_supplier_and_ended_by_a_colleague(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60), engagements=[cast.engagement, cast.line_engagement], priority=4)
    answered(cast, ticket, at=ago(50))
    sent = {"until": "answer", "why": "Wait for the part"}
    assert client_of(cast.sam).post(reverse("support:snooze", args=[ticket.id]), sent).status_code == 303
    assert "Wait for the part" in page(cast.asha, ticket)
    assert "the clock runs on" in page(cast.asha, ticket)
    for other in (cast.ines, cast.ruth, cast.dele):
        shown = page(other, ticket)
        assert "Scanners lose Wi-Fi" in shown
        assert "Wait for the part" not in shown
        assert "snoozed it" not in shown
    assert client_of(cast.ines).post(reverse("support:wake", args=[ticket.id])).status_code == 303
    assert Snooze.objects.get().ended_at is None  # it is not hers
    client_of(cast.asha).post(reverse("support:wake", args=[ticket.id]))
    assert Snooze.objects.get().ended_because == "woken"


def test_what_is_settled_cannot_be_snoozed_and_says_so(cast: Cast, ticket: Ticket, post: Post) -> None:
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(30))
    client = client_of(cast.sam)
    url = reverse("support:snooze", args=[ticket.id])
    shown = client.post(url, {"until": "answer"}, follow=True).content.decode()
    assert "It is settled, so there is nothing to snooze." in shown
    assert not Snooze.objects.exists()


# Who is looking


def here(who: Member, ticket: Ticket, **fields: str) -> str:
    response = client_of(who).post(reverse("support:presence", args=[ticket.id]), fields)
    assert response.status_code == 200
    return response.content.decode()


def test_colleagues_see_each_other_and_nobody_else(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60), engagements=[cast.engagement, cast.line_engagement])
    assert here(cast.sam, ticket).strip() == ""
    assert "Sam Kessler is looking at this." in here(cast.asha, ticket, writing="1")
    assert "Asha Fennimore is writing here." in here(cast.sam, ticket)
    assert here(cast.ines, ticket).strip() == ""
    for who, status in ((cast.dele, 403), (cast.ruth, 403), (cast.bill, 404), (cast.jo, 404), (cast.lee, 404)):
        response = client_of(who).post(reverse("support:presence", args=[ticket.id]))
        assert response.status_code == status
        assert "Sam" not in response.content.decode()
    assert set(Presence.objects.values_list("name", flat=True)) == {"Sam Kessler", "Asha Fennimore", "Ines Varga"}
    assert not Entry.objects.exclude(verb="ticket.opened").exists()


def test_who_went_away_is_gone_in_a_minute(cast: Cast, ticket: Ticket) -> None:
    here(cast.sam, ticket)
    Presence.objects.update(seen_at=ago(1))
    assert here(cast.asha, ticket).strip() == ""
    assert forget_presence(now=dt.datetime.now(dt.UTC)) == 1


def test_a_look_costs_two_queries_more_than_its_door(cast: Cast, ticket: Ticket) -> None:
    client = client_of(cast.sam)
    url = reverse("support:presence", args=[ticket.id])
    for who in (cast.asha, cast.sam):
        here(who, ticket)
    with CaptureQueriesContext(connection) as queries:
        client.post(url)
    own = [each["sql"] for each in queries if "support_presence" in each["sql"]]
    assert len(own) == 2
    assert len(queries) <= 10
