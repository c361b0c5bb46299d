"""No template and no form says a word that skips gettext, in branches too that no page of a test happens to show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "quietmonday"

TRANSLATED = re.compile(r"{%\s*blocktranslate\b.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
CLASSES = re.compile(r"{% block body_class %}.*?{% endblock %}")
NO_WORDS = re.compile(r"<(code|kbd|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Quiet", "Monday", "XLSX", "CSV"}

SAID_TO_PEOPLE = {"label", "help_text", "empty_label", "sentence", "button"}
MESSAGES = {"success", "info", "warning", "error"}


def bare_in_template(source: str) -> set[str]:
    """Return the words of a template outside its translating tags."""
    text = NO_WORDS.sub("", TRANSLATED.sub("", CLASSES.sub("", source)))
    spoken = " ".join(SPOKEN.findall(text))
    return set(WORD.findall(f"{TAG.sub(' ', text)} {spoken}")) - NAMES


def bare_in_code(source: str) -> Iterator[int]:
    """Yield the lines at which a form, a message or a refusal is given a plain string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from (node.lineno for said in _said(node) if _is_plain(said))


def _said(call: ast.Call) -> list[ast.expr]:
    said = [word.value for word in call.keywords if word.arg in SAID_TO_PEOPLE]
    match call.func:
        case ast.Name(id="ValidationError"):
            return [*said, *call.args]
        case ast.Attribute(attr="add_error"):
            return [*said, *call.args[1:]]
        case ast.Attribute(attr=attr, value=ast.Name(id="messages")) if attr in MESSAGES:
            return [*said, *call.args]
    return said


def _is_plain(said: ast.expr) -> bool:
    return isinstance(said, ast.Constant | ast.JoinedStr) and bool(WORD.search(ast.unparse(said).lstrip("f")))


def test_no_template_says_a_word_that_skips_gettext() -> None:
    found = {
        str(path.relative_to(SOURCE)): sorted(words)
        for path in SOURCE.glob("*/templates/**/*")
        if path.suffix in {".html", ".txt"} and (words := bare_in_template(path.read_text()))
    }
    assert found == {}


def test_no_form_and_no_message_is_given_a_plain_string() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line}"
        for folder in ("forms", "views", "templatetags")
        for path in SOURCE.glob(f"*/{folder}/*.py")
        for line in bare_in_code(path.read_text())
    ]
    assert found == []


def test_a_bare_word_is_found_and_a_translated_one_is_not() -> None:
    page = '<p title="Bare">{% translate "Fine" %} {{ name }} {% blocktranslate %}Fine{% endblocktranslate %}'
    assert bare_in_template(page + " forgotten<code>command</code></p>") == {"Bare", "forgotten"}
    code = 'forms.CharField(label="Bare", help_text=_("Fine"))\nmessages.success(request, f"Sent to {who}.")\n'
    more = 'form.add_error("name", _("Fine"))\nraise ValidationError("Bare")'
    assert sorted(bare_in_code(code + more)) == [1, 2, 4]
