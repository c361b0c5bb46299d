"""A file of raw mails: one of them, or an mbox. No byte is made up, and each mail that stays out says why."""

from quietmonday.kit.mail_files import chunks_of, raw_mails
from tests.fuzzing.harness import Harness, as_file


def check(data: bytes) -> None:
    found = list(raw_mails(as_file(data)))
    assert found
    assert all((mail.raw is None) == bool(mail.problem) for mail in found)
    assert sum(len(mail.raw or b"") for mail in found) <= len(data)
    assert len({mail.name for mail in found}) == len(found)
    assert [mail for chunk in chunks_of(found) for mail in chunk] == found


HARNESS = Harness(
    check=check,
    seeds=[
        b"From a@b.test Sat Nov 21 10:20:30 2026\nSubject: one\n\n>From here\n\n"
        b"From c@d.test  Sun Nov 22 10:20:30 2026\nSubject: two\n\nbody\n",
        b"Subject: alone\r\n\r\nFrom the start\r\n",
        b"From - Sat 21 Nov 10:20\r\n\r\n\r\n",
    ],
    words=[b"\n\nFrom a@b.test Sat Nov 21 10:20", b"\n>>From ", b"\r", b"\n", b"\n\n"],
)
