"""The header of a mail for rules that sort it: whom it is to, from where, about what, and any field by its name."""

from dataclasses import dataclass

from quietmonday.kit.text import clean_line
from quietmonday.post.logic.mail import limits
from quietmonday.post.logic.mail.fields import read_addresses
from quietmonday.post.logic.mail.headers import Block, decode_field, read_block

_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the header: `recipients` in lower case as they were written, with their tags."""

    recipients: tuple[str, ...]
    sender: str
    subject: str
    block: Block

    def values(self, name: str) -> list[str]:
        """Return the values of a header field, decoded."""
        values = self.block.fields.get(name.strip().lower(), [])[: limits.MAX_KEPT_VALUES]
        return [clean_line(decode_field(value[: limits.MAX_KEPT_CHARS]), limits.MAX_KEPT_CHARS) for value in values]


def head_of(raw: bytes, sender: str) -> Head:
    """Return the header of a raw mail, or of its beginning. `sender`: as `parse` read it. Never raises; bounded."""
    block = read_block(raw, 0, len(raw))
    found: dict[str, None] = {}
    for name in _TO:
        for value in block.fields.get(name, [])[: limits.MAX_KEPT_VALUES]:
            text = decode_field(value[: limits.MAX_FIELD_CHARS])
            found |= dict.fromkeys(each.addr for each in read_addresses(text) if each.addr)
            if len(found) > limits.MAX_ADDRESSES:
                break
    subject = clean_line(decode_field(block.first("subject") or b""))
    return Head(tuple(found)[: limits.MAX_ADDRESSES], sender, subject, block)
