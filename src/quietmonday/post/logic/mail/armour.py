"""Text that was signed or encrypted by PGP inside a plain mail (RFC 9580, 6 and 7)."""

import re

_BEGIN = re.compile(r"^-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----[ \t\r]*$", re.MULTILINE)
_END = "-----END PGP {}-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_MOST_BLOCKS = 20


def armoured(text: str) -> str:
    """Return "signed" or "encrypted" if the text holds such a block, "" if it holds none. A block that is quoted has
    something before it in its line, and is none."""
    match = _BEGIN.search(text)
    if match is None:
        return ""
    return "signed" if match[1].startswith("SIGNED") else "encrypted"


def without_armour(text: str) -> tuple[str, str]:
    """Return the text that a person reads, and everything that was taken out of it.

    What was signed stays, without the signature around it; what is encrypted goes out. Nothing is lost.
    """
    plain: list[str] = []
    taken: list[str] = []
    at = 0
    for _ in range(_MOST_BLOCKS):
        match = _BEGIN.search(text, at)
        if match is None:
            break
        plain.append(text[at : match.start()])
        if match[1].startswith("SIGNED"):
            said, whole, at = _signed(text, match.end())
            plain.append(said)
            taken.append(match[0] + whole)
        else:
            end = text.find(_END.format("MESSAGE"), match.end())
            at = len(text) if end < 0 else end + len(_END.format("MESSAGE"))
            taken.append(text[match.start() : at])
    plain.append(text[at:])
    return "".join(plain).strip("\n"), "\n\n".join(block.strip("\n") for block in taken)


def _signed(text: str, start: int) -> tuple[str, str, int]:
    """Return (what was said, what stood around it, where the block ends) of a signed text that begins at `start`."""
    blank = re.compile(r"\n[ \t\r]*\n").search(text, start, start + 2_000)  # after "Hash: SHA512"
    begin = blank.end() if blank else start
    signature = text.find(_SIGNATURE, begin)
    if signature < 0:
        return text[begin:], text[start:begin], len(text)
    end = text.find(_END.format("SIGNATURE"), signature)
    after = len(text) if end < 0 else end + len(_END.format("SIGNATURE"))
    said = re.sub(r"^- ", "", text[begin:signature], flags=re.MULTILINE)  # lines with a dash were escaped
    return said, text[start:begin] + text[signature:after], after
