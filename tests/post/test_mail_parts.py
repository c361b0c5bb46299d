"""Parts that are no text and no file of somebody: invitations, signatures, what is encrypted, Outlook's own."""

import base64
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.post.logic.mail import Attachment, Protection, Role, parse
from quietmonday.post.logic.mail.cms import signed_content
from quietmonday.post.logic.mail.invitation import Invitation, read_invitation


def multipart(kind: str, *parts: str, more: str = "") -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    head = f'From: Anna <a@x.test>\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; boundary="b"{more}\r\n'
    return f"{head}\r\n{body}--b--\r\n".encode()


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nHello"


def event(*lines: str, method: str = "REQUEST") -> str:
    inside = "\r\n".join(lines)
    return (
        f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000"
        f"\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n{inside}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def invitation(*lines: str, method: str = "REQUEST") -> Invitation:
    found = read_invitation(event(*lines, method=method).encode(), None)
    assert found is not None
    return found


UTC = dt.UTC
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("lines", "start", "end", "zone"),
    [
        (
            ["DTSTART:20261126T100000Z", "DTEND:20261126T113000Z"],
            dt.datetime(2026, 11, 26, 10, tzinfo=UTC),
            dt.datetime(2026, 11, 26, 11, 30, tzinfo=UTC),
            "",
        ),
        (
            ["DTSTART;TZID=Europe/London:20260701T100000", "DURATION:PT1H30M"],
            dt.datetime(2026, 7, 1, 10, tzinfo=LONDON),
            dt.datetime(2026, 7, 1, 11, 30, tzinfo=LONDON),
            "",
        ),
        (
            ["DTSTART;TZID=GMT Standard Time:20261126T100000"],
            dt.datetime(2026, 11, 26, 10, tzinfo=LONDON),
            None,
            "",
        ),
        (
            ['DTSTART;TZID="/mozilla.org/20070129_1/Europe/London":20261126T100000'],
            dt.datetime(2026, 11, 26, 10, tzinfo=LONDON),
            None,
            "",
        ),
        (
            ["DTSTART;TZID=Customized Time Zone:20261126T100000"],
            dt.datetime(2026, 11, 26, 10),  # noqa: DTZ001  # a zone that nobody knows
            None,
            "Customized Time Zone",
        ),
        (
            ["DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261128"],
            dt.date(2026, 11, 26),
            dt.date(2026, 11, 27),
            "",
        ),
        (["DTSTART:20261126T100000Z", "DTEND:20261125T100000Z"], dt.datetime(2026, 11, 26, 10, tzinfo=UTC), None, ""),
        (["DTSTART:2026-11-26", "DTEND:x"], None, None, ""),
        (["DTSTART:99999999T999999Z"], None, None, ""),
    ],
)
def test_an_invitation_says_when(lines: list[str], start: object, end: object, zone: str) -> None:
    found = invitation("SUMMARY:Server move", *lines)
    assert (found.start, found.end, found.zone) == (start, end, zone)


def test_an_invitation_says_what_where_and_who_in_any_spelling() -> None:
    found = invitation(
        "SUMMARY;LANGUAGE=en:Server\\, and more\\nof it, folded ",
        " here",
        "LOCATION:Room 2\\; cellar",
        'ORGANIZER;CN="Okafor, Ruth":mailto:ruth@oakhurst.example',
        "DTSTART:20261126T100000Z",
        "RRULE:FREQ=WEEKLY",
        method="request",
    )
    assert found.what == "Server, and more of it, folded here"
    assert found.where == "Room 2; cellar"
    assert found.who == "Okafor, Ruth <ruth@oakhurst.example>"
    assert found.repeats
    assert found.method == "REQUEST"
    assert invitation("SUMMARY:x", "STATUS:CANCELLED").method == "CANCEL"
    assert read_invitation(b"no calendar", None) is None


def test_an_invitation_stands_beside_the_text_and_is_a_file() -> None:
    calendar = f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{event('SUMMARY:Move', 'DTSTART:20261126T100000Z')}"
    mail = parse(multipart("multipart/alternative", TEXT, calendar))
    assert mail.text.strip() == "Hello"
    assert mail.invitation is not None
    assert mail.invitation.what == "Move"
    assert [(each.name, each.role) for each in mail.attachments] == [("attachment-1.ics", Role.CALENDAR)]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "DTSTART:20261126T100000Z", " x",
    "DTSTART;TZID=Europe/London:20260329T013000", "DURATION:P99999D", "SUMMARY:a", "DTEND:00010101", "\t", ";:=",
    "DTSTART:99991231T235959Z", "DURATION:PT9999999S"]) | st.text(max_size=20), max_size=15))  # fmt: skip
def test_any_calendar_is_read_or_not_and_never_raises(lines: list[str]) -> None:
    read_invitation("\r\n".join(lines).encode("utf-8", "surrogatepass"), None)
    read_invitation("\n".join(["BEGIN:VEVENT", *lines]).encode("utf-8", "surrogatepass"), "utf-16")


def by_role(raw: bytes) -> tuple[str, Protection | None, dict[Role | None, Attachment]]:
    mail = parse(raw)
    return mail.text.strip(), mail.protection, {each.role: each for each in mail.attachments}


def test_a_signed_mail_shows_its_text_and_names_its_signature() -> None:
    signature = (
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB"
    )
    text, protection, parts = by_role(multipart("multipart/signed", TEXT, signature, more='; protocol="application/x"'))
    assert (text, protection) == ("Hello", Protection.SIGNED_SMIME)
    assert parts[Role.SIGNATURE].name == "smime.p7s"
    armour = "Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\nx"
    more = '; protocol="application/pgp-signature"; micalg=pgp-sha256'
    text, protection, parts = by_role(multipart("multipart/signed", TEXT, armour, more=more))
    assert (text, protection) == ("Hello", Protection.SIGNED_PGP)
    assert parts[Role.SIGNATURE].name == "attachment-1.asc"
    clear = (
        b"From: a@x.test\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nHello\r\n-----BEGIN PGP SIGNATURE-----\r\nx"
    )
    assert parse(clear).protection is Protection.SIGNED_PGP
    assert "Hello" in parse(clear).text


def test_an_encrypted_mail_is_kept_and_named() -> None:
    control = "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"
    sealed = "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nx"
    mail = parse(multipart("multipart/encrypted", control, sealed, more='; protocol="application/pgp-encrypted"'))
    assert (mail.text.strip(), mail.protection) == ("", Protection.ENCRYPTED_PGP)
    assert {each.role for each in mail.attachments} == {Role.ENCRYPTED}
    smime = (
        b"From: a@x.test\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nMIIB\r\n"
    )
    text, protection, parts = by_role(smime)
    assert (text, protection, parts[Role.ENCRYPTED].name) == ("", Protection.ENCRYPTED_SMIME, "smime.p7m")


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + size + content


SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def signed(entity: bytes, *, octets: bytes | None = None) -> bytes:
    wrapped = octets if octets is not None else der(0x04, entity)
    inside = der(0x02, b"\x01") + der(0x31, b"") + der(0x30, DATA + der(0xA0, wrapped)) + der(0x31, b"")
    return der(0x30, SIGNED_DATA + der(0xA0, der(0x30, inside)))


ENTITY = multipart(
    "multipart/mixed", TEXT, "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1"
)


@pytest.mark.parametrize(
    "octets", [None, der(0x24, der(0x04, ENTITY[:50]) + der(0x04, ENTITY[50:])), b"\x24\x80" + der(4, ENTITY) + b"\0\0"]
)
def test_a_mail_that_was_signed_as_a_whole_is_opened_for_its_text(octets: bytes | None) -> None:
    sealed = base64.encodebytes(signed(ENTITY, octets=octets))
    raw = (
        b"From: a@x.test\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + sealed
    )
    mail = parse(raw)
    assert (mail.text.strip(), mail.protection) == ("Hello", Protection.SIGNED_SMIME)
    assert [(each.name, each.data) for each in mail.attachments] == [("a.csv", b"1")]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 300), st.binary(max_size=6))
def test_a_broken_envelope_opens_to_nothing_and_never_raises(data: bytes, at: int, changed: bytes) -> None:
    signed_content(data)
    good = signed(b"Content-Type: text/plain\r\n\r\nHello")
    signed_content(good[:at] + changed + good[at + len(changed) :])
    signed_content(b"\x30\x80" * 5_000)


def test_what_outlook_sends_in_its_own_form_is_kept_and_named() -> None:
    for head in ("application/ms-tnef", "application/octet-stream; name=WinMail.dat"):
        text, _, parts = by_role(multipart("multipart/mixed", TEXT, f"Content-Type: {head}\r\n\r\nx\x9f>"))
        assert text == "Hello"
        assert Role.OUTLOOK in parts


def test_a_picture_is_named_where_the_mail_shows_it() -> None:
    page = (
        'Content-Type: text/html\r\n\r\n<p>See <img src="cid:1@x"> and <img src="https://e.test/p.gif" alt="logo"></p>'
    )
    picture = "Content-Type: image/png; name=error.png\r\nContent-ID: <1@x>\r\nContent-Disposition: inline\r\n\r\nx"
    mail = parse(multipart("multipart/related", page, picture))
    assert mail.text == "See [error.png] and [logo]"
    assert mail.attachments[0].inline
