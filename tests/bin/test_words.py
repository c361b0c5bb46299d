"""The catalogues: nothing of the code is missing in them, nothing is left empty, and the compiled ones fit."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from wording.catalogues import SOURCE, brought_up_to_date, compiled, faults, languages, path_of, stored, written
from wording.collecting import KEYWORDS, collected
from wording.merging import merge

Words = str | tuple[str, str]

# A message that ends or begins like this was cut out of a sentence, whose words another language orders otherwise.
CUT_OFF = re.compile(r"( (by|until|since|from|on|to|of|at|in|for|than|and|or|with)|,)$|^([,.;)]|and |or |on; )")
# What ends so and is whole, one a line: labels with their value below, buttons, and two counts side by side.
WHOLE = set(Path(__file__).with_name("whole.txt").read_text().splitlines())


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_says_everything_that_the_code_says_and_is_compiled(language: str) -> None:
    catalog = brought_up_to_date(language)
    assert sorted(faults(catalog)) == []
    assert written(catalog) == path_of(language).read_bytes(), "run bin/words"
    assert compiled(catalog) == path_of(language).with_suffix(".mo").read_bytes(), "run bin/words"


def test_every_language_of_the_settings_but_that_of_the_code_has_a_catalogue() -> None:
    assert languages() == sorted(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)


@pytest.mark.parametrize(
    ("message", "words", "fault"),
    [
        ("Sent to %(who)s.", "Gesendet.", "other placeholders"),
        ("Sent to %(who)s.", "An %(wem)s gesendet.", "other placeholders"),
        ("Sent.", "", "no words"),
        ("<b>Kept</b>", "Aufbewahrt", "other HTML"),
        ("Kept\n", "Aufbewahrt", "begins or ends otherwise"),
        (("%(n)s mail", "%(n)s mails"), ("%(n)s E-Mail", ""), "no words"),
        (("%(n)s mail", "%(n)s mails"), ("%(n)s E-Mail", "E-Mails"), "other placeholders"),
    ],
)
def test_what_cannot_be_shown_is_found(message: Words, words: Words, fault: str) -> None:
    catalog = Catalog(locale="de")
    catalog.add(message, words)
    assert [line.split(":")[0] for line in faults(catalog)] == [fault]


def test_a_guess_is_found_and_good_words_are_not() -> None:
    catalog = Catalog(locale="de")
    catalog.add("100 %% of %(n)s", "100 %% von %(n)s")
    assert list(faults(catalog)) == []
    catalog.add("Kept", "Aufbewahrt", flags=["fuzzy"])
    assert list(faults(catalog)) == ["marked as a guess: 'Kept'"]


def test_code_and_templates_are_collected_with_plurals_and_contexts(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "code.py").write_text('a = _("One")\nb = pgettext("place", "Two")\nc = _(name)\n')
    (tmp_path / "templates" / "page.html").write_text(
        '<p>\n  {% translate "Three" %}{% blocktranslate count n=x %}{{ n }} mail{% plural %}{{ n }} mails'
        '{% endblocktranslate %}</p>{% state "no" _("Four") %}'
    )
    found = {(message.context, message.id) for message in collected(tmp_path) if message.id}
    assert found == {
        (None, "One"), ("place", "Two"), (None, "Three"), (None, ("%(n)s mail", "%(n)s mails")), (None, "Four"),
    }  # fmt: skip


def test_python_reads_the_compiled_catalogue() -> None:
    with path_of("de").with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Sign in") == "Anmelden"
    assert words.ngettext("%(n)d mail came in.", "%(n)d mails came in.", 2) == "%(n)d E-Mails kamen herein."
    assert words.pgettext("verdict", "Partly") == "Teilweise"


def test_no_message_is_hidden_in_an_f_string() -> None:
    """Inside an f-string no collector sees it before Python 3.12."""
    hidden = [
        f"{path.relative_to(SOURCE)}:{call.lineno}"
        for path in SOURCE.rglob("*.py")
        for joined in ast.walk(ast.parse(path.read_text()))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]
    assert hidden == []


def test_no_message_is_cut_out_of_a_sentence() -> None:
    texts = {
        text
        for message in stored("de")
        for text in (message.id if isinstance(message.id, tuple) else [message.id])
        if CUT_OFF.search(text)
    }
    assert texts - WHOLE == set()
    assert CUT_OFF.search("Can be fetched until")


def test_a_merge_takes_what_either_side_said_anew_and_names_what_both_said(tmp_path: Path) -> None:
    def catalogue(name: str, **words: str) -> Path:
        catalog = Catalog(locale="de", fuzzy=False)
        for message, said in words.items():
            catalog.add(message, said)
        path = tmp_path / name
        path.write_bytes(written(catalog))
        return path

    base = catalogue("base", one="eins", two="", three="drei")
    ours = catalogue("ours", one="eins", two="", three="Drei", four="vier")
    theirs = catalogue("theirs", one="Eins", two="zwei", three="DREI", five="fünf")

    assert merge(base, ours, theirs) == ["three"]

    with ours.open("rb") as file:
        merged = {message.id: message.string for message in read_po(file) if message.id}
    assert merged == {"one": "Eins", "two": "zwei", "three": "Drei", "four": "vier", "five": "fünf"}
