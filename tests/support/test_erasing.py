"""What was said is erased, by wish or because its time is over; what stays goes on being proven."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from quietmonday.journal.logic.verification import NOTES
from quietmonday.journal.models import Chain
from quietmonday.journal.queries import check_chain
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.keeping import kinds
from quietmonday.people.actions import keeping
from quietmonday.people.actions.keeping import let_go_of_what_is_over, set_period
from quietmonday.post.actions.erasing import erase_files
from quietmonday.post.actions.files import FileErased, place_of, store_file
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.models import File, InboxItem, RawBytes
from quietmonday.support.actions import erasing
from quietmonday.support.actions.answering import dispute
from quietmonday.support.actions.erasing import erase_message, erase_words
from quietmonday.support.actions.intake import take_in
from quietmonday.support.actions.settling import reopen, resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.models import Attachment, Message, SheetRow, Ticket, Verdict
from quietmonday.support.queries.erasing import files_nobody_needs
from quietmonday.support.queries.told import words_as_told
from tests.cast import Cast
from tests.journeys.screens.logs import make_logs
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
LATER = TUESDAY + dt.timedelta(days=400)
KINDS = {kind.name: kind for kind in kinds()}

MAIL = b"""\
From: Dele Adeyemi <dele@oakhurst.example>
To: help@fennimore.example
Subject: markmailx
Message-ID: <1@oakhurst.example>
Date: Tue, 17 Nov 2026 09:20:00 +0000
Content-Type: text/plain

The password is markmailx.
"""


def everything() -> Iterator[tuple[str, str]]:
    """Yield (table.column, text) of every value in every table of ours, raw bytes included."""
    for model in apps.get_models():
        if not model.__module__.startswith("quietmonday."):
            continue
        for field in model._meta.concrete_fields:
            for value in model._base_manager.values_list(field.attname, flat=True):
                if isinstance(value, bytes | memoryview):
                    yield f"{model.__name__}.{field.name}", bytes(value).decode(errors="replace")
                else:
                    plain = isinstance(field, models.JSONField)
                    yield (
                        f"{model.__name__}.{field.name}",
                        json.dumps(value, ensure_ascii=False) if plain else str(value),
                    )


def places_of(mark: str) -> set[str]:
    """Return where a word still stands."""
    return {place for place, text in everything() if mark in text}


def damage() -> list[str]:
    return [f.rule for chain in Chain.objects.all() for f in check_chain(chain) if f.rule not in NOTES]


def mailed(cast: Cast) -> InboxItem:
    """Dele's mail came in an hour ago, to a file of Fennimore's."""
    item, _new = keep_raw(
        data=MAIL, source="file", origin="file:1", now=TUESDAY, business=cast.oakhurst, supplier=cast.fennimore,
        params={"engagement": str(cast.engagement.pk)},
    )  # fmt: skip
    return take_in(item_id=item.pk, now=TUESDAY)


def settled(cast: Cast, text: str = "markfirstx is broken", at: dt.datetime = TUESDAY) -> Ticket:
    """A request with words of every sort, settled two hours later."""
    file = store_file(business=cast.oakhurst, data=b"markfilex", now=at)
    ticket = asked(cast, text, at=at, files=[("marknamex.txt", file)])
    answered(cast, ticket, "markanswerx", at=at + HOUR)
    note_for_colleagues(
        ticket=ticket, words=words(cast.sam, "marknotex", at + HOUR), supplier_id=cast.fennimore.id,
        actor=actor(cast.sam), now=at + HOUR,
    )  # fmt: skip
    resolve(ticket=ticket, kind="fixed", note="markendx", actor=actor(cast.sam), now=at + 2 * HOUR)
    reopen(ticket=ticket, note="markagainx", actor=actor(cast.dele), now=at + 3 * HOUR)
    resolve(ticket=ticket, kind="fixed", note="markendx", actor=actor(cast.sam), now=at + 4 * HOUR)
    dispute(ticket=ticket, about="quick", note="markdisputex", actor=actor(cast.sam), now=at + 5 * HOUR)
    return Ticket.objects.get(pk=ticket.pk)


def test_one_message_goes_everywhere_and_nothing_else_does(cast: Cast) -> None:
    item = mailed(cast)
    ticket = Ticket.objects.get(pk=item.outcome_id)
    other = wrote(ticket, cast.dele, "markkeptx", at=TUESDAY + HOUR)
    message = Message.objects.get(inbox_item=item)
    assert places_of("markmailx") >= {"Message.text", "RawBytes.data", "Payload.body", "Ticket.subject"}
    verdict = Verdict.objects.get(ticket=ticket)
    erase_message(message=message, actor=actor(cast.ruth), reason="a password", now=TUESDAY + 2 * HOUR)
    # Its subject was its own and not its first words: a name by which people find the request.
    assert places_of("markmailx") == {"Ticket.subject", "Payload.body"}
    other.refresh_from_db()
    assert (other.text, other.erased_at) == ("markkeptx", None)
    message.refresh_from_db()
    assert (message.text, message.erased_by) == ("", "Ruth Okafor")
    assert Verdict.objects.get(pk=verdict.pk).findings == Verdict.objects.get(ticket=ticket).findings
    assert damage() == []
    again = erase_message(message=message, actor=actor(cast.maria), reason="again", now=LATER)
    assert again.erased_by == "Ruth Okafor"


def test_a_request_called_by_its_first_words_loses_that_name_too(cast: Cast) -> None:
    ticket = asked(cast, "markfirstx is the password")
    erase_message(message=Message.objects.get(), actor=actor(cast.ruth), reason="wish", now=TUESDAY + HOUR)
    ticket.refresh_from_db()
    assert ticket.subject == "Erased"
    assert places_of("markfirstx") == set()
    assert damage() == []


def test_all_words_of_a_request_go_and_its_verdict_stays(cast: Cast) -> None:
    ticket, other = settled(cast), settled(cast, "markotherx")
    before = Verdict.objects.get(ticket=ticket)
    path = place_of(cast.oakhurst.pk, File.objects.get().sha256)
    erase_words(
        tickets=[ticket.pk], business=cast.oakhurst, actor=actor(cast.ruth), reason="wish", now=TUESDAY + 9 * HOUR
    )
    own = {mark for mark in ("markfirstx",) if places_of(mark)}
    assert own == set()
    after = Verdict.objects.get(ticket=ticket)
    assert (after.quick, after.effective, after.computed_at) == (before.quick, before.effective, before.computed_at)
    assert "markdisputex" not in json.dumps(after.inputs)
    assert not Message.objects.filter(ticket=ticket).exclude(text="", quoted="").exists()
    assert Message.objects.filter(ticket=other).exclude(text="").count() == 3
    assert path.exists()  # the other request came with the same file
    assert damage() == []
    erase_words(tickets=[other.pk], business=cast.oakhurst, actor=SYSTEM, reason="wish", now=TUESDAY + 9 * HOUR)
    marks = ("otherx", "answerx", "notex", "endx", "againx", "disputex", "namex")
    assert {mark: places_of(f"mark{mark}") for mark in marks} == {mark: set() for mark in marks}
    assert damage() == []


@pytest.mark.django_db(transaction=True)
def test_bytes_of_a_file_go_with_the_last_that_needs_them_and_may_come_again(cast: Cast) -> None:
    first, second = settled(cast), settled(cast)
    path = place_of(cast.oakhurst.pk, File.objects.get().sha256)
    erase_words(tickets=[first.pk], business=cast.oakhurst, actor=SYSTEM, reason="wish", now=LATER)
    assert path.exists()
    erase_words(tickets=[second.pk], business=cast.oakhurst, actor=SYSTEM, reason="wish", now=LATER)
    assert not path.exists() and File.objects.get().erased_at == LATER
    file = store_file(business=cast.oakhurst, data=b"markfilex", now=LATER)
    assert path.read_bytes() == b"markfilex" and File.objects.get(pk=file.pk).erased_at is None


def test_what_is_over_is_let_go_of_once_and_the_journal_says_how_much(cast: Cast) -> None:
    old, young = settled(cast), settled(cast, "markyoungx", at=LATER - dt.timedelta(days=20))
    still_open = asked(cast, "markopenx")
    set_period(business=cast.oakhurst, kind=KINDS["words"], months=12, actor=actor(cast.ruth), now=LATER)
    assert KINDS["words"].due(cast.oakhurst.pk, LATER - dt.timedelta(days=365)) == 1
    assert let_go_of_what_is_over(now=LATER) == {"words": 1}
    assert places_of("markfirstx") == set()
    assert places_of("markyoungx") and places_of("markopenx")
    assert let_go_of_what_is_over(now=LATER) == {"words": 0}
    for ticket, erased in ((old, True), (young, False), (still_open, False)):
        ticket.refresh_from_db()
        assert (ticket.words_erased_at is not None) is erased
    assert damage() == []


def test_mails_files_and_logs_have_periods_of_their_own(cast: Cast) -> None:
    item = mailed(cast)
    ticket = Ticket.objects.get(pk=item.outcome_id)
    resolve(ticket=ticket, kind="fixed", note="", actor=actor(cast.sam), now=TUESDAY + HOUR)
    settled(cast)
    for kind in ("raw_mail", "files"):
        set_period(business=cast.oakhurst, kind=KINDS[kind], months=12, actor=actor(cast.ruth), now=LATER)
    assert let_go_of_what_is_over(now=LATER) == {"files": 1, "raw_mail": 1}
    assert not RawBytes.objects.exists()
    item.refresh_from_db()
    assert (item.sender, item.subject, item.outcome_id) == ("", "", ticket.pk)
    assert Message.objects.get(inbox_item=item).text.startswith("The password")
    assert Attachment.objects.get().erased_at == LATER
    # The same mail again is known, and does not become a second request.
    _item, new = keep_raw(data=MAIL, source="file", origin="file:1", now=LATER, business=cast.oakhurst)
    assert not new
    assert client_of(cast.ruth).get(reverse("support:ticket", args=[ticket.pk])).status_code == 200


def test_the_owner_erases_on_the_page_and_nobody_else(cast: Cast) -> None:
    ticket = settled(cast)
    message = Message.objects.filter(ticket=ticket).earliest("occurred_at")
    url = reverse("support:erase_message", args=[message.pk])
    page = client_of(cast.ruth).get(reverse("support:ticket", args=[ticket.pk])).content.decode()
    assert url in page and reverse("support:erase_words", args=[ticket.pk]) in page
    for other in (cast.maria, cast.dele, cast.sam, cast.asha, cast.jo):
        assert client_of(other).post(url).status_code == 404
        assert url not in client_of(other).get(reverse("support:ticket", args=[ticket.pk])).content.decode()
    assert "markfirstx" in client_of(cast.ruth).get(url).content.decode()
    assert client_of(cast.ruth).post(url).status_code == 303
    page = client_of(cast.ruth).get(reverse("support:ticket", args=[ticket.pk])).content.decode()
    assert "markfirstx" not in page and "What stood here was erased by Ruth Okafor" in page
    assert client_of(cast.ruth).post(url).status_code == 404  # there is nothing left to erase
    note = Message.objects.get(ticket=ticket, public=False)
    assert client_of(cast.ruth).get(reverse("support:erase_message", args=[note.pk])).status_code == 404


def test_an_open_request_keeps_its_words(cast: Cast) -> None:
    ticket = asked(cast)
    assert client_of(cast.ruth).post(reverse("support:erase_words", args=[ticket.pk])).status_code == 404


def test_the_figures_of_a_service_desk_stay_and_the_words_of_a_log_go(cast: Cast) -> None:
    make_logs(cast)
    desk = SheetRow.objects.filter(stated__has_key="source").latest("pk")
    plain = SheetRow.objects.exclude(stated__has_key="source").latest("pk")
    SheetRow.objects.filter(pk=plain.pk).update(stated={"room": "markroomx"})
    erase_words(
        tickets=[desk.ticket_id, plain.ticket_id], business=cast.oakhurst, actor=SYSTEM, reason="wish", now=LATER
    )
    before = desk.stated
    desk.refresh_from_db()
    assert desk.stated == before != {}
    assert places_of("markroomx") == set()


def test_a_log_whose_file_is_gone_says_so(cast: Cast) -> None:
    ruth = client_of(cast.ruth)
    sheet = SimpleUploadedFile("calls.csv", b"Date;Who;What;Done\n2026-11-02;Dele;It broke;2026-11-02\n")
    posted = ruth.post(reverse("support:sheets"), {"engagement": cast.engagement.pk, "sheet": sheet})
    draft = posted["Location"]
    now = dt.datetime.now(dt.UTC)
    set_period(business=cast.oakhurst, kind=KINDS["logs"], months=1, actor=actor(cast.ruth), now=now)
    assert let_go_of_what_is_over(now=now + dt.timedelta(days=40)) == {"logs": 1}
    answer = ruth.get(draft)
    assert answer.status_code in {200, 422} and "was erased" in answer.content.decode()


def test_a_file_that_is_erased_while_a_message_is_about_to_hold_it_is_asked_for_again(cast: Cast) -> None:
    file = store_file(business=cast.oakhurst, data=b"markfilex", now=TUESDAY)
    File.objects.update(erased_at=TUESDAY)  # an erasure came between the file and the message
    with pytest.raises(FileErased, match="send it again"):
        asked(cast, "Look", files=[("plan.pdf", file)])
    assert Ticket.objects.count() == 0
    asked(cast, "Look", files=[("plan.pdf", store_file(business=cast.oakhurst, data=b"markfilex", now=LATER))])
    assert File.objects.get().erased_at is None


def test_a_file_that_came_with_another_message_meanwhile_is_not_erased(cast: Cast) -> None:
    file = store_file(business=cast.oakhurst, data=b"markfilex", now=TUESDAY)
    asked(cast, "Look", files=[("plan.pdf", file)])
    erase_files(files=[file.pk], unneeded=files_nobody_needs, now=LATER)
    assert File.objects.get().erased_at is None and place_of(cast.oakhurst.pk, file.sha256).exists()


def test_letting_go_that_is_cut_off_after_a_portion_goes_on_at_the_next_run(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [settled(cast) for _ in range(3)]
    set_period(business=cast.oakhurst, kind=KINDS["words"], months=12, actor=actor(cast.ruth), now=LATER)
    monkeypatch.setattr(erasing, "AT_ONCE", 1)

    def cut(point: str) -> None:
        raise KeyboardInterrupt(point)

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "reached", cut)
        with pytest.raises(KeyboardInterrupt, match="after_portion"):
            let_go_of_what_is_over(now=LATER)
    assert Ticket.objects.filter(words_erased_at=LATER).count() == 1
    assert let_go_of_what_is_over(now=LATER) == {"words": 2}
    assert Ticket.objects.filter(words_erased_at=LATER).count() == len(tickets)
    assert places_of("markfirstx") == set() and damage() == []
    assert list(words_as_told(cast.oakhurst.pk)) == []
