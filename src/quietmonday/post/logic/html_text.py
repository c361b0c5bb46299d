"""Cleaned HTML as text: links with where they lead, lists, tables by rows, quotes with `>`, no word lost.

In one pass over the tags and without recursion, so the time is linear and no nesting is too deep. Line breaks are kept
waiting until a word follows: a `<p>` inside a cell of a table would else tear the row apart, as Outlook writes them.
"""

import html as entities
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

MAX_QUOTES = 8  # deeper ones look like this one
MAX_INDENT = 8
LONGEST_LINK = 100  # a longer one is shown by its host
RULE = "_" * 16  # what reply.py knows as a line across the page

# Of output of nh3: `<` and `"` are escaped wherever they are no tag's.
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*/?>|[^<]+|<')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')

_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre"}
_LINES = {"div", "dt", "dd", "li", "caption", "tr", "thead", "tbody", "tfoot"}
NOTHING, CELL, LINE, PARAGRAPH = range(4)
_QUOTE_CLASS = re.compile(r"quot|cite|moz-cite|yahoo_", re.IGNORECASE)


def text_of(cleaned: str, pictures: Mapping[str, str], limit: int) -> str:
    """Return output of nh3 as text of about `limit` characters at most. `pictures`: names by Content-ID."""
    writer = _Writer(pictures, limit)
    for token in _TOKEN.finditer(cleaned):
        closes, tag, attributes = token.groups()
        if tag is None:
            writer.words(entities.unescape(token[0]))
        elif closes:
            writer.close(tag)
        else:
            writer.open(tag, {name: entities.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)})
        if writer.size > limit:
            break
    return writer.text()


class _Writer:
    def __init__(self, pictures: Mapping[str, str], limit: int) -> None:
        self.pictures = pictures
        self.limit = limit
        self.lines: list[str] = []
        self.line: list[str] = []
        self.size = 0
        self.space = False  # white space waits for the next word
        self.waiting = NOTHING  # a break waits for the next word
        self.quotes: list[str] = []  # prefixes of blockquotes
        self.lists: list[int] = []  # 0: bullets, else the next number
        self.marker = ""  # of a list item that has no word yet
        self.indents: list[str] = []
        self.pre = 0
        self.links: list[tuple[str, list[str]]] = []  # where it leads, and its words
        self.rows: list[int | None] = []  # one a row that is open: how many lines stood when its words began
        self.cell_empty = False
        self.quote_empty = False

    def words(self, text: str) -> None:
        if self.pre:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self.end_line()
                if line:
                    self.put(line.rstrip("\r"))
            return
        pieces = text.split()
        if not pieces:
            self.space = self.space or bool(text)
            return
        self.space = self.space or text[0].isspace()
        self.put(" ".join(pieces))
        self.space = text[-1].isspace()

    def put(self, text: str) -> None:
        """Write words, after the break or the space that waits for them."""
        if self.waiting == CELL and self.line:
            self.line.append(" | ")
        elif self.waiting >= LINE:
            self.end_line()
            if self.waiting == PARAGRAPH and self.lines and self.lines[-1].strip("> "):
                self.lines.append(self.prefix().rstrip())
        elif self.space and self.line:
            self.line.append(" ")
        self.waiting, self.space, self.cell_empty, self.quote_empty = NOTHING, False, False, False
        if self.rows and self.rows[-1] is None:
            self.rows[-1] = len(self.lines)
        if not self.line:
            start = self.prefix(own=not self.marker) + self.marker
            self.marker = ""
            self.line.append(start)
            self.size += len(start)
        self.line.append(text)
        self.size += len(text) + 1
        for _, words in self.links:
            words.append(text)

    def end_line(self) -> None:
        """End the line, if anything stands in it."""
        if self.line:
            self.lines.append("".join(self.line).rstrip())
            self.line = []

    def prefix(self, own: bool = True) -> str:
        """Return what stands before every line here; without `own`, before the marker of an item."""
        indents = self.indents if own else self.indents[:-1]
        return "".join(self.quotes[:MAX_QUOTES]) + "".join(indents[:MAX_INDENT])

    def wait(self, kind: int) -> None:
        # Before the first word of a cell a break would only tear the row, of a quote begin it with a blank line.
        if not (self.rows and self.cell_empty):
            self.waiting = max(self.waiting, min(kind, LINE) if self.quote_empty else kind)

    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self.break_line()
        elif tag == "hr":
            self.waiting = max(self.waiting, LINE)
            self.put(RULE)
            self.waiting = LINE
        elif tag == "img":
            self.picture(attributes)
        elif tag == "a":
            self.links = [*self.links[:3], (attributes.get("href", ""), [])]
        elif tag == "blockquote":
            self.quote(attributes)
        elif tag == "tr":
            self.wait(LINE)
            self.rows.append(None)
        elif tag in ("td", "th"):
            self.cell()
        elif tag in ("ul", "ol"):
            self.wait(LINE if self.lists else PARAGRAPH)
            self.lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self.item()
        elif tag == "dd":
            self.wait(LINE)
            self.indents.append("  ")
        elif tag in _PARAGRAPHS:
            self.wait(PARAGRAPH)
            self.pre += tag == "pre"
        elif tag in _LINES:
            self.wait(LINE)

    def close(self, tag: str) -> None:
        if tag == "a" and self.links:
            self.link(*self.links.pop())
        elif tag == "blockquote" and self.quotes:
            self.end_line()
            self.quotes.pop()
            self.waiting = LINE if self.lines and self.lines[-1].startswith(">") else PARAGRAPH
        elif tag == "tr" and self.rows:
            self.rows.pop()
            self.waiting, self.cell_empty = LINE, False
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            self.waiting = LINE if self.lists else PARAGRAPH
        elif tag == "li":
            if self.indents:
                self.indents.pop()
            self.marker = ""
            self.waiting = max(self.waiting, LINE)
        elif tag == "dd" and self.indents:
            self.indents.pop()
            self.waiting = max(self.waiting, LINE)
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)
            self.waiting = PARAGRAPH
        elif tag in _PARAGRAPHS:
            self.waiting = max(self.waiting, PARAGRAPH)
        elif tag in _LINES:
            self.waiting = max(self.waiting, LINE)

    def break_line(self) -> None:
        if self.waiting >= LINE or not self.line:
            # The second break in a row, or one in a block of its own: an empty line.
            self.end_line()
            if self.lines and self.lines[-1].strip("> "):
                self.lines.append(self.prefix().rstrip())
            self.waiting = NOTHING
        else:
            self.waiting = NOTHING
            self.end_line()
        self.space = False

    def cell(self) -> None:
        """Begin a cell: beside the one before if the row is a single line so far, else on a line of its own."""
        if not self.rows:
            return
        begun = self.rows[-1]
        if begun is not None:
            self.waiting = CELL if begun == len(self.lines) and self.line else max(self.waiting, LINE)
        self.cell_empty = True
        self.space = False

    def item(self) -> None:
        self.waiting = max(self.waiting, LINE)
        number = self.lists[-1] if self.lists else 0
        self.marker = f"{number}. " if number else "- "
        if number:
            self.lists[-1] = number + 1
        self.end_line()
        self.indents.append("  ")

    def quote(self, attributes: Mapping[str, str]) -> None:
        """Begin a quote: `>` if it quotes somebody, two blanks if a program only indents."""
        said = (
            attributes.get("type") == "cite"
            or "cite" in attributes
            or bool(_QUOTE_CLASS.search(attributes.get("class", "")))
            or "border-left" in attributes.get("style", "")
            or self.last_line().endswith(":")
        )
        self.end_line()
        if (self.waiting == PARAGRAPH or not said) and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self.prefix().rstrip())
        self.quotes.append("> " if said else "  ")
        self.waiting, self.quote_empty = LINE, True

    def last_line(self) -> str:
        if self.line:
            return "".join(self.line).rstrip()
        return next((line for line in reversed(self.lines[-3:]) if line.strip()), "")

    def picture(self, attributes: Mapping[str, str]) -> None:
        source = attributes.get("src", "")
        alternative = " ".join(attributes.get("alt", "").split())
        name = self.pictures.get(source[4:], "") if source[:4].lower() == "cid:" else ""
        for said in dict.fromkeys((alternative, name)):
            if said:
                self.put(f"[{said[:200]}]")

    def link(self, target: str, words: list[str]) -> None:
        """Write behind the words of a link where it leads, unless they say so themselves."""
        label = " ".join(words).strip()
        leads = _leads(target)
        if label and leads and _bare(label) != _bare(leads) and _bare(label) != _bare(target):
            self.space = True
            self.put(f"<{leads}>")

    def text(self) -> str:
        self.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")[: self.limit]


def _leads(target: str) -> str:
    if target.lower().startswith("mailto:"):
        return target[7:].partition("?")[0]
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return target if len(target) <= LONGEST_LINK else f"{parts.scheme}://{parts.netloc}/…"


def _bare(address: str) -> str:
    address = address.strip().lower().removeprefix("mailto:").removeprefix("https://").removeprefix("http://")
    return address.removeprefix("www.").rstrip("/")
