"""The outsider sweep: every URL as everybody, with objects that exist and canaries in the other business's texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.boundaries.sweep.canaries import STRUCTURAL, text_fields
from tests.boundaries.sweep.core import Result, sweep, undeclared
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.world import VIEWERS, World

pytestmark = pytest.mark.django_db
PARTS = 4

# Nobody gets these by a bare request: they need a sign-in under way, or a device (tests/people/).
ON_THE_WAY = {
    "account_confirm_login_code",
    "account_second_factor",
    "account_by_passkey",
    *("people:provider_back", "people:show_with", "people:bind_identity"),
    "demo:look",  # there is nobody made up in this world: tests/demo/test_pages.py goes there and back
    "demo:back",
    "integrations:api",  # to programs only: test_programs.py
    "support:sign_in_mailbox",  # it writes into the session only: tests/journeys/test_mailboxes_by_token.py
    "support:signed_in_there",
}


def test_every_url_is_declared_by_name() -> None:
    assert undeclared(DOORS) == set()


def test_a_url_that_nobody_declared_is_named() -> None:
    assert undeclared([door for door in DOORS if door.name != "support:raw"]) == {"support:raw"}


def test_every_url_opens_for_somebody_rightful() -> None:
    assert {door.name for door in DOORS} - {door.name for door in DOORS if door.ok} == ON_THE_WAY


def test_a_canary_stands_in_every_text_field_of_the_other_business(world: World) -> None:
    fields = {place for _model, _field, place in text_fields()}
    assert fields - STRUCTURAL - world.reached == set()
    assert STRUCTURAL - fields == set(), "these fields are no more"


@pytest.mark.slow_on_postgres
@pytest.mark.parametrize("part", range(PARTS))  # so that more than one process has its share
def test_everybody_gets_what_is_theirs_and_nothing_else(
    world: World, record_property: Callable[[str, object], None], part: int
) -> None:
    names = sorted({door.name for door in DOORS})[part::PARTS]
    result = sweep(world, [door for door in DOORS if door.name in names])
    record_property("sweep table", table(result, names))
    assert result.findings == []
    assert result.requests > len(names) * len(VIEWERS)


def table(result: Result, names: Sequence[str]) -> str:
    """Return URLs × viewers: how many requests were let in and kept out."""
    lines = [f"{'':38}{'let in':>8}{'kept out':>10}"]
    lines += [f"{name:38}{result.allowed[name]:>8}{result.kept_out[name]:>10}" for name in names]
    doors = sum(door.name in names for door in DOORS)
    lines.append(f"{'sum':38}{sum(result.allowed.values()):>8}{sum(result.kept_out.values()):>10}")
    lines.append(
        f"{len(names)} URLs, {doors} doors (URL, object, method), {len(VIEWERS)} viewers: "
        f"{result.requests} requests, {len(result.findings)} findings"
    )
    return "\n".join(lines)
