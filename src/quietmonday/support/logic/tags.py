"""Words by which requests are found again, in one spelling."""

from __future__ import annotations

import re

from quietmonday.kit.text import clean_line

MOST = 20  # of one request
LONGEST = 40  # letters
MOST_AT_ONCE = 2_000
"""Characters of one form field. What is longer is no list of words."""


class NoTag(ValueError):
    """`rule`: too_long (`word` is its beginning) or nothing."""

    def __init__(self, rule: str, word: str = "") -> None:
        super().__init__(rule)
        self.rule, self.word = rule, word


def tags_in(text: str) -> list[str]:
    """Return the words that somebody wrote with commas or on lines of their own, each once. Raises NoTag."""
    if len(text) > MOST_AT_ONCE:
        raise NoTag("too_long", clean_line(text[:20]))
    found = dict.fromkeys(word for part in re.split(r"[,;\n]", text) if (word := normal_tag(part)))
    if not found:
        raise NoTag("nothing")
    return list(found)


def normal_tag(text: str) -> str:
    """Return a word in its one spelling: lower case, single spaces, no leading #; "" for nothing. Raises NoTag."""
    word = clean_line(text, LONGEST * 10).lstrip("#").strip().lower()
    if len(word) > LONGEST:
        raise NoTag("too_long", word[:20])
    return word
