"""Roles that are given and ended."""

import pytest
from django.test import Client
from django.urls import reverse

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Membership, Role
from tests.cast import Cast, make_cast, sign_in
from tests.people.acting import RUTH, refusal
from tests.people.racing import race


def test_a_role_is_given_once(cast: Cast) -> None:
    first = grant_role(person=cast.dele.person, role=Role.OWNER, actor=RUTH, now=now())
    assert grant_role(person=cast.dele.person, role=Role.OWNER, actor=RUTH, now=now()) == first
    assert (
        refusal(lambda: grant_role(person=cast.dele.person, role=Role.MANAGER, actor=RUTH, now=now())) == "wrong_role"
    )


def test_the_last_administrator_stays(cast: Cast) -> None:
    def end() -> Membership:
        return end_membership(membership=cast.ada.membership, actor=SYSTEM, now=now())

    assert refusal(end) == "last_administrator"
    url = reverse("people:end_role", args=[cast.ada.membership.pk])
    response = sign_in(Client(), cast.ada).post(url)
    assert response.status_code == 422
    assert "last administrator" in response.content.decode()
    grant_role(person=cast.sam.person, role=Role.ADMINISTRATOR, actor=SYSTEM, now=now())
    assert end().ends_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_at_once_leave_one() -> None:
    cast = make_cast(now())
    other = grant_role(person=cast.sam.person, role=Role.ADMINISTRATOR, actor=SYSTEM, now=now())

    def end(membership: Membership) -> bool:
        try:
            end_membership(membership=membership, actor=SYSTEM, now=now())
            return True
        except Refused:
            return False

    assert sorted(race(lambda: end(cast.ada.membership), lambda: end(other))) == [False, True]
    assert Membership.objects.filter(role="administrator", ends_at=None).count() == 1
