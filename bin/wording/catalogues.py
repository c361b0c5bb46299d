"""The catalogue of one language: read, brought up to date, written, compiled, looked over."""

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wording.collecting import collected

SOURCE = Path(__file__).resolve().parents[2] / "src" / "quietmonday"
LOCALES = SOURCE / "kit" / "locale"

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+0 #]*\d*[a-zA-Z%]")
_TAG = re.compile(r"</?[a-z]+[^>]*>")


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(path.parents[1].name for path in LOCALES.glob("*/LC_MESSAGES/django.po"))


def path_of(language: str) -> Path:
    """Return where the catalogue of `language` is written; the compiled one stands beside it, as `.mo`."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def stored(language: str) -> Catalog:
    """Return the catalogue of `language` as it is stored; an empty one where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment=f"# Quiet Monday, {language}. Translate here, then run bin/words. See README.md.\n#",
            project="Quiet Monday",
            version="0",
            msgid_bugs_address="none",
            last_translator="the authors of Quiet Monday <none>",
            language_team="the authors of Quiet Monday <none>",
            revision_date=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
            creation_date=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def brought_up_to_date(language: str) -> Catalog:
    """Return the stored catalogue with exactly the messages that the code says now; new ones have no words yet.

    Nothing is guessed from messages that look alike: a wrong sentence in good German is worse than none.
    """
    catalog = stored(language)
    catalog.update(collected(SOURCE), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the text of `catalog`: in the order of the files, without line numbers, so that little moves."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Return `catalog` as Python's gettext reads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def faults(catalog: Catalog) -> Iterator[str]:
    """Yield one line for each message that cannot be shown as it stands."""
    for message in catalog:
        if message.id:
            yield from (f"{fault}: {_first(message)!r}" for fault in _faults_of(message, catalog.num_plurals))


def _faults_of(message: Message, forms: int) -> Iterator[str]:
    said = _forms(message.string)
    if not all(said):
        yield "no words"
        return
    if message.fuzzy:
        yield "marked as a guess"
    if len(said) != (forms if message.pluralizable else 1):
        yield "wrong number of forms"
    asked = _forms(message.id)
    for n, words in enumerate(said):
        meant = asked[min(n, len(asked) - 1)]
        if _placeholders(words) != _placeholders(meant):
            yield "other placeholders"
        if Counter(_TAG.findall(words)) != Counter(_TAG.findall(meant)):
            yield "other HTML"
        if words[:1].isspace() != meant[:1].isspace() or words[-1:].isspace() != meant[-1:].isspace():
            yield "begins or ends otherwise"


def _forms(words: str | Sequence[str] | None) -> list[str]:
    return [words or ""] if words is None or isinstance(words, str) else list(words)


def _placeholders(words: str) -> Counter[str]:
    return Counter(found for found in _PLACEHOLDER.findall(words) if found != "%%")


def _first(message: Message) -> str:
    return _forms(message.id)[0]
