"""An empty database gets at once what going through all migrations would give it, on whichever engine we run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.places import Empty, must
from tests.outbox.installation import ROOT, URL

pytestmark = pytest.mark.django_db  # of either engine; nothing is done in this one


@pytest.fixture
def places(tmp_path: Path) -> Iterator[list[Empty]]:
    """Two empty databases."""
    both = [Empty(tmp_path, name, on_server=bool(URL)) for name in ("at_once", "step_by_step")]
    yield both
    for place in both:
        place.close()


def test_the_tables_are_the_same_as_step_by_step(places: list[Empty]) -> None:
    at_once, step_by_step = places
    must(at_once.quietmonday("migrate", "--verbosity", "0"))
    step_by_step.python("-c", _STEP_BY_STEP)

    made, grown = _described(at_once), _described(step_by_step)
    assert len(made) > 1000
    assert sorted(made - grown) == []
    assert sorted(grown - made) == []
    assert "No planned migration" in must(at_once.quietmonday("migrate", "--plan"))


def test_two_at_the_same_moment_make_them_once(places: list[Empty]) -> None:
    place = places[0]
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "quietmonday", "migrate", "--verbosity", "0"],
            env=place.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    ((applied, different),) = place.rows("SELECT count(*), count(DISTINCT app || name) FROM django_migrations")
    assert applied == different > 50


def test_tables_that_are_there_are_left_alone(places: list[Empty]) -> None:
    place = places[0]
    must(place.quietmonday("migrate", "people", "0001", "--verbosity", "0"))
    place.python("-c", _STEP_ASIDE)
    assert place.rows("SELECT count(*) FROM django_migrations WHERE app = 'support'") == [(0,)]


_STEP_BY_STEP = """
import django; django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), verbosity=0)
"""

_STEP_ASIDE = """
import django; django.setup()
from quietmonday.kit.tables import make_tables_at_once
assert make_tables_at_once() is False
"""


def _described(place: Empty) -> set[tuple[object, ...]]:
    """Return every column, key, rule and index of `place`, and what stands in its tables from the start."""
    described: set[tuple[object, ...]] = set()
    if place.name:
        for sql in _ON_POSTGRESQL:
            described |= {(sql.split()[1], *row) for row in place.rows(sql)}
    else:
        for kind, name, table, sql in place.rows("SELECT type, name, tbl_name, sql FROM sqlite_master"):
            parts = _parts(sql or "") if kind == "table" else [sql]
            described |= {(kind, name, table, part) for part in parts}
    tables = {str(row[0]) for row in place.rows(_TABLES_POSTGRESQL if place.name else _TABLES_SQLITE)}
    for table in sorted(tables):
        rows = place.rows(_NATURAL.get(table, f'SELECT * FROM "{table}"'))
        described |= {("row", table, str(row)) for row in rows}
    return described


def _parts(sql: str) -> list[str]:
    """Return the parts of a CREATE TABLE in any order: columns that came later stand at the end."""
    opening = sql.find("(")
    parts, depth, begun = [sql[:opening]], 0, opening + 1
    for at, sign in enumerate(sql):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if (depth == 1 and sign == ",") or (depth == 0 and sign == ")"):
            parts.append(re.sub(r"\s+", " ", sql[begun:at]).strip())
            begun = at + 1
    return parts


_TABLES_SQLITE = """
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'
"""
_TABLES_POSTGRESQL = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
_NATURAL = {
    "django_migrations": "SELECT app, name FROM django_migrations",
    "django_content_type": "SELECT app_label, model FROM django_content_type",
    "auth_permission": (
        "SELECT app_label, model, codename FROM auth_permission "
        "JOIN django_content_type ON django_content_type.id = content_type_id"
    ),
}
_ON_POSTGRESQL = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity, "
    "identity_generation FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
)
