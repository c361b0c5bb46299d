"""Mails taken in by the chunk become what they become one by one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.models import Entry
from quietmonday.kit.mail_files import RawMail, chunks_of
from quietmonday.outbox.models import OutboxItem
from quietmonday.people.models import Address
from quietmonday.post.models import InboxItem
from quietmonday.support.actions import intake_of_files
from quietmonday.support.actions.importing import keep_mail_file, take_in_mail_files
from quietmonday.support.actions.intake import take_in
from quietmonday.support.models import Attachment, Message, Ticket, TicketEngagement, Verdict
from tests.cast import Cast
from tests.journeys.mails import made_mails

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def mail(number: int, text: str = "Words", **headers: str) -> bytes:
    head = {
        "From": "Olga New <olga@client.example>",
        "Subject": f"Call {number}",
        "Message-ID": f"<odd-{number}@client.example>",
        "Date": "Mon, 16 Nov 2026 09:00:00 +0000",
        **headers,
    }
    return (
        "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in head.items()).encode() + f"\n{text}".encode()
    )


def odd_mails() -> list[bytes]:
    """What the chunk must decide as the single mail does: known and unknown people, threads, what is kept."""
    attached = (
        'Words\n\n--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/pdf; name="plan.pdf"\n'
        'Content-Disposition: attachment; filename="plan.pdf"\n\n%PDF-1.4 words\n--b--\n'
    )
    return [
        mail(1),
        mail(2, From="Dele <dele@oakhurst.example>"),
        mail(3, From="Sam <sam@fennimore.example>"),  # a supplier, about nothing
        mail(4, "We look at it.", From="Sam <sam@fennimore.example>", In_Reply_To="<odd-1@client.example>"),
        mail(5, "Thank you.", References="<odd-1@client.example> <odd-4@client.example>"),
        mail(6, "", In_Reply_To="<odd-1@client.example>"),  # says nothing
        mail(7).replace(b"From: Olga New <olga@client.example>\n", b""),
        mail(8, Date="nonsense"),
        mail(9, Message_ID="<odd-1@client.example>"),  # seen before
        mail(10, Auto_Submitted="auto-replied"),
        mail(11, attached, MIME_Version="1.0", Content_Type='multipart/mixed; boundary="b"'),
        mail(12, To="help+r.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@fennimore.example"),  # forged
        mail(13, "Again", In_Reply_To="<odd-12@client.example>"),
    ]


def what_came_of_it() -> dict[str, Any]:
    entries = Entry.objects.exclude(verb__startswith="person").order_by("chain", "seq").select_related("payload")
    numbers = dict(Ticket.objects.values_list("id", "work_item__number"))
    return {
        "tickets": list(
            Ticket.objects.order_by("work_item__number").values_list(
                *("work_item__number", "work_item__opened_at", "work_item__closed_at", "subject", "source", "kind"),
                *("requester__name", "reported_at", "opened_at", "state", "move", "priority", "next_word_by"),
                *("respond_by", "restore_by", "attention_at", "resolved_at"),
            )
        ),
        "parties": sorted(
            (numbers[ticket], str(engagement), since)
            for ticket, engagement, since in TicketEngagement.objects.values_list("ticket", "engagement", "since")
        ),
        "messages": list(
            Message.objects.order_by("ticket__work_item__number", "occurred_at", "rfc_id").values_list(
                *("ticket__work_item__number", "side", "supplier__name", "public", "automatic", "channel"),
                *("author__name", "author_name", "text", "quoted", "occurred_at", "recorded_at", "clock_quality"),
                *("verified", "rfc_id", "inbox_item__name"),
            )
        ),
        "files": sorted(Attachment.objects.values_list("message__rfc_id", "name", "file__sha256")),
        "verdicts": [
            (number, quick, effective, findings["quick"]["rule"], findings["effective"]["rule"], inputs["hours"])
            for number, quick, effective, findings, inputs in Verdict.objects.order_by(
                "ticket__work_item__number"
            ).values_list("ticket__work_item__number", "quick", "effective", "findings", "inputs")
        ],
        "items": [
            (name, state, rule, params, sender, subject, looked_at, numbers.get(outcome), asks_at)
            for name, state, rule, params, sender, subject, looked_at, outcome, asks_at in InboxItem.objects.order_by(
                "name"
            ).values_list("name", "state", "rule", "params", "sender", "subject", "looked_at", "outcome_id", "asks_at")
        ],
        "people": sorted(Address.objects.values_list("email", "person__name", "business__name")),
        "entries": sorted((_entry(entry, numbers) for entry in entries), key=repr),
    }


def _entry(entry: Entry, numbers: dict[Any, int]) -> tuple[Any, ...]:
    body = {name: value for name, value in entry.payload.body.items() if name != "message"}
    about = numbers.get(entry.subject_id)
    return entry.verb, entry.actor_kind, entry.payload.actor_name, entry.occurred_at, entry.clock_quality, about, body


def rolled_back(what: Callable[[], object]) -> dict[str, Any]:
    with transaction.atomic():
        what()
        found = what_came_of_it()
        transaction.set_rollback(True)
    return found


def one_by_one(cast: Cast, raws: list[RawMail]) -> None:
    for raw in raws:
        assert raw.raw is not None
        item, _new = keep_mail_file(engagement=cast.engagement, name=raw.name, data=raw.raw, now=NOW)
        take_in(item_id=item.id, now=NOW)


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_chunk_of_mails_becomes_what_they_become_one_by_one(cast: Cast, size: int) -> None:
    mails = [*made_mails(30, seed=5), *odd_mails()]
    raws = [RawMail(f"m{number:03}", data) for number, data in enumerate(mails)]

    def in_chunks() -> None:
        for start in range(0, len(raws), size):
            take_in_mail_files(engagement=cast.engagement, mails=raws[start : start + size], now=NOW)

    alone, together = rolled_back(lambda: one_by_one(cast, raws)), rolled_back(in_chunks)
    # Answers to tickets of before the chunk are written after its new ones; nothing else depends on the order.
    for part, rows in alone.items():
        missing = [row for row in rows if row not in together[part]]
        more = [row for row in together[part] if row not in rows]
        assert (missing, more) == ([], []), part
        assert len(rows) == len(together[part]), part
    assert {rule for _name, _state, rule, *_rest in alone["items"]} >= {
        *("new", "thread", "from_supplier", "nothing_said", "seen_before"),
        *("auto_reply", "forged_reply"),
    }


def test_a_second_run_changes_nothing_and_nothing_is_left_for_the_worker(cast: Cast) -> None:
    raws = [RawMail(f"m{number}", data) for number, data in enumerate(odd_mails())]
    first = take_in_mail_files(engagement=cast.engagement, mails=raws, now=NOW)
    before = what_came_of_it()
    again = take_in_mail_files(engagement=cast.engagement, mails=raws, now=NOW + dt.timedelta(hours=1))
    assert [taken.item.id for taken in again] == [taken.item.id for taken in first]
    assert all(taken.before for taken in again)
    assert what_came_of_it() == before
    assert not OutboxItem.objects.filter(topic="support.take_in", done_at=None).exists()


def test_what_was_kept_and_not_looked_at_is_looked_at_next_time(cast: Cast) -> None:
    raw = RawMail("one", mail(1))
    assert raw.raw is not None
    keep_mail_file(engagement=cast.engagement, name=raw.name, data=raw.raw, now=NOW)
    [taken] = take_in_mail_files(engagement=cast.engagement, mails=[raw], now=NOW)
    assert (taken.before, taken.item.state) == (False, "taken")


def test_a_chunk_that_cannot_be_written_is_taken_in_one_by_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise ValueError("a row that nobody foresaw")

    monkeypatch.setattr(intake_of_files, "append_many", refuse)
    raws = [RawMail(f"m{number}", mail(number)) for number in (1, 2)]
    taken = take_in_mail_files(engagement=cast.engagement, mails=raws, now=NOW)
    assert [each.item.state for each in taken] == ["taken", "taken"]
    assert Ticket.objects.count() == 2


def test_a_chunk_costs_the_same_queries_whatever_it_holds(cast: Cast) -> None:
    counts = []
    for size in (1, 4, 40):  # the first begins what a business has once: its numbers, its chain
        raws = [RawMail(f"{size}-{n}", mail(size * 1000 + n)) for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            take_in_mail_files(engagement=cast.engagement, mails=raws, now=NOW)
        counts.append(len({re.sub(r"^[0-9]+ times: ", "", query["sql"])[:70] for query in queries}))
    assert counts[1] == counts[2] <= 45


def test_chunks_are_bounded_by_number_and_by_bytes() -> None:
    mails = [RawMail(str(n), b"x" * size) for n, size in enumerate([3_000_000, 3_000_000, 3_000_000, 9_000_000, 1])]
    assert [[each.name for each in chunk] for chunk in chunks_of(mails)] == [["0", "1"], ["2"], ["3"], ["4"]]
    assert [len(chunk) for chunk in chunks_of(RawMail("m", b"x") for _ in range(250))] == [100, 100, 50]
