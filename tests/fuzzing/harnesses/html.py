"""HTML of a mail: as a fragment for a page of ours, and as text."""

from quietmonday.kit.text import clean_text
from quietmonday.post.logic.html import MAX_HTML_CHARS, to_text
from tests.fuzzing.harness import Harness
from tests.post.test_html import MUTATIONS
from tests.post.test_html import check as holds_of_every_fragment


def check(data: bytes) -> None:
    html = data.decode("utf-8", "surrogateescape")
    holds_of_every_fragment(html)
    text = to_text(html, {"a": "picture.png"})
    assert clean_text(text) == text
    assert len(text) <= MAX_HTML_CHARS


HARNESS = Harness(
    check=check,
    seeds=[mutation.encode() for mutation in MUTATIONS],
    words=[
        *(b"<script>", b"</script>", b"<svg>", b"<math>", b"<style>", b"<template>"),
        *(b"<noscript>", b"<![CDATA[", b"]]>"),
        *(b"<!--", b"-->", b"<table><tr><td>", b"<blockquote type=cite>", b"<a href='javascript:", b"<img src=cid:a>"),
        *(b"onerror=", b"&lt;", b"&#x3c;", b"<plaintext>", b"<annotation-xml encoding=text/html>", b"<font><b><i><u>"),
    ],
)
