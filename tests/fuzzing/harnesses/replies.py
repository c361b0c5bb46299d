"""A mail's text: what is new in it, and what it quotes. No word may be lost."""

from quietmonday.kit.text import clean_text
from quietmonday.post.logic.reply import new_text
from tests.fuzzing.harness import Harness


def check(data: bytes) -> None:
    subject, _, text = clean_text(data.decode("utf-8", "replace")).partition("\n")
    new, quoted = new_text(text, subject)
    assert sorted(f"{new} {quoted}".split()) == sorted(text.split())


ENGLISH = """\
Re: Printer
It works again.

On Mon, 16 Nov 2026 at 10:20, Finn <finn@fennimore.test> wrote:
> Try now.
> --\x20
> Finn"""
GERMAN = """\
AW: Drucker
Geht nicht.

Von: Finn
Gesendet: Montag, 16. November 2026 10:20
An: Ruth
Betreff: Drucker

Bitte testen."""
FORWARDED = """\
Fwd: Bill
---------- Forwarded message ---------
From: a <a@b.test>
Date: x
Subject: y
To: z

> all
> quoted"""
BELOW = "Le lun. 16 nov. 2026 à 10:20, Finn a écrit :\n> oui\nnon\n> oui\n-- \nRuth\nSent from my phone"
LINE = "s\n-----Original Message-----\nFrom: a\nSent: b\nTo: c\nSubject: d\n\n________________________________\nx"

HARNESS = Harness(
    check=check,
    seeds=[text.encode() for text in (ENGLISH, GERMAN, FORWARDED, BELOW, LINE)],
    words=[
        *(b"\n> ", b"wrote:", b"schrieb", b"\nFrom: ", b"\nVon: ", b"\n-- \n", b"_" * 32),
        *(b"-----Original Message-----", b"\n\n\n"),
    ],
)
