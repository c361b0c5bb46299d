"""Whether two raw mails are copies of one: sent to two of our addresses, or lying in two folders."""

import hashlib

from quietmonday.post.logic.mail.headers import read_block

# What its writer's program wrote once. What servers add on the way (Received, Delivered-To, their verdicts) differs.
_OF_ITS_WRITER = ("message-id", "date", "from", "subject")


def likeness(raw: bytes) -> str:
    """Return a sum that copies of one mail share, "" for a mail without a Message-ID.

    Over all that is said, not over the Message-ID alone: who knows that of somebody's mail and sends another under
    it first must not keep theirs out.
    """
    block = read_block(raw, 0, len(raw))
    if not (block.first("message-id") or b"").strip():
        return ""
    total = hashlib.sha256()
    for name in _OF_ITS_WRITER:
        value = b" ".join((block.first(name) or b"").split())
        total.update(b"%d:%b" % (len(value), value))
    for line in raw[block.body_start :].replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n"):
        total.update(line.rstrip(b" \t") + b"\n")  # servers strip and add blanks at line ends
    return total.hexdigest()
