"""Files of mails that came with a form are kept by the chunk, across files, and nothing comes twice."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from quietmonday.outbox.models import OutboxItem
from quietmonday.post.models import InboxItem
from quietmonday.support.actions import importing
from quietmonday.support.actions.importing import keep_mail_file
from quietmonday.support.actions.uploads import HandedIn, keep_uploaded_mails
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def eml(number: int) -> bytes:
    return f"From: Nia <nia@oakhurst.example>\nSubject: Mail {number}\nMessage-ID: <{number}@x>\n\nHelp\n".encode()


def upload(*numbers: int, name: str = "old.mbox") -> SimpleUploadedFile:
    mails = (b"From nia@x Thu May  3 12:04:29 2012\n" + eml(number) + b"\n" for number in numbers)
    return SimpleUploadedFile(name, b"".join(mails))


def keep(cast: Cast, *uploads: SimpleUploadedFile) -> HandedIn:
    return keep_uploaded_mails(engagement=cast.engagement, uploads=uploads, now=NOW)


def test_many_mails_cost_the_queries_of_one_chunk(cast: Cast) -> None:
    counts = []
    for start, many in ((0, 1), (100, 3), (200, 80)):
        with CaptureQueriesContext(connection) as queries:
            kept = keep(cast, upload(*range(start, start + many)), upload(start + 99, name="one.mbox"))
        assert (kept.new, kept.before) == (many + 1, 0)
        counts.append(len([each for each in queries if "times: " not in each["sql"]]))
    assert counts[0] == counts[1] == counts[2]


def test_every_chunk_of_a_large_file_is_kept_and_waits_for_the_worker(cast: Cast) -> None:
    assert keep(cast, upload(*range(230))) == HandedIn(new=230)
    assert InboxItem.objects.filter(state="waiting", received_at=NOW).count() == 230
    assert InboxItem.objects.filter(name="old.mbox#230").exists()
    assert OutboxItem.objects.filter(topic="support.take_in", done_at=None).count() == 230


def test_a_mail_that_is_there_twice_or_was_here_is_counted_and_not_kept_again(cast: Cast) -> None:
    keep(cast, upload(1))
    kept = keep(cast, upload(1, 2, 2), upload(2, 3, name="more.mbox"), SimpleUploadedFile("empty.eml", b""))
    assert kept == HandedIn(new=2, before=3, unreadable=[("empty.eml", "the file is empty")])
    assert InboxItem.objects.count() == 3


def test_when_somebody_else_hands_in_the_same_at_once_each_is_found_or_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(**_given: Any) -> None:
        keep_mail_file(engagement=cast.engagement, name="theirs", data=eml(1), now=NOW)
        raise IntegrityError("the other one was quicker")

    monkeypatch.setattr(importing, "keep_many", too_late)
    files = [SimpleUploadedFile(f"{number}.eml", eml(number)) for number in (1, 2, 2)]
    assert keep(cast, *files) == HandedIn(new=1, before=2)
    assert sorted(InboxItem.objects.values_list("name", flat=True)) == ["2.eml", "theirs"]
