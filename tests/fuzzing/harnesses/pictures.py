"""A picture: drawn anew or not shown, and what is drawn holds nothing but the picture."""

import io

from PIL import Image

from quietmonday.kit.images import MAX_SIDE, showable, sniff
from tests.fuzzing.harness import Harness


def check(data: bytes) -> None:
    assert "/" in sniff(data)
    fresh = showable(data)
    if fresh is None:
        return
    with Image.open(io.BytesIO(fresh), formats=("PNG", "JPEG")) as image:
        image.load()
        assert max(image.size) <= MAX_SIDE
        assert not image.getexif() and getattr(image, "n_frames", 1) == 1
    assert sniff(fresh) in ("image/png", "image/jpeg")


def _drawn(kind: str, mode: str) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (9, 5), 1).save(out, kind)
    return out.getvalue()


HARNESS = Harness(
    check=check,
    seeds=[
        *(_drawn("PNG", "RGBA"), _drawn("PNG", "P"), _drawn("JPEG", "RGB"), _drawn("JPEG", "L"), _drawn("GIF", "P")),
        *(_drawn("WEBP", "RGB"), _drawn("JPEG", "CMYK"), b"<svg xmlns='x'><script/></svg>"),
    ],
    words=[b"IHDR", b"acTL", b"eXIf", b"Exif\x00\x00", b"NETSCAPE2.0", b"RIFF", b"WEBPVP8X", b"ICC_PROFILE"],
    longest=8_192,
    seconds=8.0,  # as many pixels as we open take a while, however few bytes they came in
)
