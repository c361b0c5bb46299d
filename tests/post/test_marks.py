"""What mail servers write on a mail: which of it is believed, and of whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.post.logic.mail import parse
from quietmonday.post.logic.mail.copies import likeness
from quietmonday.post.logic.mail.heads import head_of
from quietmonday.post.logic.marks import Kind, mark_of


def marked(*lines: str, trusted: str = "mx.fennimore.example") -> tuple[Kind, str] | None:
    head = "".join(f"{line}\r\n" for line in lines)
    found = mark_of(parse(f"{head}From: dele@oakhurst.example\r\nSubject: x\r\n\r\nhello".encode()), trusted)
    return (found.kind, found.by) if found else None


REPORT = "X-Forefront-Antispam-Report"
SCL, PCL = "X-MS-Exchange-Organization-SCL", "X-MS-Exchange-Organization-PCL"
RESULTS = "Authentication-Results"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("X-Spam-Flag: YES", Kind.SPAM),
        ("X-Spam-Flag: yes (score 9)", Kind.SPAM),
        ("X-Spam-Flag: NO", None),
        ("X-Spam-Status: Yes, score=9.1 required=5.0 tests=BAYES_99", Kind.SPAM),
        ("X-Spam-Status: No, score=-2.1 required=5.0 autolearn=yes", None),
        ("X-Spam-Status: yesterday", None),
        (f"{SCL}: 5", Kind.SPAM),
        (f"{SCL}: 9", Kind.SPAM),
        (f"{SCL}: 4", None),
        (f"{SCL}: -1", None),
        (f"{SCL}: nine", None),
        (f"{PCL}: 4", Kind.PHISHING),
        (f"{PCL}: 3", None),
        (f"{REPORT}: CIP:1.2.3.4;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;CAT:NONE;DIR:INB;", None),
        (f"{REPORT}: CIP:1.2.3.4;SCL:5;SRV:;SFV:SPM;CAT:SPM;DIR:INB;", Kind.SPAM),
        (f"{REPORT}: SCL:9;SFV:SPM;CAT:HPHSH;", Kind.PHISHING),
        (f"{REPORT}: SCL:-1;SFV:SKN;CAT:PHSH;", Kind.PHISHING),
        (f"{REPORT}: SCL:5;SRV:BULK;CAT:BULK", Kind.SPAM),
    ],
)
def test_marks_of_filters_are_read(line: str, kind: Kind | None) -> None:
    assert marked(line) == (None if kind is None else (kind, line.partition(":")[0]))


@pytest.mark.parametrize(
    ("line", "fails"),
    [
        (f"{RESULTS}: mx.fennimore.example; dmarc=fail (p=NONE) header.from=oakhurst.example", True),
        (f"{RESULTS}: MX.Fennimore.example 1;\r\n spf=pass smtp.mailfrom=x;\r\n DMARC = fail", True),
        (f"{RESULTS}: mx.fennimore.example; dkim=pass (a (nested; dmarc=pass) one); dmarc=fail", True),
        (f"{RESULTS}: mx.fennimore.example; dmarc=pass header.from=oakhurst.example", False),
        (f"{RESULTS}: mx.fennimore.example; dkim=fail; spf=fail; dmarc=none", False),
        (f"{RESULTS}: mx.fennimore.example; spf=pass (dmarc=fail)", False),
        (f"{RESULTS}: mx.fennimore.example; x-dmarc=fail", False),
        (f"{RESULTS}: mx.elsewhere.example; dmarc=fail", False),
        (f"{RESULTS}: mx.fennimore.example.evil.example; dmarc=fail", False),
        (f"X-{RESULTS}: mx.fennimore.example; dmarc=fail", False),
        (f"{RESULTS}:", False),
    ],
)
def test_a_failed_check_counts_of_the_own_server_only(line: str, fails: bool) -> None:
    assert marked(line) == ((Kind.NOT_PROVEN, RESULTS) if fails else None)
    assert marked(line, trusted="") is None


def test_each_check_of_the_own_server_may_write_a_line_of_its_own() -> None:
    forged = f"{RESULTS}: mx.fennimore.example; dmarc=pass"
    lines = [f"{RESULTS}: mx.fennimore.example; dkim=pass", f"{RESULTS}: mx.fennimore.example; dmarc=fail", forged]
    assert marked(*lines) == (Kind.NOT_PROVEN, RESULTS)


def test_a_server_without_a_name_counts_by_the_topmost_line() -> None:
    theirs, older = f"{RESULTS}: spf=fail; dmarc=fail action=none header.from=x", f"{RESULTS}: dmarc=fail"
    assert marked(theirs, trusted="*") == (Kind.NOT_PROVEN, RESULTS)
    assert marked(f"{RESULTS}: spf=pass; dmarc=pass", older, trusted="*") is None


def test_the_gravest_mark_counts() -> None:
    fail = f"{RESULTS}: mx.fennimore.example; dmarc=fail"
    assert marked("X-Spam-Flag: YES", fail) == (Kind.NOT_PROVEN, RESULTS)
    assert marked("X-Spam-Flag: YES", fail, f"{PCL}: 8") == (Kind.PHISHING, PCL)


@given(st.sampled_from([RESULTS, REPORT, SCL, PCL, "X-Spam-Status"]), st.text(max_size=300))
def test_no_value_breaks_it(name: str, value: str) -> None:
    marked(f"{name}: {' '.join(value.split())}", trusted="*")


MAIL = b"Message-ID: <1@x>\r\nDate: Tue, 17 Nov 2026 09:00:00 +0000\r\nFrom: a@x\r\nSubject: Hi\r\n\r\nIt broke\r\n"


def test_copies_of_one_mail_are_alike_whatever_servers_added() -> None:
    way = b"Received: from b\r\nDelivered-To: help@x\r\n" + MAIL.replace(b"\r\n", b"\n").replace(b"broke", b"broke  ")
    assert likeness(way) == likeness(MAIL) != ""


@pytest.mark.parametrize(
    ("old", "new"), [(b"<1@x>", b"<2@x>"), (b"a@x", b"b@x"), (b"Hi", b"Ho"), (b"It broke", b"It broke, twice")]
)
def test_nobody_keeps_a_mail_out_by_its_message_id_alone(old: bytes, new: bytes) -> None:
    assert likeness(MAIL.replace(old, new)) != likeness(MAIL)


def test_without_a_message_id_nothing_is_alike() -> None:
    assert likeness(b"From: a@x\r\n\r\nhello") == likeness(b"Message-ID: \r\n\r\nhello") == ""


@given(st.binary(max_size=2_000))
def test_any_bytes_have_a_head_and_a_likeness(raw: bytes) -> None:
    assert likeness(raw) == likeness(raw)
    assert len(head_of(raw, "a@x").recipients) <= 200
