"""The sweep over the API: every operation with the token of every viewer, and with tokens that reach less far."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from quietmonday.integrations.views.api.assembly import description
from quietmonday.people.logic.tokens import SCOPES
from tests.boundaries.sweep.core import Result, sweep, undone
from tests.boundaries.sweep.doors_of_programs import OPERATIONS, PROGRAMS_OF, Operation
from tests.boundaries.sweep.stories_of_programs import token_of
from tests.boundaries.sweep.world import World

pytestmark = pytest.mark.django_db

BODYLESS = {"api:fix_for_good", "api:test_a_webhook", "api:deliver_again"}
OURS = ("ruth", "maria", "dele", "sam", "asha")


def scope_of(door: Operation) -> str:
    """Return the scope that the description gives an operation."""
    found = {
        operation["operationId"]: operation["x-scope"]
        for methods in description()["paths"].values()
        for operation in methods.values()
    }
    return str(found[door.name.removeprefix("api:")])


def test_every_operation_is_declared_by_name_and_opens_for_somebody() -> None:
    offered = {f"api:{op['operationId']}" for methods in description()["paths"].values() for op in methods.values()}
    assert {door.name for door in OPERATIONS} == offered
    assert {door.name for door in OPERATIONS if door.ok} == offered


@pytest.mark.slow_on_postgres
def test_every_token_opens_what_its_owner_may_and_nothing_else(world: World) -> None:
    result: Result = sweep(world, OPERATIONS)
    assert result.findings == []
    assert result.requests > 2000


@pytest.mark.one_engine
def test_a_token_without_the_scope_is_told_so_and_learns_nothing(world: World) -> None:
    with undone():
        tokens = {
            scope: token_of(world["ruth"], [each for each in SCOPES if not each.startswith(scope.partition(":")[0])])
            for scope in SCOPES
        }
        for door in {each.name: each for each in OPERATIONS if "ruth" in each.ok}.values():
            if scope := scope_of(door):
                less = dataclasses.replace(world, tokens={**world.tokens, "ruth": tokens[scope]})
                with undone() as written:
                    answer = door.sent(less, door.client(less, "ruth"))
                assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/problems/scope"), door
                assert written == []


@pytest.mark.one_engine
def test_a_token_of_another_firm_finds_nothing_of_this_one(world: World) -> None:
    """Somebody with roles at both firms makes a token for one of them: the other does not exist for it."""
    from quietmonday.kit.actors import SYSTEM  # written here only
    from quietmonday.people.actions.memberships import write_membership  # as above
    from quietmonday.people.models import Account, Membership, Role  # as above
    from tests.boundaries.sweep.stories import DAY, NOW  # as above

    with undone():
        theirs = world["theirs_quiet"]
        for name in OURS:
            account = Account.objects.get(pk=world[name].account.pk)
            write_membership(
                person=theirs, email="", role=Role.OWNER, actor=SYSTEM, now=NOW - 60 * DAY, account=account
            )
            Membership.objects.filter(account=account, person=theirs).update(starts_at=NOW - 60 * DAY)
            held = token_of(world[name], SCOPES, world["theirs_business"].pk)
            less = dataclasses.replace(world, tokens={**world.tokens, name: held})
            for door in OPERATIONS:
                if name not in door.ok or "theirs" in door.target:
                    continue
                with undone() as written:
                    answer = door.sent(less, door.client(less, name))
                if not door.target:
                    assert answer.status_code == 200
                    ours = {str(world[each].pk) for each in ("ours_business", "ours", "ours_engagement", "ours_kept")}
                    assert not [ref for ref in ours if ref in answer.content.decode()], door
                else:
                    assert (answer.status_code, written) == (404, []), (str(door), name, answer.content)
            Membership.objects.filter(account=account, person=theirs).delete()


@pytest.mark.one_engine
@pytest.mark.parametrize(
    "door", [door for door in OPERATIONS if door.method == "post" and door.name not in BODYLESS], ids=str
)
def test_no_operation_takes_a_field_that_it_does_not_name(world: World, door: Operation) -> None:
    if not door.ok or door.name == "api:send_file":
        return
    poisoned: dict[str, Any] = {
        **door.data(world), "state": "x", "business_id": str(world["theirs_business"].pk), "actor": "x", "pk": "0",
        "verified": True, "quick": "yes", "by_name": "x", "is_staff": True, "opened_at": "1999-01-01T00:00:00Z",
    }  # fmt: skip
    viewer = min(door.ok)
    with undone() as written:
        client = door.client(world, viewer)
        answer = client.post(door.url(world), json.dumps(poisoned, default=str), content_type="application/json")
    assert (answer.status_code, written) == (422, []), answer.content


def test_nobody_without_a_role_has_a_program() -> None:
    assert PROGRAMS_OF & {"finn", "tess", "nobody", "ada"} == frozenset()
