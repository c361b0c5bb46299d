"""Speaking with a mail server: connecting, signing in, looking, and what went wrong in words."""

from __future__ import annotations

import contextlib
import datetime as dt
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from quietmonday.kit.envelope import SecretUnreadable
from quietmonday.kit.sentences import gettext_noop
from quietmonday.post.logic.tokens import xoauth2

TIMEOUT = 20

LOGIN_REFUSED = gettext_noop("the server refused user or password")
TOKEN_REFUSED = gettext_noop("the server refused the sign-in: may this account be read over IMAP?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mailbox is, and as whom we sign in there."""

    host: str
    port: int
    security: str
    user: str


@dataclass(frozen=True, slots=True)
class Key:
    """What we sign in with: a password, or a token."""

    secret: str
    is_token: bool = False


class Trouble(Exception):
    """The mailbox cannot be read; `words` is a message id that says why. `refused`: we were not let in."""

    def __init__(self, words: str, *, refused: bool = False) -> None:
        super().__init__(words)
        self.words, self.refused = words, refused


@contextlib.contextmanager
def opened(place: Place, key: Key) -> Iterator[BaseMailBox]:
    """Give a connection that is signed in; whatever goes wrong with it, inside too, becomes Trouble."""
    try:
        client = _connection(place)
        try:
            _sign_in(client, place.user, key)
            yield client
        finally:
            with contextlib.suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                client.logout()
    except ANY as error:
        # Only the kind of error: a server's answer may repeat what we sent it.
        raise Trouble(in_words(error), refused=False) from None


ANY = (ImapToolsError, imaplib.IMAP4.error, OSError, SecretUnreadable)


def _connection(place: Place) -> BaseMailBox:
    if place.security == "tls":
        return MailBox(place.host, place.port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    if place.security == "starttls":
        return MailBoxStartTls(place.host, place.port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(place.host, place.port, timeout=TIMEOUT)


def _sign_in(client: BaseMailBox, user: str, key: Key) -> None:
    """Sign in; raise Trouble (refused) if the server says no."""
    try:
        if key.is_token:
            said = [xoauth2(user, key.secret), b""]  # a refusal comes as a question, and wants an empty answer
            client.client.authenticate("XOAUTH2", lambda _: said.pop(0) if said else b"")
        elif key.secret.isascii() and user.isascii():
            client.login(user, key.secret, initial_folder=None)
        else:
            client.login_utf8(user, key.secret, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (ImapToolsError, imaplib.IMAP4.error, ValueError):  # ValueError: a name that cannot be said
        raise Trouble(TOKEN_REFUSED if key.is_token else LOGIN_REFUSED, refused=True) from None
    client.client.capabilities = _told(client)


def _told(client: BaseMailBox) -> tuple[str, ...]:
    """Return what the server can do; it may say more to who is signed in."""
    _, said = client.client.capability()
    return tuple(said[-1].decode("ascii", "replace").upper().split())


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a mailbox found: its folders, and of the wanted ones those that are missing."""

    folders: tuple[str, ...]
    missing: tuple[str, ...]
    can_wait: bool  # the server says at once when something comes (IDLE)


def look(place: Place, key: Key, wanted: Sequence[str], make: Sequence[str] = ()) -> Looked:
    """Sign in, make the folders that are to be made, and look which there are. Raises Trouble."""
    with opened(place, key) as client:
        for name in make:
            if not client.folder.exists(name):
                client.folder.create(name)
        found = [each.name for each in client.folder.list() if "\\Noselect" not in each.flags]
        missing = [name for name in wanted if not _is_there(client, name, found)]
        return Looked(tuple(sorted(found, key=_inbox_first)), tuple(missing), "IDLE" in client.client.capabilities)


def _inbox_first(name: str) -> tuple[bool, str]:
    return name.upper() != "INBOX", name.casefold()


def _is_there(client: BaseMailBox, name: str, found: Sequence[str]) -> bool:
    if name in found or (name.upper() == "INBOX" and any(each.upper() == "INBOX" for each in found)):
        return True
    try:  # a server may open what it does not list
        client.folder.set(name, readonly=True)
    except ImapToolsError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server says of a mail before we fetch it."""

    uid: int
    size: int
    at: dt.datetime | None  # when it came to the server


def uids_after(client: BaseMailBox, last: int, since: dt.datetime | None) -> list[int]:
    """Return the mails of the selected folder that came after `last`, oldest first; `since`: roughly not before."""
    # A day earlier, because the server reads the date in its own zone; whoever asks compares the moments.
    day = f" SINCE {since - dt.timedelta(days=1):%d-%b-%Y}" if since else ""
    # "n:*" always matches the newest mail, even one at or below n.
    return sorted(uid for uid in map(int, client.uids(f"UID {last + 1}:*{day}")) if uid > last)


def sizes_of(client: BaseMailBox, uids: Sequence[int]) -> list[Seen]:
    """Return what the server says of these mails; those that are gone by now are left out."""
    wanted: set[int] = set(uids)
    found: dict[int, Seen] = {}
    if not wanted:
        return []
    for line in _fetched(client, uids, "(UID RFC822.SIZE INTERNALDATE)"):
        text = line[0] if isinstance(line, tuple) else line
        uid, size = _number(rb"\bUID (\d+)", text), _number(rb"RFC822\.SIZE (\d+)", text)
        if uid in wanted and size is not None:
            found[uid] = Seen(uid, size, _internal_date(text))
    return [found[uid] for uid in uids if uid in found]


def raw_of(client: BaseMailBox, uid: int, most: int | None = None) -> bytes | None:
    """Return the bytes of a mail (at most the first `most`), None if it is gone. Its unread mark stays."""
    part = f"(BODY.PEEK[]<0.{most}>)" if most else "(BODY.PEEK[])"
    return next((bytes(part[1]) for part in _fetched(client, [uid], part) if isinstance(part, tuple)), None)


def _fetched(client: BaseMailBox, uids: Sequence[int], what: str) -> list[tuple[bytes, bytes] | bytes]:
    answer = client.client.uid("FETCH", ",".join(map(str, uids)), what)
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("FETCH")
    return [part for part in answer[1] if part]


def mark_seen(client: BaseMailBox, uids: Sequence[int]) -> None:
    """Mark mails of the selected folder as read."""
    _must(client.client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)"))


def delete(client: BaseMailBox, uids: Sequence[int]) -> None:
    """Delete these mails of the selected folder, and no others that somebody else has marked."""
    _must(client.client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Deleted)"))
    if "UIDPLUS" in client.client.capabilities:
        _must(client.client.uid("EXPUNGE", ",".join(map(str, uids))))
    # Without it only all marked mails could be removed, also ones that we never saw: they stay marked instead.


def move(client: BaseMailBox, uids: Sequence[int], folder: str) -> None:
    """Move mails of the selected folder into another one, which must be there."""
    listed, target = ",".join(map(str, uids)), encode_folder(folder)
    if "MOVE" in client.client.capabilities:
        _must(client.client.uid("MOVE", listed, target))  # type: ignore[arg-type]  # bytes go as they are
        return
    _must(client.client.uid("COPY", listed, target))  # type: ignore[arg-type]  # as above
    delete(client, uids)


def _must(answer: tuple[str, object]) -> None:
    if answer[0] != "OK":
        raise Trouble(gettext_noop("the server refused to change the mailbox"))


def _number(pattern: bytes, text: bytes) -> int | None:
    match = re.search(pattern, text)
    return int(match[1]) if match else None


def _internal_date(text: bytes) -> dt.datetime | None:
    match = re.search(rb'INTERNALDATE "([^"]{10,40})"', text)
    try:
        return dt.datetime.strptime(match[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z") if match else None
    except ValueError:
        return None


def in_words(error: BaseException) -> str:
    """Return the reason as a message id: whoever reads it reads it in their own language."""
    name = type(error).__name__
    if isinstance(error, Trouble):
        return error.words
    if name == "MailboxFolderSelectError" or name == "MailboxFolderStatusError":
        return gettext_noop("there is no such folder")
    if name == "MailboxFolderCreateError":
        return gettext_noop("the server refused to make the folder")
    if name == "MailboxStarttlsError":
        return gettext_noop("the server offers no encryption at this port")
    if isinstance(error, ssl.SSLCertVerificationError):
        return gettext_noop("the server's certificate is not good")
    if isinstance(error, ssl.SSLError):
        return gettext_noop("the server speaks no TLS at this port")
    if isinstance(error, socket.gaierror):
        return gettext_noop("there is no server of this name")
    if isinstance(error, TimeoutError):
        return gettext_noop("the server did not answer in time")
    if isinstance(error, ConnectionRefusedError):
        return gettext_noop("nothing listens at this port of the server")
    if isinstance(error, SecretUnreadable):
        return gettext_noop("the stored password cannot be opened with this root key")
    if isinstance(error, OSError):
        return gettext_noop("the server cannot be reached at this name and port")
    return gettext_noop("the server answered in a way we do not understand")
