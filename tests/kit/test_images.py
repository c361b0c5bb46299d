"""Pictures are drawn anew; files are what their bytes say (attack 10)."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from quietmonday.kit.images import MAX_SIDE, showable, sniff


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "drawn"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/png"), ("WEBP", "image/png")]
)
def test_a_picture_is_drawn_anew(kind: str, drawn: str) -> None:
    data = picture(kind)
    shown = showable(data)
    assert shown is not None and shown != data
    assert opened(shown).size == (40, 20)
    assert opened(shown).convert("RGB").getpixel((5, 5))[0] > 240  # type: ignore[index]  # three channels in RGB
    assert sniff(shown) == drawn


def test_a_large_picture_is_made_smaller() -> None:
    assert opened(showable(picture("PNG", (4_000, 1_000)))).size == (MAX_SIDE, 400)
    assert opened(showable(picture("JPEG", (4_000, 1_000)))).size == (MAX_SIDE, 400)


def test_metadata_and_what_hides_behind_the_picture_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # turned by a quarter
    data = picture("JPEG", (40, 20), exif=exif.tobytes(), comment=b"secret note") + b"<script>secret</script>"
    assert b"secret" in data
    shown = showable(data)
    assert shown is not None and b"secret" not in shown and b"Exif" not in shown
    assert opened(shown).size == (20, 40)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (5_001, 5_000), (2_000_000_000, 1), (0, 1)])
def test_a_bomb_is_not_unpacked(width: int, height: int) -> None:
    assert showable(png_claiming(width, height)) is None


def test_what_is_no_picture_is_not_shown() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for data in (
        b"",
        b"words",
        svg,
        picture("BMP"),
        picture("TIFF"),
        picture("PNG")[:60],
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"%PDF-1.4",
    ):
        assert showable(data) is None


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=5)), max_size=5),
)
def test_a_damaged_picture_is_shown_or_not_but_never_raises(kind: str, changes: list[tuple[float, bytes]]) -> None:
    data = picture(kind)
    for where, replacement in changes:
        at = int(where * len(data))
        data = data[:at] + replacement + data[at + len(replacement) :]
    shown = showable(data)
    assert shown is None or sniff(shown) in ("image/png", "image/jpeg")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\n\n%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"<html>", "text/html"),
        (b"  \n<!DOCTYPE HTML >", "text/html"),
        (b"harmless words <script >", "text/html"),
        (b"\xef\xbb\xbf<svg xmlns=x>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- x --><svg:svg >", "image/svg+xml"),
        ("\ufeff<script >".encode("utf-16-le"), "text/html"),
        (b"<?xml version='1.0'?><a1/>", "application/xml"),
        (b"GIF89a<script>", "image/gif"),
        (b"MZ\x90", "application/x-msdownload"),
        ("Grüße, 3 < 4".encode(), "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type
