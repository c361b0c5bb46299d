"""Any text in any field, any bytes as a file: stored or refused in words, drawn harmless, never a broken page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from quietmonday.kit.topics import job_for
from quietmonday.outbox.actions.mails import as_email
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.support.models import Attachment
from tests.boundaries.sweep.core import Door, faults_of_headers, undone, without_mail_servers
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.forms import WORDED, controls_of
from tests.boundaries.sweep.world import NOW, World

pytestmark = pytest.mark.django_db

SCRIPT = "<script>hostile()</script>\"'><img src=x onerror=hostile()></textarea></title><svg onload=hostile()>"
HOSTILE = {
    "scripts": SCRIPT.encode(),
    "a null": b"a\x00b",
    "half a character": b"a\xed\xa0\x80b\xff\xfe",
    "right to left": "\u202egnp.exe \u2066x\u2069 \u200fא".encode(),
    "a header": b"x\r\nBcc: everybody@evil.example\r\n\r\nbody",
    "a template": b"{{ request.user.password }}{% load static %}{% debug %} %(x)s %s {0.__class__}",
    "a query": b"' OR 1=1; DROP TABLE people_person; --",
    "a link": b"javascript:hostile() data:text/html,<script>hostile()</script>",
    "pictures": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\U000e0067\U000e007f".encode(),
    "marks": ("a" + "\u0301" * 5_000).encode(),
    "a megabyte": b"long " * 210_000,
    "nothing": b" \t\r\n ",
    "figures": b"-1e309",
}
DRAWN = re.compile(rb"<script>hostile|<img src=x|<svg onload|href=.javascript:|onerror=hostile\(\)>", re.IGNORECASE)

FORMS = [
    door
    for (_name, method), door in sorted({(door.name, door.method): door for door in reversed(DOORS) if door.ok}.items())
    if method == "post"
]
LISTED = "requests queue inbox people installation mailboxes mail_services work agreement monday"
LISTS = [door for door in DOORS if door.method == "get" and door.ok and door.name.partition(":")[2] in LISTED.split()]


@pytest.mark.parametrize("door", FORMS, ids=str)
def test_any_text_in_any_field_is_stored_or_refused_in_words(world: World, door: Door) -> None:
    viewer = "nobody" if "nobody" in door.ok else min(door.ok)
    controls = controls_of(world, door, viewer)
    words = [name for name, kind in controls.items() if kind in WORDED]
    chosen = [name for name, value in door.data(world).items() if isinstance(value, str) and name not in words]
    taken = 0
    for what, text in HOSTILE.items():
        # A choice that is none is mostly refused, and with it everything: in the words alone each text is tried.
        together = _sent(world, door, viewer, words, text, what, what == "scripts") in door.success
        taken += together
        if what in ONE_BY_ONE:
            # Words that were taken all at once need not be tried one by one.
            alone = [[name] for name in (chosen if together else (*words, *chosen))]
            for names in (*([[*words, *chosen]] if chosen else []), *alone):
                taken += _sent(world, door, viewer, names, text, what, False) in door.success
    free = [name for name in words if controls[name] in {"text", "textarea", "search"}]
    assert taken or not free or door.name in REFUSES_EVERY_HOSTILE_TEXT


def test_the_fields_of_the_forms_are_found_on_their_pages(world: World) -> None:
    found = {
        door.name: sorted(controls_of(world, door, "nobody" if "nobody" in door.ok else min(door.ok))) for door in FORMS
    }
    assert {"name", "email", "role", "job", "phone"} <= set(found["people:add_person"])
    assert {"text", "next_word", "own_time", "after", "until"} <= set(found["support:messages"])
    assert {"kind", "until", "note"} <= set(found["support:resolution"])
    assert found["support:repeat"] == ["number"]
    assert found["people:add_address"] == ["email"]
    assert {"address", "host", "user", "password", "folders"} <= set(found["support:connect_mailbox"])
    assert sum(map(len, found.values())) > 100


ONE_BY_ONE = {"scripts", "half a character"}

REFUSES_EVERY_HOSTILE_TEXT = {
    "support:promise": "a moment",
    "support:repeat": "a number",
    "support:make_one": "a number",
    "support:requester": "the name of somebody on record",
    "support:watchers": "names of people on record",
    "people:levels": "lengths of time",
    "people:hours": "hours of the day, beside days off",
    "account_login": "a password that is none",
    "integrations:new_webhook": "a web address",
}


def _sent(world: World, door: Door, viewer: str, names: list[str], text: bytes, what: str, everywhere: bool) -> int:
    """Send `text` in the fields `names`; look at the answer, where it leads, and (`everywhere`) at every list."""
    given: dict[str, Any] = {name: value for name, value in door.data(world).items() if name not in names}
    files = {name: value for name, value in given.items() if isinstance(value, SimpleUploadedFile)}
    if files:
        return door.success[0]  # the file is the form
    body = "&".join(f"{quote_plus(name)}={quote_plus(str(value))}" for name, value in given.items()).encode()
    body += b"".join(b"&" + quote_plus(name).encode() + b"=" + quote_plus(text).encode() for name in names)
    with undone(), without_mail_servers():
        client = world.client(viewer)
        response = client.post(door.url(world), body, content_type="application/x-www-form-urlencoded")
        too_large = (400,) if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE else ()
        assert response.status_code in (200, *door.success, 404, 410, 422, 429, *too_large), (what, names)
        pages = [response]
        if response.status_code in (302, 303):
            where = response.headers["Location"]
            assert where.startswith("/"), where
            pages.append(client.get(where))
            if everywhere:
                pages += [world.client(min(each.ok)).get(each.url(world)) for each in LISTS]
                _mails_are_plain(what)
        for page in pages:
            assert page.status_code not in (500, 502), (what, names)
            assert faults_of_headers(page) == [], (what, names)
            drawn = None if page.streaming else DRAWN.search(page.content)  # a download is drawn by nobody
            assert not drawn, (what, names, drawn)
        if what == "a header" and response.status_code in (302, 303):
            _mails_are_plain(what)
    return response.status_code


def _mails_are_plain(what: str) -> None:
    """Let what must happen next happen, and look at the mails that come of it."""
    for item in OutboxItem.objects.filter(done_at=None, failed_at=None, put_at=NOW).exclude(topic="outbox.send_mail"):
        if item.topic.startswith("support.") and "canary" not in item.ids:
            job_for(item.topic)(item.ids, NOW)
    mails = OutgoingMessage.objects.filter(made_at=NOW, sealed__isnull=False)
    for mail in mails:
        message = as_email(mail).message()
        head = message.as_bytes().partition(b"\n\n")[0]
        assert b"\nBcc:" not in head, what
        assert message.get_content_type() == "text/plain"
        assert message["Bcc"] is None


FILES = {
    "../../../etc/passwd": b"root",
    "a\x01b\x1b[31m.html": b"<script>hostile()</script>",
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='hostile()'></svg>",
    "page.html": b"<html><script>hostile()</script>",
    "con.exe": b"MZ",
    "\u202egnp.exe": b"\x89PNG\r\n\x1a\n" + b"<script>hostile()</script>",
    "n" * 400 + ".pdf": b"%PDF-1.4 /JS (hostile)",
    "both.gif": b"GIF89a/*<script>hostile()</script>*/",
    "empty.txt": b"",
    'quote";x="y.txt': bytes(range(256)),
    "\U0001f4a9.txt": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", FILES, ids=lambda name: ascii(name)[:30])
def test_any_file_is_kept_and_only_handed_out_as_a_download(world: World, name: str) -> None:
    data = FILES[name]
    sam = world.client("sam")
    ticket = f"/requests/{world['ours'].pk}/"
    with undone():
        upload = SimpleUploadedFile("x", data)
        upload._name = name  # past Django's own cleaning of names: this is what a hostile sender writes
        sent = sam.post(f"{ticket}messages/", {"text": "See the file", "attached": upload})
        assert sent.status_code == 303
        kept = Attachment.objects.get(message__text="See the file")
        assert not re.search(r"[\x00-\x1f\x7f/\\]", kept.name)
        page = sam.get(ticket)
        assert page.status_code == 200
        assert not DRAWN.search(page.content)
        got = sam.get(f"/files/{kept.pk}/")
        picture = sam.get(f"/files/{kept.pk}/picture/")
    assert got.content == data
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert not re.search(r"[\r\n/\\]|\.\./", got.headers["Content-Disposition"])
    assert got.headers["Content-Type"] in {"application/octet-stream", "image/png", "image/gif"}
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert faults_of_headers(got) == []
    assert picture.status_code == 404 or b"hostile" not in picture.content


@pytest.mark.parametrize(
    "query",
    [
        "assignee__password__startswith=a",
        "requester__account__password__regex=(a%2B)%2B$",
        "order_by=business__name&ordering=-requester&sort=password",
        "q=%27%20UNION%20SELECT%201--",
        "q=%25%25%25___&client=%00&move=x&state=y&view=z",
        "after=../../etc&after=1&client=1%20OR%201",
        "q=" + "a" * 8_000,
        "at=9999-99-99T00:00&for=&zone=../x",
    ],
)
def test_nothing_in_a_query_reaches_a_column(world: World, query: str) -> None:
    for door in LISTS:
        viewer = min(door.ok)
        plain = world.client(viewer).get(door.url(world).partition("?")[0])
        response = world.client(viewer).get(door.url(world).partition("?")[0] + "?" + query)
        assert response.status_code in (200, 404), (door, query)
        assert world.canaries.heard(viewer, response.content, asked_for=query) == []
        if "q=" not in query and "after=" not in query and "client=" not in query:
            assert _rows(response.content) == _rows(plain.content), (door, query)


def _rows(page: bytes) -> list[bytes]:
    return re.findall(rb'href="(/(?:requests|people|inbox)/[0-9a-f-]{36}/[^"]*)"', page)
