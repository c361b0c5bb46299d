"""What of a mail becomes the text of a message, in the language and the zone of its business."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.post.logic.mail import parse
from quietmonday.post.logic.mail.invitation import Invitation
from quietmonday.support.actions.reading import in_words, read_words
from tests.post.test_mail_parts import TEXT, event, multipart
from tests.shared import DATA, needs_data

LONDON = {"zone": "Europe/London", "language": "en-gb"}
NINE, TEN = (dt.datetime(2026, 7, 1, hour, tzinfo=dt.UTC) for hour in (9, 10))


def invited(**changed: object) -> Invitation:
    said: dict[str, object] = {
        "method": "REQUEST", "what": "Server move", "where": "Room 2", "who": "Ruth <r@x.test>",
        "start": NINE, "end": TEN, "zone": "", "repeats": False,
    }  # fmt: skip
    return Invitation(**(said | changed))  # type: ignore[arg-type]  # fields are given by name


@pytest.mark.parametrize(
    ("changed", "when"),
    [
        ({}, "Wed 1 July 2026, 10:00 to 11:00 (Europe/London)"),
        ({"end": TEN + dt.timedelta(days=1)}, "Wed 1 July 2026, 10:00 to Thu 2 July 2026, 11:00 (Europe/London)"),
        ({"start": dt.date(2026, 7, 1), "end": dt.date(2026, 7, 1)}, "Wed 1 July 2026"),
        ({"start": dt.date(2026, 7, 1), "end": dt.date(2026, 7, 3)}, "Wed 1 July 2026 to Fri 3 July 2026"),
        ({"start": dt.datetime(2026, 7, 1, 9), "end": None, "zone": "Mars"}, "Wed 1 July 2026, 09:00 (Mars)"),  # noqa: DTZ001  # a place that nobody knows
        ({"end": None, "repeats": True}, "Wed 1 July 2026, 10:00 (Europe/London), and again after that"),
    ],
)  # fmt: skip
def test_an_invitation_says_when_in_the_zone_of_the_business(changed: dict[str, object], when: str) -> None:
    lines = in_words(invited(**changed), "Europe/London").split("\n")
    assert lines[0] == "Invitation: Server move"
    assert lines[1] == f"When: {when}"
    assert lines[2:] == ["Where: Room 2", "Invited by: Ruth <r@x.test>"]


def test_an_invitation_that_is_off_says_so() -> None:
    assert in_words(invited(method="CANCEL"), "UTC").startswith("Cancelled: Server move")


def test_the_text_of_a_mail_and_its_invitation_are_one_message() -> None:
    calendar = f"Content-Type: text/calendar\r\n\r\n{event('SUMMARY:Move', 'DTSTART:20261126T100000Z')}"
    text, _ = read_words(parse(multipart("multipart/alternative", TEXT, calendar)), **LONDON)
    assert text == "Hello\n\nInvitation: Move\nWhen: Thu 26 Nov. 2026, 10:00 (Europe/London)"


def test_what_cannot_be_read_here_is_named() -> None:
    sealed = b"From: a@x.test\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n"
    text, quoted = read_words(parse(sealed), **LONDON)
    assert text == "[This mail is encrypted. Open it in your mail program; it is kept here as it came.]"
    assert "hQEMA" in quoted
    outlook = multipart("multipart/mixed", TEXT, "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx")
    assert "winmail.dat holds what Outlook sent" in read_words(parse(outlook), **LONDON)[0]


@needs_data
def test_a_real_signed_mail_names_its_signature() -> None:
    mail = parse((DATA / "mail" / "zammad" / "mail040.box").read_bytes())
    text, _ = read_words(mail, **LONDON)
    assert text.endswith("[This mail is signed. The signature is the file smime.p7s; nobody has checked it here.]")
