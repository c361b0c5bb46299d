"""Mailboxes of a real Dovecot: which folders are read, what happens after, and that nothing comes twice or is lost."""

import datetime as dt
import shutil
import time
from collections.abc import Iterator
from imaplib import IMAP4
from unittest import mock

import pytest
from imap_tools.utils import encode_folder

from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.post.jobs import imap, read_mailboxes, reading
from quietmonday.post.jobs.imap import Key, Place, Trouble
from quietmonday.post.jobs.reading import read_mailbox
from quietmonday.post.jobs.turns import is_due
from quietmonday.post.models import InboxItem, IntakeGap, Mailbox, MailboxFolder, RawBytes
from tests.cast import Cast
from tests.journeys.servers import PASSWORD, Dovecot, MailServers
from tests.support.scene import actor

pytestmark = [pytest.mark.imap, pytest.mark.django_db]
HELP = "help@fennimore.test"
NOW = dt.datetime(2026, 11, 17, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def dovecot(servers: MailServers) -> Iterator[Dovecot]:
    servers.empty()
    yield servers.dovecot
    servers.empty()


def connected(cast: Cast, dovecot: Dovecot, **more: object) -> Mailbox:
    given = {"supplier": cast.fennimore, "business": None, "address": HELP, "password": PASSWORD, "user": HELP, **more}
    return connect_mailbox(
        host="127.0.0.1", port=dovecot.port, security="none", actor=actor(cast.asha), now=NOW, **given
    )  # type: ignore[arg-type]  # given by name


def mail(name: str) -> bytes:
    return (
        f"From: dele@oakhurst.example\r\nTo: {HELP}\r\nSubject: {name}\r\nMessage-ID: <{name}@x>\r\n\r\nIt broke\r\n"
    ).encode()


def read(mailbox: Mailbox, now: dt.datetime = NOW) -> Mailbox:
    read_mailbox(Mailbox.objects.select_related("business", "supplier", "service").get(pk=mailbox.pk), now)
    return Mailbox.objects.get(pk=mailbox.pk)


def kept() -> list[str]:
    return sorted(bytes(raw).split(b"Subject: ")[1].split(b"\r")[0].decode() for raw in _raws())


def _raws() -> list[bytes]:
    return list(RawBytes.objects.values_list("data", flat=True))


def lying(dovecot: Dovecot, folder: str = "INBOX", criterion: str = "ALL") -> int:
    with dovecot.open(HELP) as client:
        if client.select(folder, readonly=True)[0] != "OK":
            return 0
        return len(client.search(None, criterion)[1][0].split())


def put_into(dovecot: Dovecot, folder: str, data: bytes) -> None:
    with dovecot.open(HELP) as client:
        client.create(encode_folder(folder))
        assert client.append(encode_folder(folder), "", "", data)[0] == "OK"


def test_what_is_new_comes_in_once_and_stays_as_it_is(cast: Cast, dovecot: Dovecot) -> None:
    mailbox = connected(cast, dovecot)
    for name in ("one", "two"):
        dovecot.deliver(HELP, mail(name))
    for _ in range(2):
        mailbox = read(mailbox)
    dovecot.deliver(HELP, mail("three"))
    read(mailbox)
    assert kept() == ["one", "three", "two"]
    assert (lying(dovecot), lying(dovecot, criterion="UNSEEN")) == (3, 3)
    assert (mailbox.last_ok_at, mailbox.last_error) == (NOW, "")


def test_several_folders_are_read_and_a_mail_in_two_of_them_comes_in_once(cast: Cast, dovecot: Dovecot) -> None:
    put_into(dovecot, "Büro", mail("office"))
    put_into(dovecot, "Büro", mail("both"))
    dovecot.deliver(HELP, mail("both"))
    put_into(dovecot, "Other", mail("not ours"))
    read(connected(cast, dovecot, folders=["INBOX", "Büro"]))
    assert kept() == ["both", "office"]


@pytest.mark.parametrize(
    ("after", "stays", "unseen", "moved"),
    [("leave", 2, 2, 0), ("seen", 2, 0, 0), ("move", 0, 0, 2), ("delete", 0, 0, 0)],
)
def test_what_happens_after(cast: Cast, dovecot: Dovecot, after: str, stays: int, unseen: int, moved: int) -> None:
    put_into(dovecot, "Done", mail("old"))
    mailbox = connected(cast, dovecot, after=after, after_folder="Done")
    for name in ("one", "two"):
        dovecot.deliver(HELP, mail(name))
    read(mailbox)
    assert kept() == ["one", "two"]
    assert (lying(dovecot), lying(dovecot, criterion="UNSEEN"), lying(dovecot, "Done") - 1) == (stays, unseen, moved)


def test_without_uidplus_and_move_nobody_elses_deleted_mails_are_removed(cast: Cast, dovecot: Dovecot) -> None:
    mailbox = connected(cast, dovecot, after="delete")
    dovecot.deliver(HELP, mail("ours"))
    read(mailbox)
    dovecot.deliver(HELP, mail("theirs"))
    with dovecot.open(HELP) as client:
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.append("INBOX", "", "", mail("new"))
    plain = ("IMAP4REV1", "IDLE")
    with mock.patch.object(imap, "_told", return_value=plain):
        read(mailbox)
    assert lying(dovecot) == 2  # marked, all of them
    assert lying(dovecot, criterion="DELETED") == 2


def test_a_mail_is_acted_on_only_once_it_is_kept(cast: Cast, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between keeping and moving, and between keeping and writing down how far we are."""
    mailbox = connected(cast, dovecot, after="delete")
    for name in ("one", "two", "three"):
        dovecot.deliver(HELP, mail(name))

    class Killed(BaseException):
        pass

    def kill_at(point: str, times: int) -> None:
        left = [times]

        def reached(here: str) -> None:
            left[0] -= here == point
            if here == point and left[0] == 0:
                assert lying(dovecot) == 3
                raise Killed

        monkeypatch.setattr(reading, "reached", reached)

    for point, times in (("post.read.after_keep", 2), ("post.read.before_mark", 1)):
        kill_at(point, times)
        with pytest.raises(Killed):
            read(mailbox)
    monkeypatch.setattr(reading, "reached", lambda point: None)
    read(mailbox)
    assert (kept(), lying(dovecot)) == (["one", "three", "two"], 0)


def test_killed_before_what_happens_after_it_happens_with_the_next_reading(
    cast: Cast, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = connected(cast, dovecot, after="seen")
    dovecot.deliver(HELP, mail("one"))
    with mock.patch.object(reading.imap, "mark_seen", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        read(mailbox)
    folder = MailboxFolder.objects.get()
    assert (folder.done_uid, folder.last_uid, lying(dovecot, criterion="UNSEEN")) == (0, 1, 1)
    dovecot.deliver(HELP, mail("two"))
    read(mailbox)
    folder.refresh_from_db()
    assert (folder.done_uid, folder.last_uid, lying(dovecot, criterion="UNSEEN")) == (2, 2, 0)


def test_where_mails_cannot_be_moved_they_come_in_all_the_same_and_the_page_says_so(
    cast: Cast, dovecot: Dovecot
) -> None:
    mailbox = connected(cast, dovecot, after="move", after_folder="Gone")
    dovecot.deliver(HELP, mail("one"))
    mailbox = read(mailbox)
    assert (kept(), lying(dovecot)) == (["one"], 1)
    assert (mailbox.after_error, mailbox.last_error) == (reading.NOWHERE_TO_MOVE, "")
    with dovecot.open(HELP) as client:
        client.create("Gone")
    mailbox = read(mailbox)
    assert (lying(dovecot), lying(dovecot, "Gone"), mailbox.after_error) == (0, 1, "")


def test_mails_from_before_stay_out_if_somebody_wants_it_so(cast: Cast, dovecot: Dovecot) -> None:
    now = dt.datetime.now(dt.UTC)
    with dovecot.open(HELP) as client:
        for name, at in (("old", now - dt.timedelta(days=9)), ("of this morning", now - dt.timedelta(hours=1))):
            client.append("INBOX", "", at, mail(name))  # type: ignore[arg-type]  # the stub knows no datetime with a zone
    mailbox = connected(cast, dovecot, since=now)
    read(mailbox)
    assert (kept(), MailboxFolder.objects.get().last_uid) == ([], 2)
    dovecot.deliver(HELP, mail("new"))
    read(mailbox)
    assert kept() == ["new"]


def test_a_mailbox_that_begins_anew_brings_nothing_twice_and_old_mails_are_not_moved(
    cast: Cast, dovecot: Dovecot
) -> None:
    mailbox = connected(cast, dovecot)
    for name in ("one", "two"):
        dovecot.deliver(HELP, mail(name))
    read(mailbox)
    before = MailboxFolder.objects.get().uid_validity
    Mailbox.objects.update(after="delete")
    shutil.rmtree(dovecot.folder / "mail" / HELP)
    time.sleep(1.1)  # its validity is the second in which it began
    for name in ("two", "one", "three"):
        dovecot.deliver(HELP, mail(name))
    read(mailbox)
    assert MailboxFolder.objects.get().uid_validity != before
    assert (kept(), lying(dovecot)) == (["one", "three", "two"], 2)


def test_a_mail_that_is_too_large_is_named_and_never_fetched_whole(
    cast: Cast, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (reading, reading.keep_raw.__globals__):
        if isinstance(module, dict):
            monkeypatch.setitem(module, "MAX_RAW_BYTES", 10_000)
        else:
            monkeypatch.setattr(module, "MAX_RAW_BYTES", 10_000)
    monkeypatch.setattr(reading, "HEAD", 500)
    mailbox = connected(cast, dovecot, after="delete")
    dovecot.deliver(HELP, mail("huge") + b"x" * 20_000)
    dovecot.deliver(HELP, mail("small"))
    read(mailbox)
    huge = InboxItem.objects.get(rule="too_large")
    assert (huge.state, huge.size > 20_000, kept()) == ("kept", True, ["small"])
    assert lying(dovecot) == 1  # what we do not have stays there


def test_more_than_a_turn_holds_comes_with_the_next(
    cast: Cast, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_A_TURN", 3)
    monkeypatch.setattr(reading, "BATCH", 2)
    mailbox = connected(cast, dovecot)
    for n in range(5):
        dovecot.deliver(HELP, mail(f"m{n}"))
    row = Mailbox.objects.get(pk=mailbox.pk)
    turns = [read_mailbox(row, NOW) for _ in range(2)]
    assert [(turn.kept, turn.more) for turn in turns] == [(3, True), (2, False)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "the server refused user or password"),
        ({"folders": ["Nowhere"]}, "there is no such folder"),
        ({"user": "héłp@x", "password": "pässword"}, "the server refused user or password"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_a_gap_opens(
    cast: Cast, dovecot: Dovecot, changes: dict[str, object], words: str
) -> None:
    mailbox = connected(cast, dovecot, **changes)
    mailbox = read(mailbox, NOW + MINUTE)
    assert (mailbox.last_error, IntakeGap.objects.count()) == (words, 0)
    mailbox = read(mailbox, NOW + 4 * MINUTE)
    assert [(gap.from_at, gap.until_at) for gap in IntakeGap.objects.all()] == [(NOW, None)]
    assert not is_due(mailbox, NOW + 4 * MINUTE)
    assert is_due(mailbox, NOW + 5 * MINUTE)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place("no-such-host.invalid", 993, "tls", HELP), "there is no server of this name"),
        (Place("127.0.0.1", 1, "none", HELP), "nothing listens at this port of the server"),
    ],
)
def test_a_server_that_is_not_there_is_said_in_words(place: Place, words: str) -> None:
    with pytest.raises(Trouble) as caught:
        imap.look(place, Key(PASSWORD), ["INBOX"])
    assert caught.value.words == words


def test_tls_is_spoken_and_checked(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    for security, port, words in (
        ("tls", dovecot.tls_port, "the server's certificate is not good"),
        ("tls", dovecot.port, "the server speaks no TLS at this port"),
        ("starttls", dovecot.port, "the server's certificate is not good"),
    ):
        with pytest.raises(Trouble) as caught:
            imap.look(Place("localhost", port, security, HELP), Key(PASSWORD), ["INBOX"])
        assert caught.value.words == words
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    for security, port in (("tls", dovecot.tls_port), ("starttls", dovecot.port)):
        looked = imap.look(Place("localhost", port, security, HELP), Key(PASSWORD), ["INBOX", "Gone"])
        assert (looked.folders, looked.missing, looked.can_wait) == (("INBOX",), ("Gone",), True)


def test_folders_that_are_missing_are_made_if_somebody_wants_it(dovecot: Dovecot) -> None:
    place = Place("127.0.0.1", dovecot.port, "none", HELP)
    looked = imap.look(place, Key(PASSWORD), ["INBOX", "Erledigt.Überall"], make=["INBOX", "Erledigt.Überall"])
    assert looked.missing == ()
    assert "Erledigt.Überall" in looked.folders or "Erledigt" in looked.folders


def test_each_mailbox_is_read_for_itself_and_none_twice_at_once(cast: Cast, dovecot: Dovecot) -> None:
    from quietmonday.outbox.models import OutboxItem

    first = connected(cast, dovecot)
    second = connected(cast, dovecot, address="other@fennimore.test", business=cast.oakhurst)
    paused = connected(cast, dovecot, address="paused@fennimore.test")
    handed = connected(cast, dovecot, address="handed@fennimore.test", way="handed")
    Mailbox.objects.filter(pk=paused.pk).update(paused_at=NOW)
    for _ in range(2):
        read_mailboxes({}, NOW)
    rows = OutboxItem.objects.filter(topic="post.read_mailbox").values_list("ids", flat=True)
    assert sorted(each["mailbox"] for each in rows) == sorted([str(first.id), str(second.id)])
    assert not handed.folders.exists()


def test_imaplib_is_as_we_think() -> None:
    """A refused sign-in with a token is an error of imaplib's own, and imap_tools lets it through."""
    assert not issubclass(IMAP4.error, OSError)
