"""Mail that wants to break us (attack 7): bounded, named, never an exception."""

import base64
import re
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.kit.text import clean_line, clean_text
from quietmonday.post.logic.bounce import MAX_FAILED, read_report
from quietmonday.post.logic.classify import classify
from quietmonday.post.logic.html import TAGS, sanitise
from quietmonday.post.logic.mail import Defect, ParsedMail, limits, parse
from quietmonday.post.logic.mail.names import safe_name
from quietmonday.post.logic.reply import new_text
from tests.post.test_mail_parse import FILE, HTML, PICTURE, PLAIN, TEXT, multipart

SEEDS = [
    PLAIN,
    PLAIN.partition(b"\r\n\r\n")[0]
    + b"\r\n"
    + multipart("mixed", multipart("alternative", TEXT, HTML, boundary=b"in"), FILE),
    multipart("related", HTML, PICTURE),
    multipart("report", TEXT, b"Content-Type: message/rfc822\r\n\r\n" + PLAIN),
    multipart("alternative", TEXT, b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nDTSTART:20261126T100000Z\r\n"),
    b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"MIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwGggCSABAtTdWJqZWN0OiB4CgAAAAAAAAAAAAAA\r\n",
    multipart(
        "report",
        TEXT,
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        b"Final-Recipient: rfc822; a@b.test\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no\r\n",
    ),
    b'Subject: =?utf-8?B?w6Q=?= =?gb2312?Q?=BC?=\nFrom: "=?utf-8?Q?a?=" <a@b.test>\nContent-Type: text/plain; '
    b"charset*0*=utf-8''%75; name*=x''%E4\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==",
]


def check(mail: ParsedMail) -> None:
    """What holds of every mail and of all that is read out of it, whatever its bytes were."""
    clean = sanitise(mail.html or "")
    assert sanitise(clean) == clean
    assert not re.search(rf"<(?!/?(?:{'|'.join(TAGS)})[\s>/])", clean)
    new, quoted = new_text(mail.text, mail.subject)
    assert sorted(f"{new} {quoted}".split()) == sorted(mail.text.split())
    classify(mail)
    report = read_report(mail)
    assert len(report.failed) <= MAX_FAILED
    assert report.delayed or report.about("anna@client.test") is not None
    assert all(clean_line(one.said, 300) == one.said for one in report.failed)
    texts = [mail.subject, mail.text, mail.html or "", *(file.name for file in mail.attachments)]
    texts += [one.name for one in (*mail.to, *mail.cc, *mail.reply_to)] + ([mail.sender.name] if mail.sender else [])
    assert all(clean_text(text) == text for text in texts)
    assert len(mail.text) <= limits.MAX_TEXT_CHARS
    assert len(mail.subject) <= 300
    assert len(mail.attachments) <= limits.MAX_PARTS
    assert len(mail.references) <= limits.MAX_REFERENCES
    assert mail.date is None or mail.date.utcoffset() is not None
    for file in mail.attachments:
        assert 0 < len(file.name) <= limits.MAX_NAME_CHARS
        assert not set(file.name) & set('/\\\x00\n<>:"|?*\u202e\u200b')
        assert safe_name(file.name, "x") == file.name


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    check(parse(raw))


HEADERS = (
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"References",
    b"Content-Type",
    b"Content-Disposition",
    b"Content-Transfer-Encoding",
    b"Return-Path",
    b"X-Loop",
)
FRAGMENTS = (
    b"multipart/mixed; boundary=b",
    b"\n--b\n",
    b"\n--b--\n",
    b"=?utf-8?B?",
    b"=?utf-7?Q?+AAAA-?=",
    b"?=",
    b"base64",
    b"quoted-printable",
    b"text/html; charset=utf-16",
    b"charset=idna",
    b"filename*0*=''%",
    b"filename*=utf-8''%ff",
    b'"',
    b"<",
    b">",
    b"(",
    b"\\",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"Fri, 99 Foo -1",
    b"a@b",
    b"<a@b>",
    b";",
    b",",
    b":",
    b"\r",
    b"message/rfc822",
    b"message/delivery-status",
    b"multipart/report; boundary=b",
    b"multipart/encrypted; boundary=b",
    b"application/pkcs7-mime; smime-type=signed-data",
    b"text/calendar",
    b"Final-Recipient: rfc822;",
    b"Action: failed",
    b"X-Failed-Recipients: ",
    b"-----BEGIN PGP MESSAGE-----",
    b"<script>",
    b"<svg><style><img src=x onerror=a()>",
    b"<blockquote type=cite>",
    b"> On 1.1.2026 10:00, a <a@b> wrote:",
    b"\xe2\x80\xae",
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(HEADERS), st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=8), max_size=6)),
        max_size=8,
    ),
    st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=10),
)
def test_any_header_values_are_survived(headers: list[tuple[bytes, list[bytes]]], body: list[bytes]) -> None:
    check(parse(b"".join(name + b": " + b"".join(values) + b"\n" for name, values in headers) + b"\n" + b"".join(body)))


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(FRAGMENTS) | st.binary(max_size=6)), max_size=6
    ),
)
def test_a_mutated_mail_is_survived(seed: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    for where, length, replacement in changes:
        at = int(where * len(seed))
        seed = seed[:at] + replacement + seed[at + length :]
    check(parse(seed))


def peak(work: Callable[[], ParsedMail]) -> tuple[ParsedMail, int]:
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_thousand_parts_are_cut_at_the_limit() -> None:
    raw = multipart("mixed", *[b"Content-Type: application/x-a\r\n\r\nx"] * 10_000)
    mail, memory = peak(lambda: parse(raw))
    assert Defect.TOO_MANY_PARTS in mail.defects
    assert len(mail.attachments) == limits.MAX_PARTS - 1
    assert memory < 5_000_000
    check(mail)


@pytest.mark.parametrize("depth", [100, 5_000])
def test_a_deep_nest_ends_at_the_limit(depth: int) -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(depth)) + TEXT
    mail, memory = peak(lambda: parse(raw))
    assert Defect.TOO_DEEP in mail.defects
    assert memory < 3_000_000
    check(mail)


def test_containers_that_share_one_boundary_do_not_multiply() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 3_000
    )
    mail = parse(raw)
    assert Defect.TOO_MANY_PARTS in mail.defects
    check(mail)


def test_mails_inside_mails_are_not_opened() -> None:
    raw = b"Content-Type: message/rfc822\n\n" * 3_000 + b"Subject: x\n\nx"
    mail = parse(raw)
    assert len(mail.attachments) == 1


def test_a_megabyte_of_headers_is_cut_and_the_body_still_read() -> None:
    for filler in (b"X-A: " + b"a" * 1_000_000 + b"\n", b"X-A: b\n" * 150_000, b"X-A: b\n" + b" c\n" * 300_000):
        mail, memory = peak(lambda filler=filler: parse(b"From: a@b.test\nSubject: s\n" + filler + b"\nthe body"))  # type: ignore[misc]  # a lambda's default
        assert Defect.HEADERS_CUT in mail.defects
        assert (mail.subject, mail.text) == ("s", "the body")
        assert memory < 8_000_000
        check(mail)


def test_a_subject_of_a_megabyte_or_a_thousand_folds_is_one_line() -> None:
    assert len(parse(b"Subject: " + b"a" * 200_000 + b"\n\nx").subject) == 300
    assert parse(b"Subject: a\n" + b"\n".join([b"\tb"] * 1_000) + b"\n\nx").subject.startswith("a b b b")


def test_the_same_header_ten_thousand_times_stays_bounded() -> None:
    mail = parse(b"To: a@b.test\nReceived: x\n" * 900 + b"\nbody")
    assert len(mail.to) == 1
    assert mail.hops == 900
    many = b"To: " + b", ".join(b"a%d@b.test" % n for n in range(5_000)) + b"\n\nx"
    cut = parse(many)
    assert len(cut.to) == limits.MAX_ADDRESSES
    assert Defect.ADDRESSES_CUT in cut.defects


@pytest.mark.parametrize(
    "value",
    [
        b"=?utf-8?Q?" * 6_000,
        b"=?utf-8?B?" + b"A" * 60_000,
        b"(" * 60_000,
        b'"' * 60_001,
        b"<" * 60_000,
        b"\\" * 60_000,
        b"a@" * 30_000,
        b"<a@b.test>," * 6_000,
        b';a="' * 15_000,
        b";filename*0*=a''%" * 3_000,
        b"\xff" * 60_000,
        "e\u0301\u0323".encode() * 10_000,
    ],
)
def test_a_field_made_to_be_slow_is_read_and_bounded(value: bytes) -> None:
    names = (b"From", b"To", b"Subject", b"Date", b"References", b"Content-Type", b"Content-Disposition")
    for name in names:
        check(parse(name + b": " + value + b"\n\nbody"))


def test_a_base64_part_that_claims_a_gigabyte_is_as_large_as_it_is() -> None:
    part = b"Content-Type: application/zip; size=1073741824\nContent-Transfer-Encoding: base64\n\n"
    mail = parse(multipart("mixed", part + base64.b64encode(b"PK\x03\x04tiny")))
    assert [(file.data, file.sniffed) for file in mail.attachments] == [(b"PK\x03\x04tiny", "application/zip")]


def test_a_mail_beyond_the_limit_is_cut_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_RAW_BYTES", 10_000)
    mail = parse(b"Subject: s\n\n" + b"x" * 20_000)
    assert Defect.RAW_CUT in mail.defects
    assert len(mail.text) == 10_000 - len(b"Subject: s\n\n")


def test_a_text_beyond_the_limit_is_cut_and_named() -> None:
    mail = parse(b"Subject: s\n\n" + b"x" * 3_000_000)
    assert Defect.TEXT_CUT in mail.defects
    assert len(mail.text) == limits.MAX_TEXT_CHARS


def test_many_long_texts_share_one_limit() -> None:
    raw = multipart("mixed", *[b"Content-Type: text/html\r\n\r\n" + b"x " * 250_000] * 30)
    mail, memory = peak(lambda: parse(raw))
    assert Defect.TEXT_CUT in mail.defects
    assert memory < 40_000_000


def test_null_bytes_and_bad_characters_become_visible() -> None:
    mail = parse(b"From: a\x00b <a\x00@b.test>\nSubject: s\x00\x1b[31m\n\nnull\x00byte \xed\xa0\x80")
    assert mail.subject == "s\ufffd\ufffd[31m"
    assert "null\ufffdbyte" in mail.text
    check(mail)


@pytest.mark.parametrize(
    "charset",
    [
        b"utf-16",
        b"utf-32",
        b"utf-7",
        b"hz",
        b"iso-2022-jp",
        b"punycode",
        b"unicode_escape",
        b"zlib",
        b"\xff",
        b"a" * 5_000,
    ],
)
def test_any_charset_name_is_survived(charset: bytes) -> None:
    for body in (b"abc", b"\xff\xfe\x00\xd8", b"+2AAAA-", bytes(range(256))):
        check(
            parse(
                b"Content-Type: text/plain; charset="
                + charset
                + b"\nSubject: =?"
                + charset
                + b"?Q?=FF=00a?=\n\n"
                + body
            )
        )


def test_nothing_at_all_is_an_empty_mail() -> None:
    for raw in (b"", b"\n", b" \r\n\r\n"):
        mail = parse(raw)
        assert Defect.EMPTY in mail.defects
        assert (mail.text.strip(), mail.sender, mail.subject) == ("", None, "")


SLOW_REPORTS = {
    "words": "5" * 60_000,
    "addresses": "a@b.cc " * 9_000,
    "addresses without an end": "a@b" * 20_000,
    "addresses abroad": "ü@ü.üü " * 9_000,
    "codes": "550 5.1.1 user " * 4_000,
    "almost a mailbox": "mailbox " * 8_000,
    "almost a host": "host " * 12_000,
    "ids": "<qm." + "a" * 59_000,
    "fields": "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\n\r\n" * 1_000,
    "a long field": "Diagnostic-Code: " + "5.1.1 " * 10_000,
}


@pytest.mark.parametrize("name", SLOW_REPORTS)
def test_a_report_made_to_be_slow_is_read_soon(name: str) -> None:
    text = SLOW_REPORTS[name]
    status = f"Content-Type: message/delivery-status\r\n\r\n{text}".encode()
    mail = parse(multipart("report", f"Content-Type: text/plain\r\n\r\n{text}".encode(), status))
    begun = time.process_time()
    report = read_report(mail)
    assert time.process_time() - begun < 1.5
    assert len(report.failed) <= MAX_FAILED
