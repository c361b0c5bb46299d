"""Pictures that people of the story attach: drawn here, so that nobody's photo travels with the product."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

SIZE = (960, 640)


def drawn(name: str) -> bytes:
    """Return the picture or the list that goes by this name, as the bytes of its file. Raises KeyError."""
    if name in _TEXTS:
        return _TEXTS[name].encode()
    from PIL import Image, ImageDraw  # only where the made-up firm is made

    picture = Image.new("RGB", SIZE, "#8d8a80")
    _PICTURES[name](ImageDraw.Draw(picture))
    out = io.BytesIO()
    picture.save(out, "JPEG" if name.endswith(".jpg") else "PNG", quality=80)
    return out.getvalue()


def _labels(draw: ImageDraw.ImageDraw) -> None:
    """Three labels from the printer: one good, one faint, one empty."""
    draw.rectangle((0, 430, 960, 640), fill="#b79b72")
    for place, ink in enumerate(("#20262a", "#b9bdbd", "")):
        left = 70 + place * 290
        draw.rectangle((left, 160, left + 240, 400), fill="#f5f4ef", outline="#c9c7bd", width=3)
        if ink:
            draw.text((left + 24, 180), "ASH STAIR 14", fill=ink, font=_font(26))
            draw.text((left + 24, 220), "tread 3 of 13", fill=ink, font=_font(22))
            for bar in range(0, 190, 9):
                draw.rectangle((left + 24 + bar, 280, left + 27 + bar + bar % 4, 370), fill=ink)


def _router(draw: ImageDraw.ImageDraw) -> None:
    """The box in the cupboard with one red light."""
    draw.rectangle((120, 210, 840, 470), fill="#23282b", outline="#111416", width=6)
    for place, colour in enumerate(("#6fbf73", "#6fbf73", "#d8402f", "#3a4145", "#3a4145")):
        draw.ellipse((190 + place * 120, 300, 226 + place * 120, 336), fill=colour)
    for place, word in enumerate(("POWER", "WIFI", "LINE", "LAN 1", "LAN 2")):
        draw.text((178 + place * 120, 360), word, fill="#c8d0d2", font=_font(20))


def _screen(draw: ImageDraw.ImageDraw) -> None:
    """A screen with an error on it, photographed."""
    draw.rectangle((90, 60, 870, 560), fill="#16191b")
    draw.rectangle((110, 80, 850, 520), fill="#2f5d82")
    draw.rectangle((260, 210, 700, 400), fill="#eceff1", outline="#9aa4aa", width=2)
    draw.rectangle((260, 210, 700, 246), fill="#cfd6da")
    draw.text((276, 216), "JoineryPlan", fill="#20262a", font=_font(20))
    draw.text((300, 276), "The drawing could not be opened.", fill="#20262a", font=_font(22))
    draw.text((300, 310), "Licence server not found.", fill="#20262a", font=_font(22))
    draw.rectangle((580, 350, 670, 384), fill="#d9dfe2", outline="#8b959b")
    draw.text((606, 355), "OK", fill="#20262a", font=_font(20))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)


_PICTURES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "labels this morning.jpg": _labels,
    "box in the cupboard.jpg": _router,
    "screen.png": _screen,
}

_TEXTS = {
    "orders that came back.csv": (
        "order;customer;sent;came back\n"
        "24117;Ruston Lane Primary School;09:12;09:13\n"
        "24118;Harbour View Care Home;09:20;09:21\n"
        "24121;Copper Kettle Cafe;10:02;10:03\n"
    )
}
"""What stands in attached lists."""
