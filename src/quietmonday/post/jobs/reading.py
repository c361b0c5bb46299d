"""Reading a mailbox: what is new is kept raw; only then happens in the mailbox what is to happen after.

All of it may be killed anywhere. What was kept is known by folder, validity and number of the mail, and by its bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from imap_tools import BaseMailBox

from quietmonday.kit.clock import now as present
from quietmonday.kit.faults import reached
from quietmonday.kit.sentences import gettext_noop
from quietmonday.post.actions.inbox import MAX_RAW_BYTES, keep_raw
from quietmonday.post.actions.mailboxes import folder_read, note_folders, reading_failed, reading_worked
from quietmonday.post.jobs import imap
from quietmonday.post.jobs.imap import Key, Looked, Place, Seen, Trouble, opened
from quietmonday.post.jobs.renewing import ASKED_FOR_ALREADY, key_of
from quietmonday.post.models import After, InboxItem, Mailbox, MailboxFolder, SignIn

_log = structlog.get_logger("quietmonday.post")
BATCH = 50
MOST_A_TURN = 500  # mails; then other work has its turn, and the next reading goes on
HEAD = 64 * 1024  # bytes that are kept of a mail that is too large
_EARLIER = dt.timedelta(minutes=5)  # clocks of two machines

NOWHERE_TO_MOVE = gettext_noop("there is no folder into which mails can be moved")


@dataclass(slots=True)
class Turn:
    """What one reading came to: mails kept, and whether there are more."""

    kept: int = 0
    more: bool = False
    looked_through: int = 0
    after_error: str = ""


def read_mailbox(mailbox: Mailbox, now: dt.datetime) -> Turn:
    """Keep what is new in `mailbox` raw. A failure is written on the mailbox, not raised."""
    turn = Turn()
    try:
        try:
            _read(mailbox, key_of(mailbox), turn)
        except Trouble as trouble:
            if not trouble.refused or mailbox.sign_in != SignIn.TOKEN:
                raise
            # The token may have been taken back before its time.
            _read(mailbox, key_of(mailbox, fresh=True), turn)
    except Trouble as trouble:
        _log.warning("mailbox not read", mailbox=str(mailbox.id), reason=trouble.words)
        if trouble.words != ASKED_FOR_ALREADY:
            reading_failed(mailbox=mailbox, error=trouble.words, now=now)
        turn.more = False
        return turn
    reading_worked(mailbox=mailbox, now=now, after_error=turn.after_error)
    return turn


def try_mailbox(
    *, place: Place, key: Key, wanted: Sequence[str], make: Sequence[str] = (), mailbox: Mailbox | None = None
) -> Looked:
    """Return what a look at a mailbox found, before it is stored or after. Raises Trouble."""
    looked = imap.look(place, key, wanted, make)
    if mailbox is not None:
        note_folders(mailbox=mailbox, names=looked.folders)
    return looked


def place_of(mailbox: Mailbox) -> Place:
    """Return where a stored mailbox is."""
    return Place(mailbox.host, mailbox.port, mailbox.security, mailbox.user)


def _read(mailbox: Mailbox, key: Key, turn: Turn) -> None:
    with opened(place_of(mailbox), key) as client:
        for folder in mailbox.folders.order_by("name"):
            _read_folder(client, mailbox, folder, turn)


def _read_folder(client: BaseMailBox, mailbox: Mailbox, folder: MailboxFolder, turn: Turn) -> None:
    state = client.folder.status(folder.name, ["UIDVALIDITY", "UIDNEXT"])
    validity = state["UIDVALIDITY"]
    client.folder.set(folder.name, readonly=mailbox.after == After.LEAVE)
    reading = _Reading(client, mailbox, folder, validity)
    last = folder.last_uid if folder.uid_validity == validity else 0
    if folder.uid_validity == validity and folder.done_uid < last:
        reading.finish_earlier()
    since = folder.since if last == 0 else None
    uids = imap.uids_after(client, last, since)
    room = max(0, MOST_A_TURN - turn.looked_through)
    turn.more = turn.more or len(uids) > room
    for start in range(0, min(len(uids), room), BATCH):
        batch = uids[start : min(start + BATCH, room)]
        new = reading.keep(batch)
        reached("post.read.before_mark")
        reading.mark(batch[-1], new)
        turn.kept += len(new)
    turn.looked_through += min(len(uids), room)
    # What lay there from before is passed over, so that nobody looks at it again.
    if since is not None and len(uids) <= room and state.get("UIDNEXT", 0) - 1 > max([last, *uids]):
        reading.mark(state["UIDNEXT"] - 1, [])
    elif not uids and folder.uid_validity != validity:
        reading.mark(0, [])
    turn.after_error = turn.after_error or reading.after_error


@dataclass(slots=True)
class _Reading:
    """One folder that is being read."""

    client: BaseMailBox
    mailbox: Mailbox
    folder: MailboxFolder
    validity: int
    after_error: str = field(default="")

    def keep(self, uids: Sequence[int]) -> list[int]:
        """Keep what is new of these mails; return those that are kept and may be moved or deleted."""
        origins = {self.origin(uid): uid for uid in uids}
        known = set(InboxItem.objects.filter(origin__in=origins).values_list("origin", flat=True))
        safe = self.stored(sorted(origins[each] for each in known))
        for seen in imap.sizes_of(self.client, [uid for uid in uids if self.origin(uid) not in known]):
            if self.is_from_before(seen):
                continue
            if self.keep_one(seen):
                safe.append(seen.uid)
            reached("post.read.after_keep")
        return sorted(safe)

    def keep_one(self, seen: Seen) -> bool:
        """Keep one mail; return whether all of it is kept now. The same bytes come in through a mailbox once."""
        too_large = seen.size > MAX_RAW_BYTES
        data = imap.raw_of(self.client, seen.uid, HEAD if too_large else None)
        if data is None:  # gone in the meantime: nothing came
            return False
        _, new = keep_raw(
            data=data,
            size=seen.size if too_large else len(data),
            source="mailbox",
            origin=self.origin(seen.uid),
            now=present(),
            business=self.mailbox.business,
            supplier=self.mailbox.supplier,
            mailbox=self.mailbox,
        )
        return new and not too_large

    def is_from_before(self, seen: Seen) -> bool:
        since = self.folder.since
        return since is not None and seen.at is not None and seen.at < since - _EARLIER

    def mark(self, last: int, new: Sequence[int]) -> None:
        """Write down how far we are; then do with the new mails what is to be done."""
        same = self.folder.uid_validity == self.validity
        undone = same and self.folder.done_uid < self.folder.last_uid
        leave = self.mailbox.after == After.LEAVE
        self.folder.done_uid = last if leave or not (new or undone) else self.folder.done_uid if same else 0
        self.folder.uid_validity, self.folder.last_uid = self.validity, last
        folder_read(folder=self.folder)
        if new and not undone and not leave:  # what is undone comes first, with the next reading
            self.finish(new)

    def finish_earlier(self) -> None:
        """Do what a killed process, or a server that said no, left undone."""
        found = imap.uids_after(self.client, self.folder.done_uid, None)
        left = [uid for uid in found if uid <= self.folder.last_uid]
        self.finish([uid for start in range(0, len(left), BATCH) for uid in self.stored(left[start : start + BATCH])])

    def finish(self, uids: Sequence[int]) -> None:
        """Mark, move or delete; a refusal is written down and tried again with the next reading."""
        try:
            for start in range(0, len(uids), BATCH):
                self.act(uids[start : start + BATCH])
                reached("post.read.after_act")
        except Trouble as trouble:
            self.after_error = trouble.words
            return
        self.folder.done_uid = self.folder.last_uid
        folder_read(folder=self.folder)

    def act(self, uids: Sequence[int]) -> None:
        match self.mailbox.after:
            case After.SEEN:
                imap.mark_seen(self.client, uids)
            case After.MOVE:
                if not self.client.folder.exists(self.mailbox.after_folder):
                    raise Trouble(NOWHERE_TO_MOVE)
                imap.move(self.client, uids, self.mailbox.after_folder)
            case After.DELETE:
                imap.delete(self.client, uids)

    def stored(self, uids: Sequence[int]) -> list[int]:
        """Return which of these mails are kept whole: by their origin, in what is committed. Never a guess."""
        origins = {self.origin(uid): uid for uid in uids}
        whole = InboxItem.objects.filter(origin__in=origins).exclude(rule="too_large")
        return sorted(origins[each] for each in whole.values_list("origin", flat=True))

    def origin(self, uid: int) -> str:
        return f"mailbox:{self.folder.id}:{self.validity}:{uid}"
