"""Files by what is in them: their media type, and pictures made safe to show."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 30_000_000
MAX_PIXELS = 25_000_000
MAX_SIDE = 1_600
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
UNKNOWN = "application/octet-stream"
_HEAD = 1024

# What a file of the type begins with, and at which byte. The first that matches counts.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"PK\x03\x04", "application/zip"),  # also every office document since 2007
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # older office documents, .msg
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"BZh", "application/x-bzip2"),
    (257, b"ustar", "application/x-tar"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"#!", "text/x-script"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
    (0, b"BEGIN:VCARD", "text/vcard"),
    (0, b"-----BEGIN PGP", "application/pgp-signature"),
)
# Browsers look for these further in and without regard to case.
_SVG = re.compile(rb"<(?:[a-z]+:)?svg[\s>/]", re.IGNORECASE)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|style|title|meta|link|table|form|img|div|a|p|br|h1|b)[\s>/]",
    re.IGNORECASE,
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(data: bytes) -> str:
    """Return the media type that the bytes show, `application/octet-stream` for bytes that show none.

    Suspicious on purpose: text that has markup in its first kilobyte is HTML or SVG, and a file that is
    two things at once is taken for the more dangerous one. What the sender calls it plays no part.
    """
    head = data[:_HEAD]
    for offset, signature, media_type in _SIGNATURES:
        if head.startswith(signature, offset):
            return media_type
    if b"%PDF-" in head:  # readers look for it in the whole first kilobyte
        return "application/pdf"
    text = _as_ascii(head)
    if _SVG.search(text):
        return "image/svg+xml"
    if _HTML.search(text):
        return "text/html"
    if text.lstrip().startswith(b"<?xml"):
        return "application/xml"
    if not head or _CONTROLS.search(text):
        return UNKNOWN
    return "text/plain"


def showable(data: bytes) -> bytes | None:
    """Return a picture drawn anew for showing, or None if it is none or too large to be opened.

    At most MAX_SIDE pixels on the longer side, turned as its EXIF says, without metadata, comments,
    profiles, further frames or anything that hid behind the picture. JPEG for photographs, PNG for the
    rest. The size is read from the header before a pixel is: a bomb is never unpacked.
    """
    if len(data) > MAX_BYTES or sniff(data) not in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        return None
    from PIL import Image  # 3 MB: only for a process that meets a picture

    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS or not image.width or not image.height:
                return None
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG: unpack at a fraction of the size
            photograph = image.format == "JPEG"
            return _drawn_anew(image, photograph)
    except Exception:  # noqa: BLE001  # decoders raise whatever they like on hostile bytes: not a picture then
        return None


def _drawn_anew(image: Image.Image, photograph: bool) -> bytes:
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    mode = "RGB" if photograph else "RGBA"
    fresh = Image.new(mode, turned.size)
    fresh.paste(turned.convert(mode))
    fresh.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    if photograph:
        fresh.save(out, "JPEG", quality=85)
    else:
        fresh.save(out, "PNG")
    return out.getvalue()


def _as_ascii(head: bytes) -> bytes:
    """UTF-16 text without its zero bytes, so that markup in it is seen as a browser would see it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf")
