"""Mails out of files of every kind, one at a time."""

import os
import tracemalloc
from pathlib import Path

import pytest

from quietmonday.kit import mail_files
from quietmonday.kit.mail_files import RawMail, raw_mails

FROM = b"From a@b.test  Thu May  3 12:04:29 2012\n"
ONE = b"Subject: one\n\nFrom here on it works.\n"
TWO = b"Subject: two\n\n>From me\n>>From you\n"


def test_a_single_file_is_one_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(ONE)
    assert list(raw_mails(tmp_path / "a.eml")) == [RawMail("a.eml", ONE)]


def test_a_folder_is_read_in_order_without_its_descriptions(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "a.box", "sub/c", "a.yml", ".hidden"):
        (tmp_path / name).write_bytes(name.encode())
    assert [(mail.name, mail.raw) for mail in raw_mails(tmp_path)] == [
        ("a.box", b"a.box"),
        ("b.eml", b"b.eml"),
        ("sub/c", b"sub/c"),
    ]


def test_a_maildir_is_its_new_and_current_mails(tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
    (tmp_path / "cur" / "2:2,S").write_bytes(b"second")
    (tmp_path / "new" / "1").write_bytes(b"first")
    (tmp_path / "tmp" / "0").write_bytes(b"half written")
    assert [(mail.name, mail.raw) for mail in raw_mails(tmp_path)] == [("new/1", b"first"), ("cur/2:2,S", b"second")]


def test_an_mbox_is_cut_at_its_from_lines_and_unquoted(tmp_path: Path) -> None:
    (tmp_path / "in.mbox").write_bytes(FROM + ONE + b"\n" + FROM + TWO + b"\n" + FROM)
    assert list(raw_mails(tmp_path / "in.mbox")) == [
        RawMail("in.mbox#1", ONE + b"\n"),
        RawMail("in.mbox#2", b"Subject: two\n\nFrom me\n>From you\n\n"),
        RawMail("in.mbox#3", None, "an empty mail"),
    ]


def test_an_mbox_of_one_has_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "one.box").write_bytes(FROM + ONE)
    assert list(raw_mails(tmp_path / "one.box")) == [RawMail("one.box", ONE)]


def test_a_from_line_inside_a_paragraph_does_not_cut(tmp_path: Path) -> None:
    inside = ONE + FROM + b"more\n\nFrom Monday Thu we are open\n"
    (tmp_path / "in.mbox").write_bytes(FROM + inside)
    assert [mail.raw for mail in raw_mails(tmp_path / "in.mbox")] == [inside]


def test_a_mail_too_large_is_named_and_the_next_one_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_files, "MAX_MAIL_BYTES", 1_000)
    (tmp_path / "a.mbox").write_bytes(FROM + b"x" * 900_000 + b"\n\n" + FROM + ONE)
    (tmp_path / "b.eml").write_bytes(b"x" * 1_001)
    found = list(raw_mails(tmp_path))
    assert [(mail.name, mail.raw) for mail in found] == [("a.mbox#1", None), ("a.mbox#2", ONE), ("b.eml", None)]
    assert found[0].problem is not None and found[0].problem.startswith("larger than")


def test_an_mbox_is_not_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "in.mbox").write_bytes((FROM + ONE + b"x" * 9_000 + b"\n\n") * 3_000)  # 27 MB
    tracemalloc.start()
    try:
        assert sum(1 for mail in raw_mails(tmp_path / "in.mbox") if mail.raw) == 3_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_what_cannot_be_read_comes_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")  # opening it would wait for ever
    assert [(mail.name, mail.problem) for mail in raw_mails(tmp_path)] == [
        ("empty", "the file is empty"),
        ("link", "not a regular file"),
        ("pipe", "not a regular file"),
    ]
    assert list(raw_mails(tmp_path / "gone")) == [RawMail("gone", None, "there is no such file or folder")]


def test_a_file_with_old_line_ends_is_one_mail(tmp_path: Path) -> None:
    old = (FROM + ONE).replace(b"\n", b"\r")
    (tmp_path / "old.eml").write_bytes(old)
    assert list(raw_mails(tmp_path / "old.eml")) == [RawMail("old.eml", old)]
