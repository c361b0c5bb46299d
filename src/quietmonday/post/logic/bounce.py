"""What a report says about a mail that did not arrive: which address, why, and which mail it was about.

RFC 3464 where a report follows it; X-Failed-Recipients (Exim); else the words above the copy of the mail.
Whether the report may be believed is not decided here: anybody can write one (see actions/returns.py).
"""

import re
from dataclasses import dataclass
from itertools import islice

from quietmonday.kit.text import clean_line
from quietmonday.outbox.logic.refusals import ENHANCED, Refusal, refusal_of
from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.mail import ParsedMail
from quietmonday.post.logic.mail.fields import read_address
from quietmonday.post.logic.mail.headers import decode_field, read_block

MAX_FAILED = 50  # recipients of one report
MAX_IDS = 20
MAX_SEARCHED = 60_000  # characters of text, and of each part, that are searched
MAX_SAID = 300
MAX_WORDS = 4_000  # in which the line with a code is looked for


@dataclass(frozen=True, slots=True)
class Failed:
    """One recipient that a report names, under each of its addresses: as we wrote it first, if the report says so."""

    addresses: tuple[str, ...]
    refusal: Refusal
    said: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a report of non-delivery says.

    `failed`: who will not get the mail; `delayed`: it says that it is still being tried, and nobody failed.
    `ids`: Message-IDs of the mail it is about; `answer_to`: addresses at which that mail asked to be answered.
    `otherwise`: why, where the report names nobody.
    """

    failed: tuple[Failed, ...]
    delayed: bool
    ids: tuple[str, ...]
    answer_to: tuple[str, ...]
    otherwise: Failed

    def about(self, address: str) -> Failed | None:
        """Return what is said of `address`, which got the one mail that `ids` name; None if it may still arrive.

        A forwarded mail fails at an address that we never wrote to: each mail of ours has one recipient, so then
        it is this one.
        """
        if self.delayed:
            return None
        named = next((one for one in self.failed if address in one.addresses), None)
        return named or next(iter(self.failed), self.otherwise)


def read_report(mail: ParsedMail) -> Report:
    """Return what a mail that was classified as a bounce says. Never raises; bounded."""
    above, _ = _around_the_copy(mail.text[:MAX_SEARCHED])
    statuses = [
        text
        for part in mail.attachments
        if part.declared in ("message/delivery-status", "message/global-delivery-status")
        for text in (part.data[:MAX_SEARCHED].decode("utf-8", "replace"),)
    ]
    failed: list[Failed] = []
    actions: list[str] = []
    for text in statuses:
        for fields in _groups(text):
            if "final-recipient" in fields or "original-recipient" in fields:
                actions.append(fields.get("action", "failed").lower())
                if actions[-1].startswith("failed") and len(failed) < MAX_FAILED:
                    failed.append(_by_fields(fields, above))
    delayed = not failed and any(
        action.startswith(("delayed", "relayed", "delivered", "expanded")) for action in actions
    )
    if not failed and not delayed:
        delayed = bool(_STILL_TRYING.search(f"{mail.subject}\n{above[:4_000]}"))
        failed = [] if delayed else _by_words(mail, above)
    return Report(
        failed=tuple(failed),
        delayed=delayed,
        ids=_ids(mail),
        answer_to=_answer_to(mail),
        otherwise=Failed((), refusal_of(code="", words=above), _said(above)),
    )


_STILL_TRYING = re.compile(
    r"warning: (?:could not send|message)|will (?:continue|keep) (?:to )?try|still (?:being )?(?:trying|tried)"
    r"|\bdelayed\b|not yet (?:been )?delivered|do not need to resend|you do not need to",
    re.IGNORECASE,
)


def _groups(text: str) -> list[dict[str, str]]:
    """Return the groups of fields of a delivery status: first that of the mail, then one a recipient."""
    groups: list[dict[str, str]] = [{}]
    name = ""
    for line in text.splitlines()[:2_000]:
        if not line.strip():
            if groups[-1]:
                groups.append({})
            name = ""
        elif line[0] in " \t" and name:
            groups[-1][name] = f"{groups[-1][name]} {line.strip()}"[:2_000]
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower() if colon else ""
            if name:
                groups[-1].setdefault(name, value.strip()[:2_000])
        if len(groups) > 4 * MAX_FAILED:
            break
    return groups


def _by_fields(fields: dict[str, str], above: str) -> Failed:
    addresses = dict.fromkeys(
        address
        for name in ("original-recipient", "final-recipient")
        if (address := _address(fields.get(name, "").rpartition(";")[2]))
    )
    said = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
    code = match[1] if (match := ENHANCED.search(fields.get("status", ""))) else ""
    return Failed(tuple(addresses), refusal_of(code=code, words=said or above), _said(said or above))


def _by_words(mail: ParsedMail, above: str) -> list[Failed]:
    """Return who failed by X-Failed-Recipients, else by the addresses that stand above the copy of the mail."""
    refusal, said = refusal_of(code="", words=above), _said(above)
    named = [
        address
        for value in mail.headers.get("x-failed-recipients", ())
        for piece in value.split(",")[:MAX_FAILED]
        if (address := _address(piece))
    ]
    if not named:
        ours = {one.addr for one in (*mail.to, *mail.cc, *mail.delivered_to)} | {
            mail.sender.addr if mail.sender else ""
        }
        found = dict.fromkeys(_address(match[0]) for match in islice(_ANY_ADDRESS.finditer(above), 4 * MAX_FAILED))
        named = [one for one in found if one and one not in ours and not _MACHINE.match(one)]
    return [Failed((address,), refusal, said) for address in dict.fromkeys(named[:MAX_FAILED])]


_ANY_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MACHINE = re.compile(r"(?:mailer-daemon|postmaster|abuse|support|help|hostmaster|noc)@")


def _address(written: str) -> str:
    return normalise(read_address(written.strip().strip("<>\"' ").removeprefix("/")))


_COPY = re.compile(
    r"^\W{0,12}(?:this is a copy of (?:the|your) message|below (?:this line )?is (?:a|the)|(?:the )?original message"
    r"|(?:text of )?message (?:headers? )?follows|returned message|undelivered message|unsent message below|included is"
    r"|received: (?:from|by) |return-path: )",
    re.IGNORECASE | re.MULTILINE,
)


def _around_the_copy(text: str) -> tuple[str, str]:
    """Return what the report says and the copy of the mail below it."""
    match = _COPY.search(text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


_SMTP_LINE = re.compile(r"(?<!\d)[45]\d\d[ -].{0,300}|[^\n]{0,200}\b5\.\d{1,3}\.\d{1,3}\b.{0,200}")


def _said(words: str) -> str:
    """Return what the other server said: the line with its code, else the beginning."""
    match = _SMTP_LINE.search(words[:MAX_WORDS])
    return clean_line(match[0] if match else words[:MAX_SAID], MAX_SAID)


_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/partial")
_ID_LINE = re.compile(r"^[> \t]*(?:message-id|message id):?[ \t]*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_OUR_ID = re.compile(r"<qm\.[a-z2-7]{20,80}\.[0-9a-f]{32}@[^<>\s]{1,255}>", re.IGNORECASE)
_OUR_TAG = re.compile(r"[^\s<>\"',;:]{1,40}\+r\.[a-z2-7]{45}@[^\s<>\"',;:]{1,255}", re.IGNORECASE)


def _ids(mail: ParsedMail) -> tuple[str, ...]:
    """Return the Message-IDs that the report gives for the mail it is about: ours first."""
    found = [*([mail.in_reply_to] if mail.in_reply_to else []), *mail.references]
    ours: list[str] = []
    for text in _texts(mail):
        ours += _OUR_ID.findall(text)
        found += _ID_LINE.findall(text)
    return tuple(dict.fromkeys([*ours, *found]))[:MAX_IDS]


def _answer_to(mail: ParsedMail) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for text in _texts(mail) for tag in _OUR_TAG.findall(text)))[:MAX_IDS]


def _texts(mail: ParsedMail) -> list[str]:
    """Return the texts that may hold the head of the mail: the report's own, and the copies that came along."""
    texts = [mail.text[:MAX_SEARCHED]]
    for part in mail.attachments[:20]:
        if part.declared in _ORIGINALS or part.declared == "message/delivery-status":
            block = read_block(part.data, 0, len(part.data))
            head = [f"{name}: {decode_field(values[0])}" for name, values in list(block.fields.items())[:200]]
            texts.append("\n".join(head)[:MAX_SEARCHED])
    return texts
