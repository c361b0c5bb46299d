"""Attachments: whatever is in them, they are downloaded; pictures are drawn anew."""

import datetime as dt
import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from quietmonday.post.actions.files import store_file
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.models import Attachment
from tests.cast import Cast
from tests.support.scene import actor, asked, client_of, words

pytestmark = pytest.mark.django_db

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(out, "JPEG")
    return out.getvalue()


def attached(cast: Cast, name: str, data: bytes) -> Attachment:
    now = dt.datetime.now(dt.UTC)
    ticket = asked(cast, "See", at=now, files=[(name, store_file(business=cast.oakhurst, data=data, now=now))])
    return Attachment.objects.get(message__ticket=ticket)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.svg", SVG),
        ("x.html", b"<!doctype html>" + SCRIPT),
        ("x.xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">' + SCRIPT + b"</html>"),
        ("x.pdf", b"%PDF-1.7\n1 0 obj <</JS (app.alert(1))>>"),
        ("x.gif", b"GIF89a/*" + SCRIPT),
        ("x.jpg", b"\xff\xd8\xff\xe0" + SCRIPT),
        ("x.png", b""),
    ],
)
def test_a_file_is_saved_and_nothing_in_it_runs(cast: Cast, name: str, data: bytes) -> None:
    attachment = attached(cast, name, data)
    response = client_of(cast.sam).get(reverse("support:attachment", args=[attachment.id]))
    assert response.content == data
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] in {"application/octet-stream", "image/gif", "image/jpeg"}


@pytest.mark.parametrize("data", [SVG, b"GIF89a/*" + SCRIPT, b"\xff\xd8\xff\xe0" + SCRIPT, b"%PDF-1.7", b""])
def test_what_is_no_picture_is_not_shown_as_one(cast: Cast, data: bytes) -> None:
    attachment = attached(cast, "x.png", data)
    assert client_of(cast.sam).get(reverse("support:picture", args=[attachment.id])).status_code == 404


def test_a_picture_is_drawn_anew(cast: Cast) -> None:
    attachment = attached(cast, "photo.jpg", jpeg() + SCRIPT)
    response = client_of(cast.dele).get(reverse("support:picture", args=[attachment.id]))
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert SCRIPT not in response.content
    assert Image.open(io.BytesIO(response.content)).size == (20, 10)


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\boot.ini", "C__boot.ini"),
        ('a"b.txt', "a_b.txt"),
        ("con.txt", "_con.txt"),
        ("\u200b", "_"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("x" * 190 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_the_name_of_a_download_is_no_path_and_hides_nothing(cast: Cast, name: str, saved_as: str) -> None:
    attachment = attached(cast, name, b"x")
    response = client_of(cast.sam).get(reverse("support:attachment", args=[attachment.id]))
    assert response["Content-Disposition"] == f'attachment; filename="{saved_as}"'


def test_a_name_of_another_script_is_kept(cast: Cast) -> None:
    attachment = attached(cast, "Übersicht Größe.pdf", b"x")
    response = client_of(cast.sam).get(reverse("support:attachment", args=[attachment.id]))
    assert response["Content-Disposition"] == ("attachment; filename*=utf-8''%C3%9Cbersicht%20Gr%C3%B6%C3%9Fe.pdf")


def test_a_file_is_for_those_who_see_its_message(cast: Cast) -> None:
    attachment = attached(cast, "x.txt", b"canary")
    for path in (reverse("support:attachment", args=[attachment.id]), reverse("support:picture", args=[attachment.id])):
        assert {client_of(who).get(path).status_code for who in (cast.bill, cast.jo, cast.lee, cast.ines)} == {404}
        assert Client().get(path).status_code == 302
    path = reverse("support:attachment", args=[attachment.id])
    assert {client_of(who).get(path).status_code for who in (cast.dele, cast.ruth, cast.sam)} == {200}


def test_a_file_of_a_note_stays_with_the_supplier(cast: Cast) -> None:
    now = dt.datetime.now(dt.UTC)
    ticket = asked(cast, "See", at=now)
    file = store_file(business=cast.oakhurst, data=b"secret", now=now)
    note = note_for_colleagues(
        ticket=ticket,
        words=words(cast.sam, "Look", now, [("n.txt", file)]),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=now,
    )
    path = reverse("support:attachment", args=[note.attachments.get().id])
    assert client_of(cast.asha).get(path).content == b"secret"
    assert {client_of(who).get(path).status_code for who in (cast.dele, cast.ruth)} == {404}


def test_bytes_that_are_gone_from_the_disk_are_a_404(cast: Cast, settings: object, tmp_path: object) -> None:
    attachment = attached(cast, "x.jpg", jpeg())
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's fixture has no public type
    client = client_of(cast.sam)
    paths = [reverse(f"support:{name}", args=[attachment.id]) for name in ("attachment", "picture")]
    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_the_page_shows_pictures_as_pictures_and_other_files_as_links(cast: Cast) -> None:
    attachment = attached(cast, "photo.jpg", jpeg())
    other = attached(cast, "page.svg", SVG)
    client = client_of(cast.sam)
    page = client.get(reverse("support:ticket", args=[attachment.message.ticket_id])).content.decode()
    assert re.findall(r'<img src="([^"]+)"', page) == [reverse("support:picture", args=[attachment.id])]
    assert "<img" not in client.get(reverse("support:ticket", args=[other.message.ticket_id])).content.decode()
