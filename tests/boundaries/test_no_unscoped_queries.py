"""Views and forms fetch through `access`: they never start a query of their own from a model's manager."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "quietmonday"
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SCREENS = {"views", "forms"}


def unscoped_queries(source: str) -> list[int]:
    """Return the lines of `source` that reach for a manager, by attribute or by its name in getattr."""
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in MANAGERS)
        or (isinstance(node, ast.Constant) and node.value in MANAGERS)
    )


def screen_modules() -> list[Path]:
    """Return every module that draws or reads a page, in any area."""
    return sorted(path for path in SRC.rglob("*.py") if SCREENS & {*path.relative_to(SRC).parts[:-1], path.stem})


def test_no_view_and_no_form_starts_a_query_of_its_own() -> None:
    found = {
        str(path.relative_to(SRC)): lines for path in screen_modules() if (lines := unscoped_queries(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "Ticket.objects.get(pk=1)",
        "Ticket._default_manager.filter(number=1)",
        "Ticket._base_manager.all()",
        "class Form:\n    queryset = Person.objects.none()",
        "getattr(Ticket, 'objects').all()",
    ],
)
def test_an_unscoped_query_is_refused(source: str) -> None:
    assert unscoped_queries(source) != []


def test_a_query_through_the_door_is_allowed() -> None:
    assert (
        unscoped_queries("ticket = ticket_for(viewer, ref)\nrows = tickets_visible_to(viewer).filter(open=True)") == []
    )
