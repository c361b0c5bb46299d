"""Bytes to text whatever their sender called them. Nothing here raises."""

import re
from encodings.aliases import aliases
from functools import lru_cache

# Not charsets of mail, and dangerous to feed: idna and punycode take quadratic time, the escapes warn.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# Names that Python knows otherwise or narrower than the programs which write them.
_MEANT = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x_gbk": "gb18030",
    "euc_kr": "cp949",
    "ks_c_5601": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_6_i": "iso8859_6",
    "tis_620": "cp874",
}
# Here bytes that happen to be valid UTF-8 are UTF-8: mislabelling is common, "Ã¼" on purpose is not.
_OFTEN_WRONG = {"cp1252", "iso8859_15", None}


def decode(data: bytes, declared: str | None) -> tuple[str, bool]:
    """Return `data` as text and whether it was what `declared` (a charset name or None) said.

    Order: UTF-8 where the declaration is often wrong, the declared charset, UTF-8, the declared charset
    with replacement characters if it is one of many bytes; of what declares nothing a guess by its bytes;
    Windows-1252, Latin-1, which takes any byte.
    """
    codec = _codec(declared)
    if data.isascii() and codec in (*_OFTEN_WRONG, "utf_8"):
        return data.decode("ascii"), True
    if codec in _OFTEN_WRONG and (text := _try(data, "utf_8")) is not None:
        return text, declared is None
    if codec is not None and (text := _try(data, codec)) is not None:
        return text, True
    if (text := _try(data, "utf_8")) is not None:
        return text, False
    if codec is not None and not codec.startswith(("iso8859", "cp12")):
        replaced = _replaced(data, codec)
        # A few broken characters among good ones, or nothing but broken ones, which then are another charset's?
        broken = replaced.count("\ufffd")
        if 2 * broken <= sum(1 for char in replaced if not char.isascii()):
            return replaced, False
    if declared is None and (guessed := _guess(data)) is not None and (text := _try(data, guessed)) is not None:
        return text, False
    text = _try(data, "cp1252")
    return (text if text is not None else data.decode("latin-1")), False


_HIGH_RUN = re.compile(rb"[\x80-\xff]{2,}")
_MOST_GUESSED = 20_000  # bytes that are looked at
_FEWEST = 8  # bytes in runs: below that nothing is sure


def _guess(data: bytes) -> str | None:
    """Return the codec of bytes that declare none and are no UTF-8, if they stand in runs as no Western text has them.

    Simplified Chinese: pairs that begin with the bytes of its 3,755 commonest characters. Russian: lower case letters,
    which are the upper third of Windows-1251 and the one before in KOI8-R. Japanese: kana.
    """
    data = data[:_MOST_GUESSED]
    runs = _HIGH_RUN.findall(data)
    high = b"".join(runs)
    if len(high) < _FEWEST or 3 * len(high) < 2 * sum(byte >= 0x80 for byte in data):
        return None
    leads = [byte for run in runs if len(run) % 2 == 0 for byte in run[::2]]
    trails = [byte for run in runs if len(run) % 2 == 0 for byte in run[1::2]]
    pairs = sum(0xB0 <= lead <= 0xD7 and trail >= 0xA1 for lead, trail in zip(leads, trails, strict=True))
    shares = {
        "gb18030": (2 * pairs / len(high), 0.7),
        "cp1251": (sum(byte >= 0xE0 for byte in high) / len(high), 0.7),
        "koi8_r": (sum(0xC0 <= byte <= 0xDF for byte in high) / len(high), 0.7),
        "cp932": (len(_KANA.findall(data)) * 2 / len(high), 0.5),
    }
    return next((codec for codec, (share, least) in shares.items() if share >= least), None)


_KANA = re.compile(rb"[\x82\x83][\x40-\xf1]")


@lru_cache(maxsize=256)
def _codec(declared: str | None) -> str | None:
    if declared is None or len(declared) > 60:
        return None
    name = declared.strip(" \t\"';").lower().replace("-", "_").replace(" ", "_").replace(":", "_")
    name = _MEANT.get(name, name)
    # Only names of this fixed table reach Python's look-up: it remembers every name it is ever asked for.
    codec = aliases.get(name, name)
    codec = _MEANT.get(codec, codec)
    return codec if codec in _KNOWN else _loose(name)


def _loose(name: str) -> str | None:
    """Return the codec of names like `cp-1251`, `win-1251`, `windows1252`, `iso8859-1`, `utf8`."""
    squeezed = name.replace("_", "")
    for prefix in ("windows", "win", "cp"):
        if squeezed.startswith(prefix) and f"cp{squeezed.removeprefix(prefix)}" in _KNOWN:
            return f"cp{squeezed.removeprefix(prefix)}"
    return _SQUEEZED.get(squeezed)


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _replaced(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec, errors="replace")
    except (UnicodeError, LookupError):
        return data.decode("latin-1")


# The values of `aliases` are Python's own names of its codecs; these turn bytes into bytes.
_BINARY = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
_KNOWN = frozenset({*aliases.values(), "cp720", "cp737", "cp856", "cp874", "koi8_r", "koi8_u"} - _BINARY - _REFUSED)
_SQUEEZED = {name.replace("_", ""): codec for name, codec in aliases.items() if codec in _KNOWN} | {
    name.replace("_", ""): name for name in _KNOWN
}
