"""Who wrote this mail: a person, a machine, or ourselves. Only a person's mail may be answered by a machine.

RFC 3834 (automatic answers), RFC 3464 (reports of delivery), RFC 2919 (lists), and what programs do
instead. The order of the rules is the order of certainty.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from quietmonday.post.logic.mail import ParsedMail

OWN_HEADER = "X-Quiet-Monday"  # on everything that we send
MAX_HOPS = 50  # Received lines; a mail that turns in a circle collects them


class Kind(StrEnum):
    """What a mail is to the intake."""

    NORMAL = "normal"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    LOOP = "loop"
    OWN_MAIL = "own_mail"
    NO_REPLY_SENDER = "no_reply_sender"


@dataclass(frozen=True, slots=True)
class Classified:
    """The kind of a mail and the rule that said so ("" for normal)."""

    kind: Kind
    rule: str


def classify(mail: ParsedMail, own_addresses: Collection[str] = ()) -> Classified:
    """Return the kind of a mail. `own_addresses` are the mailboxes we read, normalised: a mail from one
    of them, or that names one in X-Loop, came round in a circle."""
    for kind, rule, holds in _rules(frozenset(own_addresses)):
        if holds(mail):
            return Classified(kind, rule)
    return Classified(Kind.NORMAL, "")


_Rule = tuple[Kind, str, Callable[[ParsedMail], bool]]


def _rules(own: frozenset[str]) -> tuple[_Rule, ...]:
    return (
        (Kind.OWN_MAIL, "own header", lambda mail: mail.header(OWN_HEADER) is not None),
        (Kind.LOOP, "own address in X-Loop", lambda mail: _loops(mail, own)),
        (Kind.LOOP, "sent from our own mailbox", lambda mail: _address(mail) in own),
        (Kind.LOOP, f"more than {MAX_HOPS} hops", lambda mail: mail.hops > MAX_HOPS),
        *_RULES,
    )


def _address(mail: ParsedMail) -> str:
    return mail.sender.addr if mail.sender else ""


def _local(mail: ParsedMail) -> str:
    return _address(mail).rpartition("@")[0]


def _loops(mail: ParsedMail, own: frozenset[str]) -> bool:
    return any(address in value.lower() for value in mail.headers.get("x-loop", ()) for address in own)


def _is_report(mail: ParsedMail) -> bool:
    return mail.content_type == "multipart/report"


def _has_delivery_status(mail: ParsedMail) -> bool:
    return any(part.declared == "message/delivery-status" for part in mail.attachments)


def _empty_return_path(mail: ParsedMail) -> bool:
    path = mail.header("return-path")
    return path is not None and path.strip("<> ") in ("", "mailer-daemon")


_DAEMON = re.compile(r"^(?:mail(?:er)?[-_]?daemon|mdaemon|bounces?|mail-deliver\w*)\b")
_DAEMON_NAME = re.compile(r"mailer[ -]?daemon|mail delivery (?:sub)?system|delivery subsystem", re.IGNORECASE)
# Persons bear these names as well, so they prove nothing alone.
_POSTMASTER = re.compile(r"post[-_]?master|(?:mail|system) administrator", re.IGNORECASE)
_UNDELIVERED = re.compile(
    r"^\W*(?:undeliver(?:able|ed)|non-?deliver|delivery (?:status|failure|fail|report|notification|error|problem|has)"
    r"|(?:mail|message) (?:delivery|undeliverable|system error|status|could not)|returned mail|failure notice"
    r"|mail (?:failure|error)|failed mail|delivery to|warning: (?:could not|message)|nondeliverable|unzustellbar"
    r"|unable to deliver|postmaster notify|rejected mail|could not send)",
    re.IGNORECASE,
)
_SMTP_CODE = re.compile(r"(?<![\d.])(?:[45]\.\d{1,2}\.\d{1,3}|[45][0-7]\d[ -](?=\D))")
_AWAY = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[ -:]?(?:re(?:ply|sponse)|response)|out of (?:the )?office|ooo\b|abwesen|abwesend"
    r"|automatische antwort|réponse automatique|respuesta autom|risposta automatica|automatisch antwoord|autosvar"
    r"|vacation|away from (?:the )?office|on (?:vacation|holiday|leave))",
    re.IGNORECASE,
)
# As the whole beginning of a subject that answers one of ours: programs that send no header write it so.
_ANSWERS_ITSELF = re.compile(
    r"^\W*(?:(?:auto(?:matic|mated)?[ -]?(?:re(?:ply|sponse)|response)|automatische (?:antwort|e-mail-antwort)"
    r"|abwesenheits(?:notiz|nachricht|meldung|assistent)|out of (?:the )?office(?: (?:auto-?)?reply)?"
    r"|réponse automatique|absence du bureau|respuesta automática|fuera de (?:la )?oficina|risposta automatica"
    r"|fuori (?:sede|ufficio)|automatisch antwoord|afwezig(?:heidsbericht)?|resposta automática|ausência temporária"
    r"|odpowiedź automatyczna|automatyczna odpowiedź|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus"
    r"|automatická odpověď|automatikus válasz|автоответ|автоматический ответ|otomatik yanıt|自动回复|自動回覆|自動返信)"
    r"\s*(?::|：|-|–|\Z))",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(r"^(?:no|not|do-?not|donot|never)[-_.]?(?:reply|respond|answer)|^(?:noreply|keine-?antwort)")


def _failed_to_deliver(mail: ParsedMail) -> bool:
    """By its words: two of a subject that reports, a code of SMTP, a postmaster, and a sender who wants no report
    himself. A person who forwards such a report writes a subject of his own, or Fwd: before it."""
    name = mail.sender.name if mail.sender else ""
    signs = (
        _UNDELIVERED.search(mail.subject),
        _SMTP_CODE.search(mail.text[:20_000]),
        _POSTMASTER.search(f"{name} {_local(mail)}"),
        _empty_return_path(mail),
    )
    return sum(1 for sign in signs if sign) >= 2


def _auto_submitted(mail: ParsedMail) -> bool:
    value = (mail.header("auto-submitted") or "no").partition(";")[0].strip().lower()
    return value not in ("no", "")


def _precedence(mail: ParsedMail) -> str:
    return (mail.header("precedence") or "").strip().lower()


def _has_any(mail: ParsedMail, *names: str) -> bool:
    return any(mail.header(name) is not None for name in names)


def _suppresses(mail: ParsedMail) -> bool:
    """Exchange writes it on its automatic answers, but programs also on mail of persons who want none back:
    only `All` together with a subject of absence is an answer."""
    return _has_any(mail, "x-auto-response-suppress") and bool(_AWAY.search(mail.subject))


def _answers_itself(mail: ParsedMail) -> bool:
    """An automatic answer by its subject alone, without a header that says so. It must answer something: somebody who
    writes "Out of office: it cannot be switched on" asks for help."""
    answers = bool(mail.in_reply_to or mail.references) or _empty_return_path(mail)
    return answers and bool(_ANSWERS_ITSELF.search(mail.subject))


_RULES: tuple[_Rule, ...] = (
    (
        Kind.AUTO_REPLY,
        "report of reading (RFC 8098)",
        lambda mail: _is_report(mail) and mail.report_type == "disposition-notification",
    ),
    (Kind.BOUNCE, "multipart/report (RFC 3464)", _is_report),
    (Kind.BOUNCE, "delivery status inside", _has_delivery_status),
    (Kind.BOUNCE, "X-Failed-Recipients", lambda mail: _has_any(mail, "x-failed-recipients", "x-dsncontext")),
    (Kind.BOUNCE, "mailer daemon", lambda mail: bool(_DAEMON.search(_local(mail)))),
    (Kind.BOUNCE, "name of a mailer daemon", lambda mail: bool(mail.sender and _DAEMON_NAME.search(mail.sender.name))),
    (Kind.BOUNCE, "words of a failed delivery", _failed_to_deliver),
    (Kind.LIST, "List-Id (RFC 2919)", lambda mail: _has_any(mail, "list-id", "list-post", "mailing-list")),
    (Kind.LIST, "Precedence: list", lambda mail: _precedence(mail) == "list"),
    (Kind.AUTO_REPLY, "Auto-Submitted (RFC 3834)", _auto_submitted),
    (Kind.AUTO_REPLY, "Precedence: bulk or junk", lambda mail: _precedence(mail) in ("bulk", "junk", "auto_reply")),
    (
        Kind.AUTO_REPLY,
        "header of an automatic answer",
        lambda mail: _has_any(mail, "x-autoreply", "x-autorespond", "x-autoresponder", "x-autogenerated"),
    ),
    (Kind.AUTO_REPLY, "X-Auto-Response-Suppress and words of absence", _suppresses),
    (Kind.AUTO_REPLY, "subject of an automatic answer", _answers_itself),
    (Kind.AUTO_REPLY, "empty Return-Path", _empty_return_path),
    (Kind.NO_REPLY_SENDER, "sender takes no answer", lambda mail: bool(_NO_REPLY.search(_local(mail)))),
    (Kind.NO_REPLY_SENDER, "sender without an address", lambda mail: not _address(mail)),
)
