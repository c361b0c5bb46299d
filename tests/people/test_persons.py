"""Persons and their addresses."""

import pytest

from quietmonday.journal.models import Entry
from quietmonday.kit.clock import now
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.persons import add_address, add_person, change_person, remove_address
from quietmonday.people.models import Account, Address, Person, Role
from quietmonday.people.queries import persons_by_address
from tests.cast import Cast
from tests.people.acting import RUTH, entries, refusal


def test_a_person_with_a_role_can_sign_in_and_one_without_cannot(cast: Cast) -> None:
    eve = add_person(
        place=cast.oakhurst,
        name="Eve Adams",
        emails=["EVE@oakhurst.example", "eve@oakhurst.example", "e@oakhurst.example"],
        role=Role.STAFF,
        actor=RUTH,
        now=now(),
    )
    assert [(a.email, a.is_first) for a in eve.addresses.order_by("pk")] == [
        ("eve@oakhurst.example", True),
        ("e@oakhurst.example", False),
    ]
    account = Account.objects.get(email="eve@oakhurst.example")
    assert not account.has_usable_password()
    assert viewer_of(account, now()).home == "staff"
    add_person(place=cast.oakhurst, name="Tom", emails=["tom@oakhurst.example"], actor=RUTH, now=now())
    assert not Account.objects.filter(email="tom@oakhurst.example").exists()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"name": " \n", "emails": ["a@b.example"]}, "no_name"),
        ({"name": "X", "emails": ["nonsense"]}, "address"),
        ({"name": "X", "role": Role.STAFF}, "no_address"),
        ({"name": "X", "emails": ["a@b.example"], "role": Role.TECHNICIAN}, "wrong_role"),
        ({"name": "X", "emails": ["ruth@oakhurst.example"], "role": Role.STAFF}, "address_taken"),
    ],
)
def test_a_person_that_cannot_be_is_refused_whole(cast: Cast, given: dict[str, object], rule: str) -> None:
    before = Person.objects.count(), Account.objects.count(), Entry.objects.count()
    assert refusal(lambda: add_person(place=cast.oakhurst, actor=RUTH, now=now(), **given)) == rule  # type: ignore[arg-type]  # cases of a table
    assert (Person.objects.count(), Account.objects.count(), Entry.objects.count()) == before


def test_one_account_serves_two_firms_and_sees_each_as_its_own_person(cast: Cast) -> None:
    add_person(place=cast.tilden, name="R. Okafor", emails=[cast.ruth.email], role=Role.STAFF, actor=RUTH, now=now())
    viewer = viewer_of(Account.objects.get(email=cast.ruth.email), now())
    assert viewer.leads == {cast.oakhurst.pk}
    assert viewer.staff_of == {cast.tilden.pk}
    assert viewer.actor(cast.tilden.pk).name == "R. Okafor"
    assert viewer.actor(cast.oakhurst.pk).name == "Ruth Okafor"


def test_addresses_come_and_go_and_the_oldest_other_becomes_the_first(cast: Cast) -> None:
    second = add_address(person=cast.dele.person, email="Second@x.example", actor=RUTH, now=now())
    add_address(person=cast.dele.person, email="third@x.example", actor=RUTH, now=now())
    assert add_address(person=cast.dele.person, email="second@x.example ", actor=RUTH, now=now()) == second
    first = Address.objects.get(person=cast.dele.person, is_first=True)
    remove_address(address=first, actor=RUTH, now=now())
    remove_address(address=first, actor=RUTH, now=now())
    assert [a.email for a in Address.objects.filter(person=cast.dele.person, is_first=True)] == ["second@x.example"]
    assert len(entries("person.address_removed")) == 1
    assert refusal(lambda: add_address(person=cast.dele.person, email="@", actor=RUTH, now=now())) == "address"


def test_a_person_is_found_by_every_address_in_any_case(cast: Cast) -> None:
    add_address(person=cast.dele.person, email="shared@oakhurst.example", actor=RUTH, now=now())
    add_address(person=cast.bill.person, email="shared@oakhurst.example", actor=RUTH, now=now())
    assert persons_by_address(" DELE@Oakhurst.example") == [cast.dele.person]
    assert set(persons_by_address("shared@oakhurst.example")) == {cast.dele.person, cast.bill.person}
    assert persons_by_address("nobody@oakhurst.example") == persons_by_address("nonsense") == []
    assert persons_by_address("dele@oakhurst.example\x00") == []


def test_a_change_without_a_change_is_no_entry(cast: Cast) -> None:
    change_person(person=cast.dele.person, name="Dele Adeyemi", job="", phone="", actor=RUTH, now=now())
    assert entries("person.changed") == []
    change_person(person=cast.dele.person, name="Dele A.", job="Packing", phone="", actor=RUTH, now=now())
    assert entries("person.changed")[0].payload.body["before"]["name"] == "Dele Adeyemi"
