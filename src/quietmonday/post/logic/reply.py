"""What is new in an answer, and what it quotes. When unsure, everything is new: nothing is lost.

Line by line, each line looked at a fixed number of times and never further than MAX_LINE characters: linear in the
length of the text, whatever stands in it. A sign alone decides little: "On Tuesday Anna wrote:" is an attribution only
with a date or an address in it, `From:` begins an older message only as the head of a block.
"""

import re
from collections.abc import Iterable

from quietmonday.post.logic import reply_words as words

MAX_LINE = 400  # characters of a line that are looked at
MAX_FOLDED = 4  # lines over which an attribution may be folded
MAX_HEAD = 12  # lines of a block From, Sent, To, Subject, with what was folded in it
MAX_SIGNATURE_LINES = 12
MAX_FOOTER_LINES = 8  # of a mailing list, below a quote


def new_text(text: str, subject: str = "") -> tuple[str, str]:
    """Return (new, quoted): `text` cut in two where an older message begins.

    Joined with a line feed, both are the text again, but for blank lines at their edges; where somebody wrote below
    the one quote with which the text begins, `quoted` stands before `new`. Everything is new when nothing would be
    left otherwise, when new lines stand between quoted ones (somebody answers point by point), and in what is
    forwarded, which `subject` may tell (Fwd:). A signature counts as quoted only where the text ends with it: above a
    quote it is kept with the words that it signs.
    """
    lines = text.split("\n")
    seen = [_seen(line) for line in lines]
    forwarded = bool(words.FORWARD_SUBJECT.match(subject[:100]))
    if (end := _quote_on_top(seen)) is not None:
        return _halves(lines, end)[::-1]
    cut = _older_message(seen, forwarded)
    if cut is None or _answers_below(seen[cut:]):
        cut = _signature(seen)
    new, quoted = _halves(lines, cut)
    return (new, quoted) if new.strip() else (text.strip("\n"), "")


def _halves(lines: list[str], cut: int) -> tuple[str, str]:
    return "\n".join(lines[:cut]).strip("\n").rstrip(), "\n".join(lines[cut:]).strip("\n").rstrip()


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def _seen(line: str) -> str:
    """Return a line as it is looked at: its beginning, no invisible characters, one kind of space."""
    line = line[:MAX_LINE].replace("\xa0", " ")
    return (_INVISIBLE.sub("", line) if not line.isascii() else line).strip()


def _older_message(seen: list[str], forwarded: bool) -> int | None:
    """Return the number of the line with which an older message begins, None if none does."""
    trailing = _trailing_quote(seen)
    for number, line in enumerate(seen):
        if number == trailing:
            return _above_trailing(seen, number)
        if not line or line[0] == ">":
            continue
        if _says(line, _FORWARDED):
            return None
        if not forwarded and _is_separator(line) and _heads_below(seen, number):
            return number
        if not forwarded and (_says(line, _ORIGINAL) or _framed_attribution(line)):
            return number
        if not forwarded and _begins_head(seen, number) and not _introduced(seen, number):
            return number
        if line[-1] in _ENDS and (begin := _attribution(seen, number)) is not None:
            return begin
        if line[-1] == ">" and trailing is not None and _only_blank(seen, number + 1, trailing) and _dated(line):
            return number  # "2013/12/8 John Sullivan <john@example.com>", and then the quote
    return None


# Separators and the names of blocks


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True)), re.IGNORECASE)


_ORIGINAL, _FORWARDED = _pattern(words.ORIGINAL), _pattern(words.FORWARDED)
_FRAMED = re.compile(r"^[\s>*#|]*(?:[-_=~*#]{2,}\s*(?P<a>[^-_=~].{2,150}?)\s*[-_=~*#]*|(?P<b>[^-_=~].{2,70}?)\s?:)$")
_RULE = re.compile(r"^(?:[_]{5,}|[-]{5,}|[=]{5,}|[—–]{3,}|(?:[*] ?){5,})$")


def _says(line: str, phrases: re.Pattern[str]) -> bool:
    """Say whether a line is one of the phrases in a frame of dashes, or with a colon after it."""
    match = _FRAMED.match(line) if len(line) <= 120 else None
    return bool(match and phrases.match(match["a"] or match["b"]))


def _framed_attribution(line: str) -> bool:
    """Say whether a line is an attribution between dashes, as Zoho writes it: ---- On … wrote ----"""
    match = _FRAMED.match(line) if line[:2] == "--" and len(line) <= 200 else None
    return bool(match and match["a"] and _VERB.search(match["a"]) and _DATE.search(match["a"]))


def _is_separator(line: str) -> bool:
    return bool(_RULE.match(line))


def _heads_below(seen: list[str], number: int) -> bool:
    following = next((each for each in range(number + 1, min(number + 4, len(seen))) if seen[each]), None)
    return following is not None and _begins_head(seen, following, least=2)


# Blocks of From, Sent, To, Subject


def _names() -> dict[str, str]:
    kinds = {"from": words.FROM, "sent": words.SENT, "to": words.TO, "copy": words.COPY, "subject": words.SUBJECT}
    return {name: kind for kind, names in kinds.items() for name in names}


_KIND_OF = _names()
_FIELD = re.compile(r"^[>*_\s|]{0,12}([^\s:：*_>][^:：*_>]{0,24}?)[*_\s]{0,4}[:：](?P<rest>.*)$")


def _kind(line: str) -> str:
    match = _FIELD.match(line)
    return _KIND_OF.get(match[1].strip().lower(), "") if match else ""


def _begins_head(seen: list[str], number: int, least: int = 3) -> bool:
    """Say whether a block of at least `least` kinds of field begins at this line, the sender's among them."""
    if seen[number][0] == ">" or not _kind(seen[number]):
        return False
    kinds: set[str] = set()
    other = 0
    for line in seen[number : number + MAX_HEAD]:
        kind = _kind(line)
        if kind:
            kinds.add(kind)
            other = 0
        elif not line and kinds >= {"from"} and len(kinds) >= least:
            break
        else:
            other += 1  # what a long field was folded into, or a blank line between fields
            if other > 2:
                break
    return "from" in kinds and len(kinds - {"copy"}) >= least


def _introduced(seen: list[str], number: int) -> bool:
    """Say whether somebody announces the block ("I got this mail:"): then it is what the message is about."""
    before = next((line for line in reversed(seen[max(0, number - 3) : number]) if line), "")
    return before.endswith(":") and not _says(before, _ORIGINAL) and not _kind(before)


# "On Friday, Anna wrote:"

_ENDS = ":："
_VERB = re.compile(
    "(?<![^\\W\\d_])(?:"
    + "|".join(re.escape(one) for one in sorted(words.WROTE, key=len, reverse=True))
    + ")(?![^\\W\\d_])|>wrote|(?:寫道|写道|書きました|님이 작성)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\d年|\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_ANGLED = re.compile(r"[<\[(](?:mailto:)?[^<>\s\[\]()]{1,64}@[^<>\s\[\]()]{1,255}[>\])]")
_MAIL = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_STARTS = re.compile(
    r"^[\s>*\"“'(]{0,6}(?:(?:"
    + "|".join(re.escape(one) for one in sorted(words.BEGINS, key=len, reverse=True))
    + r")\b|\d|(?:[^\W\d_]{2,9}\.?,? ){1,2}\d)",
    re.IGNORECASE,
)


def _dated(line: str) -> bool:
    return bool(_DATE.search(line) and _ANGLED.search(line))


def _attribution(seen: list[str], last: int) -> int | None:
    """Return where the attribution begins that ends with this line, None if it ends none.

    From the line itself upwards, until it is complete, with a beginning and a date: a line more could be new text.
    """
    found = None
    joined = ""
    for number in range(last, max(-1, last - MAX_FOLDED), -1):
        line = seen[number]
        if not line or (number < last and line[-1] in ".!?:;" and not _ANGLED.search(line)):
            break
        joined = f"{line} {joined}".strip()
        if len(joined) > MAX_LINE:
            break
        begins = bool(_STARTS.match(line)) and (number == last or _DIGIT.search(line) is not None)
        if line[0] == ">" or not (begins or number == last or _MAIL.search(line)):
            continue
        if _is_attribution(joined, begins):
            found = number
            if begins and _DATE.search(joined):
                break
    return found


_DIGIT = re.compile(r"\d")


def _is_attribution(joined: str, begins: bool) -> bool:
    dated = _DATE.search(joined) is not None
    if _VERB.search(joined):
        if begins and dated:
            return True
        named = _MAIL.search(joined) is not None
        return named and bool(_VERB.search(joined[-60:])) and (dated or bool(_ANGLED.search(joined)))
    # Yandex, Mail.ru and others write no verb: date, time, name and address in angles, and the colon right after them.
    bare = joined.rstrip(":： ")
    return bool(dated and begins and _TIME.search(joined) and bare.endswith((">", "]")) and _ANGLED.search(joined))


# Lines of `>`


def _trailing_quote(seen: list[str]) -> int | None:
    """Return where lines of `>` begin that go on to the end, but for a signature or the foot of a mailing list."""
    first = None
    for number in range(_foot(seen) - 1, -1, -1):
        line = seen[number]
        if line.startswith(">"):
            first = number
        elif line:
            break
    return first


def _above_trailing(seen: list[str], trailing: int) -> int | None:
    """Return where the quote at the end begins: with the line above it, if that names an address and ends in a colon,
    as an attribution in any language does. With a colon and no address somebody announces what he shows: no quote."""
    above = next((number for number in range(trailing - 1, max(-1, trailing - 3), -1) if seen[number]), None)
    if above is None or seen[above][-1] not in _ENDS:
        return trailing
    return above if _ANGLED.search(seen[above]) else None


def _foot(seen: list[str]) -> int:
    """Return how many lines stand before a foot at the end: below a rule or `--`, at most MAX_FOOTER_LINES."""
    end = len(seen)
    while end and not seen[end - 1]:
        end -= 1
    for number in range(end - 1, max(-1, end - 2 - MAX_SIGNATURE_LINES), -1):
        line = seen[number]
        if line.startswith(">"):
            return number + 1 if number + 1 < end and _footer(seen[number + 1 : end]) else end
        if line == "--" or (_RULE.match(line) and end - number <= MAX_FOOTER_LINES):
            return number
    return end


def _footer(lines: list[str]) -> bool:
    """Say whether the lines below a quote are no answer: a telephone's one line."""
    said = [line for line in lines if line]
    return len(said) == 1 and _is_footer(said[0])


def _answers_below(quoted: list[str]) -> bool:
    """Say whether plain lines stand after lines of `>`: then the quoting is not the end of the message."""
    foot = _foot(quoted)
    seen = False
    for line in quoted[:foot]:
        if line.startswith(">"):
            seen = True
        elif seen and line:
            return True
    return False


def _quote_on_top(seen: list[str]) -> int | None:
    """Return how many lines the one quote takes with which the text begins, if an answer stands below it.

    It must have an attribution: a bare `> Is it on?` above a `No.` is a question that the answer needs.
    """
    number = 0
    while number < len(seen) and not seen[number]:
        number += 1
    top = number
    while number < min(len(seen), top + MAX_FOLDED) and seen[number] and seen[number][-1] not in _ENDS:
        number += 1
    if number >= len(seen) or not seen[number] or _attribution(seen, number) != top:
        return None
    number += 1
    while number < len(seen) and not seen[number]:
        number += 1
    begun = number
    while number < len(seen) and seen[number].startswith(">"):
        number += 1
    if number == begun or any(line.startswith(">") for line in seen[number:]):
        return None
    foot = _foot(seen)
    below = [line for line in seen[number:foot] if line]
    return number if below and not _is_footer(below[0]) else None


def _only_blank(seen: list[str], begin: int, end: int) -> bool:
    return begin <= end <= begin + 3 and not any(seen[begin:end])


# Signatures

_DEVICE = r"[^\n.!?,;:]{2,60}(?:\s?[<(]?https?://\S{1,300})?"
_FOOTERS = re.compile(
    r"^[\s*_<\[(]{0,4}(?:"
    + "|".join(re.escape(one).replace(r"\{\}", _DEVICE) for one in sorted(words.FOOTERS, key=len, reverse=True))
    + r"|[^\n.!?,;:]{2,40}(?:ımdan gönderildi|から送信|에서 보냄))[\s*_>\]).]{0,4}$",
    re.IGNORECASE,
)


def _is_footer(line: str) -> bool:
    return len(line) <= 200 and len(line.split()) <= 12 and bool(_FOOTERS.match(line))


def _signature(seen: list[str]) -> int:
    """Return how many lines stand before a signature at the end: below `-- `, or a telephone's one line."""
    end = len(seen)
    while end and not seen[end - 1]:
        end -= 1
    for number in range(end - 1, max(0, end - 1 - MAX_SIGNATURE_LINES), -1):
        if seen[number] == "--":
            return number
    if end > 1 and _is_footer(seen[end - 1]) and not seen[end - 2]:
        return end - 1
    return len(seen)
