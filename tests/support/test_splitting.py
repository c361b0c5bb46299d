"""Some of what was said is another matter: it becomes a request of its own, and no call gets better by it."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.erasing import ASKED_FOR
from quietmonday.post.actions.files import store_file
from quietmonday.support.actions.calling_in import involve
from quietmonday.support.actions.erasing import erase_message
from quietmonday.support.actions.linking import CannotLink, unlink
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.splitting import split_off
from quietmonday.support.actions.statements import freeze_statement
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.logic import judged
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.headline import Group
from quietmonday.support.logic.stated import count_rows
from quietmonday.support.logic.verdict_json import verdict_as_json
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import Message, Ticket, TicketLink, Verdict
from quietmonday.support.queries.told import words_as_told
from tests.cast import Cast
from tests.support.mailed import tell_all, told
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
NEXT = TUESDAY + dt.timedelta(days=1)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Dele asks about scanners, Sam answers, Dele adds a printer."""
    ticket = asked(cast, "Scanners lose Wi-Fi")
    answered(cast, ticket, "On it", at=TUESDAY + HOUR)
    wrote(ticket, cast.dele, "The printer is blank too", at=TUESDAY + 2 * HOUR)
    return ticket


def said(ticket: Ticket, *texts: str) -> list[Message]:
    return [Message.objects.get(ticket=ticket, text=text) for text in texts]


def sides(ticket: Ticket) -> list[str]:
    """Return who speaks in what the verdict was computed from."""
    return [m.side.value for m in facts_from_json(Verdict.objects.get(ticket=ticket).inputs).messages]


def split(cast: Cast, ticket: Ticket, *texts: str, at: dt.datetime = NEXT) -> Ticket:
    messages = said(ticket, *texts)
    return split_off(ticket=ticket, messages=messages, subject="Printer", actor=actor(cast.sam), now=at)


def test_what_is_chosen_becomes_a_request_that_began_when_it_was_said(cast: Cast, ticket: Ticket) -> None:
    new = split(cast, ticket, "The printer is blank too")
    assert (new.subject, new.requester, new.work_item.number) == ("Printer", cast.dele.person, 2)
    assert (new.reported_at, new.opened_at) == (TUESDAY + 2 * HOUR, TUESDAY + 2 * HOUR)
    copy = Message.objects.get(ticket=new)
    assert (copy.text, copy.author, copy.occurred_at) == (
        "The printer is blank too",
        cast.dele.person,
        TUESDAY + 2 * HOUR,
    )
    assert copy.copy_of == said(ticket, "The printer is blank too")[0]  # which stays where it was
    link = TicketLink.objects.get()
    assert (link.one, link.other, link.kind) == (new, ticket, "split_from")
    page = client_of(cast.dele).get(f"/requests/{new.id}/").content.decode()
    assert "Was split off from request" in page
    assert not list(words_as_told(cast.oakhurst.id))


def test_an_answer_that_came_along_counts_and_one_that_did_not_does_not(cast: Cast, ticket: Ticket) -> None:
    answered(cast, ticket, "New toner comes", at=TUESDAY + 3 * HOUR)
    alone = split(cast, ticket, "The printer is blank too")
    assert sides(alone) == ["customer"]
    wrote(ticket, cast.dele, "And the door", at=TUESDAY + 4 * HOUR)
    answered(cast, ticket, "Door tomorrow", at=TUESDAY + 5 * HOUR)
    both = split(cast, ticket, "And the door", "Door tomorrow")
    assert sides(both) == ["customer", "supplier"]
    both.refresh_from_db()
    assert both.respond_by is None


def test_its_requester_is_told_its_number_and_files_come_along(cast: Cast) -> None:
    file = store_file(business=cast.oakhurst, data=b"blank", now=TUESDAY)
    ticket = asked(cast, "Scanners", files=[("page.txt", file)])
    wrote(ticket, cast.bill, "Printer", at=TUESDAY + HOUR)
    tell_all(TUESDAY)
    new = split(cast, ticket, "Scanners")
    assert [each.name for each in Message.objects.get(ticket=new).attachments.all()] == ["page.txt"]
    assert told(NEXT) == ["asha@fennimore.example", "dele@oakhurst.example"]


def test_notes_that_came_along_stay_notes(cast: Cast, ticket: Ticket) -> None:
    note_for_colleagues(
        ticket=ticket, words=words(cast.sam, "They kicked it", NEXT), supplier_id=cast.fennimore.id,
        actor=actor(cast.sam), now=NEXT,
    )  # fmt: skip
    new = split(cast, ticket, "The printer is blank too", "They kicked it")
    assert "They kicked it" in client_of(cast.sam).get(f"/requests/{new.id}/").content.decode()
    assert "They kicked it" not in client_of(cast.dele).get(f"/requests/{new.id}/").content.decode()
    assert not list(words_as_told(cast.oakhurst.id))


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        (["On it"], "nothing"),
        ([], "nothing"),
        (["Scanners lose Wi-Fi", "The printer is blank too"], "all"),
    ],
)
def test_what_cannot_be_split_off(cast: Cast, ticket: Ticket, texts: list[str], rule: str) -> None:
    with pytest.raises(CannotLink) as why:
        split(cast, ticket, *texts)
    assert (why.value.rule, Ticket.objects.count()) == (rule, 1)


def test_the_same_words_become_a_request_once(cast: Cast, ticket: Ticket) -> None:
    split(cast, ticket, "The printer is blank too")
    with pytest.raises(CannotLink) as why:
        split(cast, ticket, "The printer is blank too")
    assert why.value.rule == "split_already"


def test_what_was_erased_cannot_be_split_off_and_an_erasure_reaches_the_copies(cast: Cast, ticket: Ticket) -> None:
    new = split(cast, ticket, "The printer is blank too")
    original = said(ticket, "The printer is blank too")[0]
    erase_message(message=Message.objects.get(ticket=new), actor=actor(cast.ruth), reason=ASKED_FOR, now=NEXT)
    original.refresh_from_db()
    assert (original.text, original.erased_at) == ("", NEXT)
    with pytest.raises(CannotLink) as why:
        split_off(ticket=ticket, messages=[original], subject="x", actor=SYSTEM, now=NEXT)
    assert why.value.rule == "gone"
    assert not list(words_as_told(cast.oakhurst.id))


def test_a_supplier_that_does_not_see_the_words_does_not_come_along(cast: Cast, ticket: Ticket) -> None:
    involve(ticket=ticket, engagement=cast.line_engagement, sees_all=False, actor=actor(cast.ruth), now=NEXT)
    new = split(cast, ticket, "The printer is blank too", at=NEXT + HOUR)
    assert client_of(cast.ines).get(f"/requests/{new.id}/").status_code == 404
    assert "Printer" not in client_of(cast.ines).get(f"/requests/{ticket.id}/").content.decode()


def test_a_split_is_not_undone_by_ending_its_link(cast: Cast, ticket: Ticket) -> None:
    split(cast, ticket, "The printer is blank too")
    with pytest.raises(CannotLink):
        unlink(row=TicketLink.objects.get(), actor=actor(cast.sam), now=NEXT)
    url = f"/requests/{ticket.id}/links/{TicketLink.objects.get().id}/end/"
    assert client_of(cast.sam).post(url).status_code == 403


def test_a_week_counts_what_was_split_as_one_call_as_bad_as_its_worst(cast: Cast, ticket: Ticket) -> None:
    new = split(cast, ticket, "The printer is blank too")
    resolve(ticket=new, kind="fixed", actor=actor(cast.sam), now=NEXT)
    week = freeze_statement(
        engagement=cast.engagement, week=week_from_key("2026-W47"), kind="provisional",
        now=dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC),
    )  # fmt: skip
    assert [row.get("with") for row in week.rows] == [None, str(ticket.id)]
    assert week.headline[0] == {"rule": "H.asked", "params": {"n": 1, "case": "last_week"}}


def test_rows_that_belong_together_count_once_by_the_worst_of_them() -> None:
    def row(ref: str, effective: str, rule: str, whole: str = "") -> dict[str, object]:
        quick = verdict_as_json(judged.Verdict(judged.Value.YES, "Q6", {}, ()))
        lasting = verdict_as_json(judged.Verdict(judged.Value(effective), rule, {}, ()))
        return {"id": ref, "quick": quick, "effective": lasting, **({"with": whole} if whole else {})}

    rows = [row("a", "yes", "E5"), row("b", "no", "E1", "a"), row("c", "yes", "E5"), row("d", "yes", "E5", "z")]
    counts = {group: n for group, n in count_rows(rows).items() if n}
    assert counts == {Group.FAILED: 1, Group.GOOD: 2}  # d's first part is of another week


@pytest.mark.parametrize(("who", "status"), [("ruth", 303), ("sam", 303), ("dele", 403), ("bill", 404), ("ines", 404)])
def test_who_may_split(cast: Cast, ticket: Ticket, who: str, status: int) -> None:
    [message] = said(ticket, "The printer is blank too")
    form = {"subject": "Printer", "messages": [str(message.id)]}
    assert client_of(getattr(cast, who)).post(f"/requests/{ticket.id}/split/", form).status_code == status
    assert Ticket.objects.count() == (2 if status == 303 else 1)


def test_the_page_says_what_is_wrong_and_keeps_what_was_chosen(cast: Cast, ticket: Ticket) -> None:
    [message] = said(ticket, "On it")
    url = f"/requests/{ticket.id}/split/"
    page = client_of(cast.sam).post(url, {"subject": "Printer", "messages": [str(message.id)]})
    assert page.status_code == 422
    assert "Choose at least one message in which the client asks for something." in page.content.decode()
    assert f'value="{message.id}" checked' in page.content.decode()
    foreign = Message.objects.get(ticket=asked(cast, "Other", by=cast.bill))
    page = client_of(cast.sam).post(url, {"subject": "x", "messages": [str(foreign.id)]})
    assert "not there any more" in page.content.decode()
