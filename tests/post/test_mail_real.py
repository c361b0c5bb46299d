"""The real mails beside the project: read without an exception, and as others read them."""

import base64
import email
import email.policy
import html
import re
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import yaml

from quietmonday.kit.mail_files import RawMail, raw_mails
from quietmonday.kit.text import clean_line
from quietmonday.post.logic.classify import Kind, classify
from quietmonday.post.logic.html import sanitise
from quietmonday.post.logic.mail import Defect, ParsedMail, parse
from quietmonday.post.logic.mail.parts import Part, content, read_tree
from quietmonday.post.logic.reply import new_text
from tests.post.test_mail_hostile import check
from tests.shared import DATA, needs_data

pytestmark = needs_data
MAIL = DATA / "mail"
FOLDERS = ("zammad", "bounces/mac", "bounces/err", "replies/talon/plain")


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
_Lenient.add_constructor("!binary", lambda loader, node: base64.b64decode(str(node.value)))


def expected(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(), Loader=_Lenient)  # noqa: S506  # a SafeLoader
    assert isinstance(loaded, dict)
    return loaded


def beside() -> Iterator[tuple[str, ParsedMail, dict[str, Any]]]:
    """Yield name, the mail as we read it, and what is expected of it, for the 38 mails that say so."""
    names = []
    for mail in mails("zammad"):
        path = MAIL / "zammad" / mail.name.replace(".box", ".yml")
        if path.exists():
            names.append(mail.name)
            yield mail.name.removesuffix(".box"), parse(mail.raw or b""), expected(path)
    assert len(names) == 38  # mail035 comes without


# Where we read a mail otherwise than the file beside it says, and why. Everything that is not named here is equal.

OTHER_SUBJECTS = {
    # It leaves the UTF-7 of an encoded word as it stands: "+ANw-bermittlungsstatus".
    "mail018": "Benachrichtung zum Übermittlungsstatus (Fehlgeschlagen)",
}

OTHER_ATTACHMENTS = {
    "mail009": "it lists the HTML of the mail itself as a file; we keep that as the mail's other form",
    "mail014": "it writes the two attached mails anew, with other line ends; we hand them out as they came",
}

OTHER_TEXTS = {
    "mail001": "it reads the HTML, we the plain text, in which whoever made the data hid other names and figures",
    "mail003": "the same",
    "mail008": "it holds an address that stands nowhere in the mail",
    "mail011": "it reads the HTML, we the plain text, which names fewer links",
    "mail012": "it reads the HTML, we the plain text, in which other names and figures were hidden",
    "mail015": 'the mail has no text; it says "no visible content"',
    "mail016": "it takes the title of the HTML page for text",
    "mail017": "it reads the HTML, we the plain text, which is another text",
    "mail018": "it leaves UTF-7 as it stands",
    "mail019": "it takes the title of the HTML page for text",
    "mail021": "it reads Russian in UTF-8 as Latin 2",
    "mail024": 'the mail has no text; it says "no visible content"',
    "mail026": "it takes the title of an empty HTML page for text, we the plain text",
    "mail027": 'the mail has no text; it says "no visible content"',
    "mail028": 'the mail has no text; it says "no visible content"',
}


def test_subjects_and_senders_are_those_of_the_expected_files() -> None:
    others = {}
    for name, read, wanted in beside():
        assert read.sender is not None
        assert read.sender.addr == wanted["from_email"].lower()
        assert read.sender.name in (wanted["from_display_name"], clean_line(str(wanted["from_display_name"]), 150)) or (
            # It gives no name when From holds no address; we keep the one that stands there.
            Defect.NO_SENDER in read.defects and wanted["from_display_name"] == ""
        )
        if read.subject != clean_line(str(wanted.get("subject") or ""), 10_000):
            others[name] = read.subject
    assert others == OTHER_SUBJECTS


def test_recipients_are_those_of_the_expected_files() -> None:
    compared = 0
    for name, read, wanted in beside():
        for field, ours in (("to", read.to), ("cc", read.cc), ("reply-to", read.reply_to)):
            if field in wanted:
                theirs = re.findall(r"[^\s<>,;\"']+@[^\s<>,;\"']+", str(wanted[field]).lower())
                assert [each.addr for each in ours] == theirs, name
                compared += 1
    assert compared == 31


def test_attachments_are_those_of_the_expected_files_byte_for_byte() -> None:
    others: dict[str, list[str]] = {}
    compared = 0
    for name, read, wanted in beside():
        ours = [each.data for each in read.attachments]
        for each in wanted.get("attachments") or []:
            data = each["data"].encode() if isinstance(each["data"], str) else each["data"]
            compared += 1
            if data not in ours:
                others.setdefault(name, []).append(each["filename"])
        if "attachments" in wanted:
            assert len(ours) == len(wanted["attachments"]) - (name == "mail009")
    assert compared == 7
    assert others.keys() == OTHER_ATTACHMENTS.keys()
    assert others["mail009"] == ["message.html"]
    assert len(others["mail014"]) == 2


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


def test_every_letter_of_the_expected_text_is_in_ours() -> None:
    others = {}
    for name, read, wanted in beside():
        body = str(wanted["body"])
        if "<" in body and wanted.get("content_type") != "text/plain":
            body = html.unescape(re.sub(r"<[^>]*>", "", body))
        if lost := letters(body) - letters(read.text):
            others[name] = "".join(lost.elements())
    assert others.keys() == OTHER_TEXTS.keys()


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
