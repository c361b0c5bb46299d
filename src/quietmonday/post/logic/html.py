"""HTML from strangers: as a safe fragment, and as plain text.

The allow-list is the rule (guides: attack 8); nh3 keeps it. What nh3 does not do is bound its work, so
`_too_costly` refuses what would take quadratic time or multiply in memory, before it is parsed:
20,000 open `<div>` take a second, 200,000 a minute and a half; a hundred open `<font>` are opened anew in every
paragraph that follows. What is refused is shown as its text.
"""

import html as entities
import re
from collections.abc import Callable, Mapping

import nh3

from quietmonday.kit.text import clean_text
from quietmonday.post.logic.html_text import text_of

MAX_HTML_CHARS = 1_000_000
MAX_PLAIN_CHARS = MAX_HTML_CHARS // 8  # of HTML that is refused; escaped it is at most 6 times as long
MAX_TAGS = 12_000
MAX_REOPENED = 600_000  # formatting elements that a parser might open again, all together
MAX_SEGMENT_CHARS = 32_000  # from one `<` to the next: room for attributes, compared pairwise
MAX_PASSES = 6

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u",
    "ul", "var",
}  # fmt: skip
# Gone with what is in them; of every other tag that is not allowed the text stays.
EMPTIED = {
    "script", "style", "title", "head", "iframe", "frame", "frameset", "noframes", "noembed", "noscript", "template",
    "svg", "math", "object", "applet", "embed", "audio", "video", "canvas", "select", "textarea", "button", "xmp",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # left out, it would mean lang and title
    "a": {"href"},
    "img": {"alt"},  # and never a source: a picture that is fetched tells its sender who reads, and when
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto"}
# What tells a quote from an indented paragraph, and which file a picture is. None of it reaches a page.
ATTRIBUTES_FOR_TEXT = ATTRIBUTES | {
    "img": {"alt", "src"},
    "blockquote": {"type", "class", "cite", "style"},
}
REL = "noopener noreferrer nofollow"


def sanitise(html: str) -> str:
    """Return foreign HTML as a fragment that is safe in a page of ours, without anything remote.

    No script, style, form, frame, id, class, event or picture; links only to http, https and mailto, with
    rel; a picture leaves its alternative text. Idempotent, because the cleaning is repeated until nothing
    changes: taking a tag away can make the next parser see another tree. What does not settle, or would
    cost too much, comes back as its text in `<pre>`.
    """
    start = html = _readable(html)
    for _ in range(MAX_PASSES):
        if _too_costly(html):
            break
        cleaned = _safe(html)
        if cleaned == html:
            return cleaned
        html = clean_text(cleaned)  # a character reference brings in what its text could not: &#8;
    return _safe(f"<pre>{entities.escape(_plain(start), quote=False)}</pre>")


def to_text(html: str, pictures: Mapping[str, str] | None = None) -> str:
    """Return foreign HTML as plain text, at most MAX_HTML_CHARS characters, cleaned by `clean_text`.

    `pictures`: names of the files that came along, by Content-ID: they are named where the mail shows them. Nothing is
    fetched, and no style is obeyed.
    """
    html = _readable(html)
    if _too_costly(html):
        return _plain(html)
    cleaned = _clean(html, ATTRIBUTES_FOR_TEXT, SCHEMES | {"cid"}, _worth_for_text)
    return clean_text(text_of(cleaned, pictures or {}, MAX_HTML_CHARS))


# An embedded picture is a single attribute of a megabyte; it would be dropped anyway.
_DATA_URI = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=%]{100,}")


def _readable(html: str) -> str:
    html = _DATA_URI.sub("data:", html[: 4 * MAX_HTML_CHARS])
    return clean_text(html[:MAX_HTML_CHARS])


def _safe(html: str) -> str:
    return _clean(html, ATTRIBUTES, SCHEMES, _worth)


_Worth = Callable[[str, str, str], str | None]


def _clean(html: str, attributes: Mapping[str, set[str]], schemes: set[str], worth: _Worth) -> str:
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes=dict(attributes),
        attribute_filter=worth,
        url_schemes=schemes,
        url_relative="deny",
        link_rel=REL,
        strip_comments=True,
    )
    return cleaned.replace("<img>", "")  # no alternative text: nothing to say. `<` is escaped everywhere else


# `https:sign-out` has a scheme and no host: on a page of ours a browser takes it for one of our own addresses.
_LEADS_AWAY = re.compile(r"(?:https?://[^/\\\s]|mailto:)", re.IGNORECASE)


def _worth(tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("colspan", "rowspan"):
        return value if value.isascii() and value.isdigit() and 1 < int(value[:4]) <= 100 and len(value) < 4 else None
    if attribute == "href":
        return value.strip() if _LEADS_AWAY.match(value.strip()) else None
    if attribute == "alt":
        return value if value.strip() else None
    return value


def _worth_for_text(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if value[:4].lower() == "cid:" else None
    return value[:300] if tag == "blockquote" else _worth(tag, attribute, value)


_OPENING = re.compile(r"<[a-zA-Z]")
_FORMATTING = re.compile(r"<(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s/>])[^<]*", re.IGNORECASE)
_SIMPLE = re.compile(
    r"""<[a-z]{1,6}(?:\s{1,20}[a-z-]{1,20}=(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`]++))*+\s*+>""", re.IGNORECASE
)


def _too_costly(html: str) -> bool:
    """Say whether parsing might take too long, never undercounting: a `<` inside a comment or a value
    counts as well, because telling it from a tag would need the very parser that is to be protected."""
    if len(html) > MAX_HTML_CHARS:
        return True
    tags = len(_OPENING.findall(html))
    if tags > MAX_TAGS:
        return True
    if len(html) > MAX_SEGMENT_CHARS and any(len(segment) > MAX_SEGMENT_CHARS for segment in html.split("<")[1:]):
        return True
    # A parser keeps at most three equal open formatting elements ("Noah's Ark"), but any number of
    # different ones, and opens all of them again in every block. `a` and `nobr` close their like.
    formatting = _FORMATTING.findall(html)
    if len(formatting) * tags <= MAX_REOPENED:
        return False
    unlike = {match[0] if (match := _SIMPLE.match(one)) else number for number, one in enumerate(formatting)}
    return min(len(formatting), 3 * len(unlike)) * tags > MAX_REOPENED


_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*+>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/?pre|/blockquote)\b[^<>]*+>", re.IGNORECASE)


def _plain(html: str) -> str:
    """Return the text between the tags, roughly, in linear time and idempotent once it is escaped again."""
    text = entities.unescape(_ANY_TAG.sub("", _BREAK.sub("\n", html)))
    return clean_text(clean_text(text).strip()[:MAX_PLAIN_CHARS]).strip()
