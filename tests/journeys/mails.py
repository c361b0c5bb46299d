"""Mails as an office writes them, made up: the same for the same number and seed."""

import datetime as dt
import random
from email.message import EmailMessage
from email.policy import SMTP

BEGAN = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC)
DUPLICATES = 2
_TEXT = (
    "the printer scanner drops line invoice folder opens slowly since this morning after update nobody "
    "here can reach shared drive telephone rings twice then silence colleague second floor same thing "
    "happened last month password expired again screen stays dark when docked please somebody look before "
    "noon truck leaves at two "
)


def made_mails(count: int, seed: int) -> list[bytes]:
    """Return `count` raw mails of 2 to 3 KB, text and HTML: every second one a new call for help, the rest plain
    replies to an earlier one and automatic answers. The last two came before: one byte for byte, one by another way.
    """
    chance = random.Random(seed)
    calls: list[int] = []
    mails = []
    for n in range(count - DUPLICATES):
        kind = "call" if n % 2 == 0 or not calls else chance.choice(["reply", "reply", "reply", "away"])
        earlier = chance.choice(calls) if kind != "call" else None
        mails.append(_mail(n, kind, earlier, chance))
        if kind == "call":
            calls.append(n)
    return [*mails, mails[calls[0]], b"Received: from elsewhere.example by mx.example; Mon\r\n" + mails[calls[-1]]]


def _mail(n: int, kind: str, earlier: int | None, chance: random.Random) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Staff {n} <staff{n}@oakhurst.example>"
    mail["To"] = "Help <help@fennimore.test>"
    mail["Date"] = BEGAN + dt.timedelta(minutes=n)
    mail["Message-ID"] = _id(n)
    subject = f"{' '.join(chance.choices(_TEXT.split(), k=4))} {n}"
    mail["Subject"] = (
        subject if kind == "call" else f"Re: {subject}" if kind == "reply" else f"Out of office: {subject}"
    )
    if earlier is not None:
        mail["In-Reply-To"] = mail["References"] = _id(earlier)
    if kind == "away":
        mail["Auto-Submitted"] = "auto-replied"
    said = [" ".join(chance.choices(_TEXT.split(), k=chance.randint(8, 24))).capitalize() + "." for _ in range(8)]
    mail.set_content("\n\n".join(said))
    mail.add_alternative(
        f"<html><body><h1>{subject}</h1>{''.join(f'<p>{each}</p>' for each in said)}</body></html>", subtype="html"
    )
    mail.set_boundary(f"made-{n}")
    return mail.as_bytes()


def _id(n: int) -> str:
    return f"<made-{n}@oakhurst.example>"
