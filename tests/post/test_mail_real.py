"""The real mails beside the project: read without an exception, and as others read them."""

import email
import email.policy
import re
from email.message import Message
from pathlib import Path
from typing import Any

import yaml

from quietmonday.kit.mail_files import RawMail, raw_mails
from quietmonday.kit.text import clean_line
from quietmonday.post.logic.classify import Kind, classify
from quietmonday.post.logic.html import sanitise
from quietmonday.post.logic.mail import Defect, parse
from quietmonday.post.logic.mail.parts import Part, content, read_tree
from quietmonday.post.logic.reply import new_text
from tests.post.test_mail_hostile import check
from tests.shared import DATA, needs_data

pytestmark = needs_data
MAIL = DATA / "mail"
FOLDERS = ("zammad", "bounces/mac", "bounces/err", "replies/talon/plain")

# Where we read a subject otherwise than the .yml says, and why.
OTHER_SUBJECTS = {
    # The .yml leaves the UTF-7 of an encoded word as it stands: "+ANw-bermittlungsstatus".
    "mail018.box": "Benachrichtung zum Übermittlungsstatus (Fehlgeschlagen)",
}


def mails(folder: str) -> list[RawMail]:
    return list(raw_mails(MAIL / folder))


def test_every_real_mail_is_read_without_an_exception() -> None:
    counts = {}
    for folder in FOLDERS:
        found = mails(folder)
        assert [mail.name for mail in found if mail.raw is None] == []
        for mail in found:
            parsed = parse(mail.raw or b"")
            check(parsed)
            once = sanitise(parsed.html or "")
            assert sanitise(once) == once
            new_text(parsed.text)
        counts[folder] = len(found)
    assert counts["zammad"] == 39
    assert counts["bounces/mac"] + counts["bounces/err"] == 117


class _Lenient(yaml.SafeLoader):
    """The files name Ruby's classes; the data below them is plain."""


def _plain(loader: _Lenient, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else node.value


_Lenient.add_multi_constructor("!ruby/", _plain)
_Lenient.add_constructor("!binary", lambda loader, node: b"")  # attachments: not compared here


def expected(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(), Loader=_Lenient)  # noqa: S506  # a SafeLoader
    assert isinstance(loaded, dict)
    return loaded


def test_subjects_and_senders_are_those_of_the_expected_files() -> None:
    others = {}
    compared = 0
    for mail in mails("zammad"):
        path = MAIL / "zammad" / mail.name.replace(".box", ".yml")
        if not path.exists():
            assert mail.name == "mail035.box"  # comes without one
            continue
        wanted = expected(path)
        read = parse(mail.raw or b"")
        assert read.sender is not None
        assert read.sender.addr == wanted["from_email"].lower()
        assert read.sender.name in (wanted["from_display_name"], clean_line(str(wanted["from_display_name"]), 150)) or (
            # It gives no name when From holds no address; we keep the one that stands there.
            Defect.NO_SENDER in read.defects and wanted["from_display_name"] == ""
        )
        compared += 1
        if read.subject != clean_line(str(wanted.get("subject") or ""), 10_000):
            others[mail.name] = read.subject
    assert compared == 38
    assert others == OTHER_SUBJECTS


def test_bounces_are_taken_for_persons_only_where_a_person_forwarded_one() -> None:
    found = [*mails("bounces/mac"), *mails("bounces/err")]
    kinds = {mail.name: classify(parse(mail.raw or b"")).kind for mail in found}
    assert [name for name, kind in kinds.items() if kind == Kind.NORMAL] == [
        "make-test-36.eml"  # Fwd: Returned mail, by a person
    ]


def test_persons_are_not_taken_for_machines() -> None:
    kinds = {mail.name: classify(parse(mail.raw or b"")).kind for mail in mails("zammad")}
    assert {name: kind for name, kind in kinds.items() if kind != Kind.NORMAL} == {
        "mail018.box": Kind.BOUNCE,
        "mail019.box": Kind.AUTO_REPLY,  # these two came with an empty Return-Path
        "mail035.box": Kind.AUTO_REPLY,
    }
    for mail in mails("replies/talon/plain"):
        assert classify(parse(mail.raw or b"")).kind in (Kind.NORMAL, Kind.NO_REPLY_SENDER)


def leaves(part: Part) -> list[Part]:
    return [leaf for child in part.children for leaf in leaves(child)] if part.is_container else [part]


def standard_leaves(message: Message) -> list[Message]:
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        payload = message.get_payload()
        assert isinstance(payload, list)
        return [leaf for child in payload if isinstance(child, Message) for leaf in standard_leaves(child)]
    return [message]


def test_the_parts_are_those_the_standard_library_finds() -> None:
    compared = 0
    for folder in FOLDERS:
        for mail in mails(folder):
            raw = mail.raw or b""
            if b"\n" not in raw:  # as parse() does
                raw = raw.replace(b"\r", b"\n")
            root, defects = read_tree(raw)
            if defects & {Defect.HEADERS_BROKEN, Defect.NO_PARTS}:
                continue  # here the two repair differently, and the text is shown as it stands
            ours, theirs = leaves(root), standard_leaves(email.message_from_bytes(raw, policy=email.policy.compat32))
            assert [one.media_type for one in ours] == [one.get_content_type() for one in theirs], mail.name
            for one, other in zip(ours, theirs, strict=True):
                if other.is_multipart():  # message/rfc822: they open it, we keep it
                    continue
                wanted = other.get_payload(decode=True)
                assert isinstance(wanted, bytes)
                assert squeezed(content(raw, one)[0]) == squeezed(wanted), mail.name
                compared += 1
    assert compared > 200


def squeezed(data: bytes) -> bytes:
    """Without line ends and the white space before them: that is where two right readers may differ."""
    return re.sub(rb"[ \t]*[\r\n]+", b"", data)
