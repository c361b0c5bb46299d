"""What parse understands, by example. The hostile half is in test_mail_hostile.py."""

import base64
from datetime import UTC, datetime

import pytest

from quietmonday.post.logic.mail import Address, Defect, parse
from quietmonday.post.logic.mail.fields import read_addresses, read_date
from quietmonday.post.logic.mail.headers import decode_field, parse_parameters
from quietmonday.post.logic.mail.names import safe_name

PLAIN = (
    b"Message-ID: <a1@client.test>\r\nIn-Reply-To: <q7@host.test>\r\nReferences: <q1@host.test>\r\n <q7@host.test>\r\n"
    b'From: Anna Berg <Anna.Berg@Client.test>\r\nTo: help@host.test, "Doe, Jo" <jo@host.test>\r\nCc: Bo <bo@x.test>\r\n'
    b"Reply-To: anna@private.test\r\nDelivered-To: help+r.abc@host.test\r\nSubject: Printer\r\n down\r\n"
    b"Date: Fri, 20 Nov 2026 09:30:00 +0100\r\nReturn-Path: <anna.berg@client.test>\r\n\r\nIt is down.\r\nAnna\r\n"
)


def test_a_plain_mail_is_read_field_by_field() -> None:
    mail = parse(PLAIN)
    assert mail.message_id == "<a1@client.test>"
    assert mail.in_reply_to == "<q7@host.test>"
    assert mail.references == ("<q1@host.test>", "<q7@host.test>")
    assert mail.sender == Address("Anna Berg", "anna.berg@client.test")
    assert mail.to == (Address("", "help@host.test"), Address("Doe, Jo", "jo@host.test"))
    assert mail.cc == (Address("Bo", "bo@x.test"),)
    assert mail.reply_to == (Address("", "anna@private.test"),)
    assert mail.delivered_to == (Address("", "help+r.abc@host.test"),)
    assert mail.subject == "Printer down"
    assert mail.date == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert mail.text == "It is down.\nAnna\n"
    assert mail.html is None
    assert mail.attachments == ()
    assert mail.header("Return-Path") == "<anna.berg@client.test>"
    assert mail.header("X-Loop") is None
    assert mail.defects == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"=?iso-8859-1?Q?aa=E4=F6=FC=DFad_asd?=", "aaäöüßad asd"),
        (b"=?utf-8?B?w6Q=?= =?utf-8?Q?_=C3=B6?=", "ä ö"),
        (b"=?utf-8?B?4pw=?=\r\n =?utf-8?B?hQ==?=", "✅"),  # one character cut in two words
        (b"a =?utf-8?q?b?= c", "a b c"),
        (b"=?x-nobody-knows?Q?=C3=A4?=", "ä"),
        (b"=?utf-8?Q?=E4?=", "ä"),  # Latin-1 that calls itself UTF-8
        (b"=?iso-8859-1?Q?=C3=A4?=", "ä"),  # UTF-8 that calls itself Latin-1
        (b"=?us-ascii?Q?=93quoted=94?=", "“quoted”"),
        (b"=?gb2312?B?vKjQp7ncwO0=?=", "绩效管理"),
        (b"=?utf-8*en?Q?word?=", "word"),
        (b"=?utf-8?B?YWJj====?=", "abc"),
        (b"=?utf-8?B?YWJ?=", "ab"),  # padding missing
        (b"=?utf-8?B?YW Jj?=", "abc"),  # broken by a space
        (b"=?utf-8?B?!!!?=", "=?utf-8?B?!!!?="),
        (b"=?utf-8?Q?what??=", "what?"),
        (b"=?utf-8?Q?open", "=?utf-8?Q?open"),
        (b"=?idna?Q?abc?=", "abc"),
        (b"=?rot13?Q?abc?=", "abc"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("会議".encode("iso-2022-jp"), "会議"),
        (b"\x81\x8d", "\x81\x8d"),  # not even Windows-1252
    ],
)
def test_a_header_is_decoded_whatever_it_claims(written: bytes, read: str) -> None:
    assert decode_field(written) == read


def test_raw_bytes_in_a_header_are_read_as_the_body_is_declared() -> None:
    raw = (
        b"Subject: "
        + "Привет".encode("koi8-r")
        + b"\nContent-Type: text/plain; charset=koi8-r\n\n"
        + "да".encode("koi8-r")
    )
    mail = parse(raw)
    assert (mail.subject, mail.text) == ("Привет", "да")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a@b.test", [Address("", "a@b.test")]),
        ('"Berg, Anna" <a@b.test>, c@d.test', [Address("Berg, Anna", "a@b.test"), Address("", "c@d.test")]),
        ("marc@b.test (Marc Smith)", [Address("Marc Smith", "marc@b.test")]),
        ("=?utf-8?Q?Berg=2C_Anna_=3Cx=40y=2Etest=3E?= <a@b.test>", [Address("Berg, Anna <x@y.test>", "a@b.test")]),
        ('"help@host.test" <evil@b.test>', [Address("help@host.test", "evil@b.test")]),
        ("help@host.test <evil@b.test>", [Address("help@host.test", "evil@b.test")]),
        ("<a@b.test> <c@d.test>", [Address("", "c@d.test")]),
        ("Team: a@b.test, Bo <b@b.test>;", [Address("", "a@b.test"), Address("Bo", "b@b.test")]),
        ("undisclosed-recipients:;", []),
        ('"我" <>', [Address("我", "")]),
        ("[??????]", [Address("[??????]", "")]),
        ("Max | [x] <k@b.test>", [Address("Max | [x]", "k@b.test")]),
        ('"a \\" b" <a@b.test>', [Address('a " b', "a@b.test")]),
        ("x@bücher.test", [Address("", "x@xn--bcher-kva.test")]),
        ("A.B@C.TEST;d@e.test", [Address("", "a.b@c.test"), Address("", "d@e.test")]),
        ("<a@b@c.test>", []),
        ("((((((", []),
        ("", []),
    ],
)
def test_addresses_are_taken_apart_before_they_are_decoded(written: str, read: list[Address]) -> None:
    assert read_addresses(written) == read


def test_a_sender_without_an_address_is_answered_where_replies_go() -> None:
    mail = parse(b'From: "Bo" <>\nReply-To: bo@b.test\n\nx')
    assert mail.sender == Address("Bo", "bo@b.test")
    assert Defect.NO_SENDER in mail.defects
    assert parse(b"Subject: x\n\nx").sender is None


def test_of_several_from_fields_the_first_with_an_address_counts() -> None:
    mail = parse(b"From: [??]\nFrom: a@b.test\nFrom: c@d.test\n\nx")
    assert mail.sender == Address("", "a@b.test")
    assert Defect.SEVERAL_SENDERS in mail.defects


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fri, 20 Nov 2026 09:30:00 +0100", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("20 Nov 26 09:30 GMT", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 09:30:00", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 23:59:60 -0000", datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)),
        ("yesterday", None),
        ("Fri, 31 Feb 2026 09:30:00 +0100", None),
        ("Fri, 20 Nov 2026 25:61:00 +0100", None),
        ("Thu, 01 Jan 1970 00:00:00 +0100", None),
        ("Fri, 20 Nov 99999 09:30:00 +0100", None),
        ("Fri, 20 Nov 2026 09:30:00 +99999999999999", None),
        ("", None),
        (" ,", None),
    ],
)
def test_a_date_is_a_moment_or_nothing(written: str, read: datetime | None) -> None:
    assert read_date(written) == read


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b'attachment; filename="a b.txt"', "a b.txt"),
        (b"attachment; filename=plain.txt; size=3", "plain.txt"),
        (b"attachment; filename*=utf-8''%C3%A4.txt", "ä.txt"),
        (b"attachment; filename*0*=utf-8'de'%C3; filename*1*=%A4; filename*2=.txt", "ä.txt"),
        (b"attachment; filename*1=b.txt; filename*0=a", "ab.txt"),
        (b'attachment; filename="=?utf-8?Q?=C3=A4?=.txt"', "ä.txt"),
        (b'attachment; filename="a;b\\"c.txt"', 'a;b"c.txt'),
        (b"attachment; filename=f1; filename=f2", "f1"),
        (b"attachment; filename*=nonsense", "nonsense"),
        (b"attachment; filename*=x-none''%E4.txt", "ä.txt"),
        (b'attachment; filename="open', "open"),
        ('attachment; filename="ü.txt"'.encode("latin-1"), "ü.txt"),
    ],
)
def test_a_file_name_is_found_in_every_spelling(written: bytes, name: str) -> None:
    assert parse_parameters(written)[1]["filename"] == name


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\b.doc", "b.doc"),
        ("inv\u202egnp.exe", "invgnp.exe"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("COM1 .log", "_COM1 .log"),
        ("..", "fallback"),
        (".htaccess", "htaccess"),
        ("a\r\nb\x00.txt", "a b_.txt"),
        ('a:b|c?.t"xt', "a_b_c_.t_xt"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("trailing. . ", "trailing"),
    ],
)
def test_a_file_name_is_safe_on_every_system(written: str, safe: str) -> None:
    assert safe_name(written, "fallback") == safe
    assert safe_name(safe, "fallback") == safe


def multipart(kind: str, *parts: bytes, boundary: bytes = b"=_b") -> bytes:
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\npreamble\r\n' % (kind.encode(), boundary)
    return (
        head
        + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + boundary
        + b"--\r\nepilogue"
    )


TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nwords"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>w<b>o</b>rds &amp; more</p>"
PICTURE = (
    b"Content-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"\x89PNG\r\n\x1a\n1234")
)
FILE = b'Content-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename="y.pdf"\r\n\r\n%PDF-1.4'


def test_of_alternatives_the_plain_text_is_shown_and_the_html_kept() -> None:
    mail = parse(multipart("alternative", TEXT, HTML))
    assert (mail.text, mail.html, mail.attachments) == ("words", "<p>w<b>o</b>rds &amp; more</p>", ())


def test_an_empty_plain_alternative_gives_way_to_the_text_of_the_html() -> None:
    mail = parse(multipart("alternative", b"Content-Type: text/plain\r\n\r\n  \r\n", HTML))
    assert mail.text == "words & more"


def test_a_picture_of_the_html_is_an_inline_attachment() -> None:
    mail = parse(multipart("related", HTML, PICTURE))
    (picture,) = mail.attachments
    assert (picture.name, picture.content_id, picture.inline, picture.sniffed) == (
        "attachment-1.png",
        "p1",
        True,
        "image/png",
    )
    assert picture.data == b"\x89PNG\r\n\x1a\n1234"


def test_a_file_keeps_its_name_and_shows_its_true_type() -> None:
    mail = parse(multipart("mixed", TEXT, FILE.replace(b"%PDF-1.4", b"<script>x</script>")))
    (file,) = mail.attachments
    assert (file.name, file.declared, file.sniffed, file.inline) == ("y.pdf", "application/pdf", "text/html", False)
    assert mail.text == "words"


def test_texts_around_a_picture_are_read_one_after_the_other() -> None:
    mail = parse(multipart("mixed", TEXT, PICTURE, HTML))
    assert mail.text == "words\n\nwords & more"
    assert mail.html == "<p>words</p>\n<p>w<b>o</b>rds &amp; more</p>"


def test_a_plain_part_with_a_name_is_a_file() -> None:
    mail = parse(multipart("mixed", TEXT, b'Content-Type: text/plain; name="log.txt"\r\n\r\nlines'))
    assert mail.text == "words"
    assert [(file.name, file.data) for file in mail.attachments] == [("log.txt", b"lines")]


def test_a_mail_inside_a_mail_is_one_attachment_called_by_its_subject() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?Re:_a/b_=C3=A4?=\r\n\r\n" + TEXT
    mail = parse(multipart("mixed", TEXT, inner))
    assert [file.name for file in mail.attachments] == ["Re_ a-b ä.eml"]
    assert mail.attachments[0].data.startswith(b"Subject: =?utf-8")
    assert mail.text == "words"


def test_winmail_stays_an_attachment() -> None:
    tnef = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22rest"
    mail = parse(multipart("mixed", TEXT, tnef))
    assert [(file.name, file.sniffed) for file in mail.attachments] == [("winmail.dat", "application/vnd.ms-tnef")]


def test_a_signed_mail_is_read_and_its_signature_kept() -> None:
    signature = b"Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----"
    mail = parse(multipart("signed", TEXT, signature))
    assert mail.text == "words"
    assert [file.name for file in mail.attachments] == ["signature.asc"]


def test_an_encrypted_mail_has_no_text_and_two_attachments() -> None:
    version = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"
    secret = b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----"
    mail = parse(multipart("encrypted", version, secret))
    assert mail.text == ""
    assert [file.name for file in mail.attachments] == ["attachment-1.asc", "encrypted.asc"]


def test_transfer_encodings_are_taken_off() -> None:
    head = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    assert parse(head + b"quoted-printable\n\nGr=C3=BC=\n=C3=9Fe").text == "Grüße"
    assert parse(head + b"BASE64\n\nR3LD\nvMOfZQ").text == "Grüße"
    assert parse(head + b"x-uuencode\n\nbegin 644 a\n#86)C\n`\nend\n").text == "abc"
    odd = parse(head + b"x-odd\n\nabc")
    assert (odd.text, Defect.BAD_ENCODING in odd.defects) == ("abc", True)


def test_a_wrong_charset_is_named_and_the_text_read() -> None:
    mail = parse(b"Content-Type: text/plain; charset=us-ascii\n\n" + "Grüße".encode())
    assert mail.text == "Grüße"
    assert Defect.BAD_CHARSET in mail.defects


def test_line_ends_of_any_kind_are_read() -> None:
    for end in (b"\r\n", b"\n", b"\r", b"\r\r\n"):
        mail = parse(multipart("mixed", TEXT, FILE).replace(b"\r\n", end))
        assert (mail.text.strip(), len(mail.attachments)) == ("words", 1)


def test_an_announced_container_without_parts_is_shown_as_it_stands() -> None:
    for head in (b"Content-Type: multipart/mixed", b"Content-Type: multipart/mixed; boundary=gone"):
        mail = parse(head + b"\n\nwords")
        assert mail.text == "words"
        assert Defect.NO_PARTS in mail.defects
