"""The verbs of people: what they write, what they refuse, what stands in which chain."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.clock import now
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.agreements import agree_levels, change_terms, set_hours
from quietmonday.people.actions.begin import begin
from quietmonday.people.actions.businesses import add_business, rename_business
from quietmonday.people.actions.engagements import end_engagement, engage, name_relationship
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.actions.persons import add_address, add_person, change_person, remove_address
from quietmonday.people.actions.sign_in_links import first_link
from quietmonday.people.actions.suppliers import add_supplier, rename_supplier
from quietmonday.people.logic.calendar import due, open_seconds
from quietmonday.people.logic.levels import DEFAULT_LEVELS, Level, LevelRefused
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import (
    Account,
    Address,
    Business,
    Calendar,
    Engagement,
    Membership,
    Person,
    Role,
)
from quietmonday.people.queries import levels_of, persons_by_address, working_hours_of
from tests.cast import Cast, make_cast, sign_in
from tests.people.racing import race

RUTH = Actor(id=None, name="Ruth Okafor")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.rule


def entries(verb: str) -> list[Entry]:
    return list(Entry.objects.filter(verb=verb).select_related("payload", "chain"))


@pytest.mark.django_db
def test_begin_makes_everything_the_first_request_needs() -> None:
    began = begin(
        business_name="Oakhurst",
        zone="Europe/London",
        country="GB",
        subdivision="ENG",
        supplier_name="Fennimore",
        owner_name="Ruth Okafor",
        owner_email="Ruth@Oakhurst.example",
        counterpart_name="Asha Fennimore",
        counterpart_email="asha@fennimore.example",
        actor=SYSTEM,
        now=now(),
    )
    engagement = began.engagement
    assert (engagement.owner, engagement.counterpart, engagement.levels_agreed) == (
        began.owner,
        began.counterpart,
        False,
    )
    assert levels_of(engagement) == DEFAULT_LEVELS
    hours = working_hours_of(engagement, [2026])
    assert hours.zone == "Europe/London"
    # Friday 17:00 to Monday 09:00 is closed; 25 December is a holiday
    assert open_seconds(hours, utc("2026-11-20 16:00"), utc("2026-11-23 10:00")) == 2 * 3600
    assert open_seconds(hours, utc("2026-12-25 00:00"), utc("2026-12-26 00:00")) == 0
    roles = {m.account.email: m.role for m in Membership.objects.select_related("account")}
    assert roles == {"ruth@oakhurst.example": "owner", "asha@fennimore.example": "manager"}
    assert sorted((e.verb, e.chain.kind) for e in Entry.objects.select_related("chain")) == [
        ("business.added", "business"),
        ("engagement.began", "engagement"),
        ("membership.granted", "business"),
        ("membership.granted", "installation"),
        ("person.added", "business"),
        ("person.added", "installation"),
        ("supplier.added", "installation"),
    ]


@pytest.mark.django_db
def test_whoever_begins_as_the_owner_gets_a_real_address_for_the_placeholder() -> None:
    first_link(now=now())
    account = Account.objects.get()
    client = sign_in(Client(), account)
    response = client.post(
        "/set-up/begin/",
        {
            "business_name": "Oakhurst",
            "zone": "Europe/London",
            "country": "GB",
            "supplier_name": "Fennimore",
            "owner_name": "Ruth Okafor",
            "owner_email": "ruth@oakhurst.example",
            "agreement": "managed",
            "beginner_is": "owner",
        },
    )
    business = Business.objects.get()
    assert response.headers["Location"] == f"/businesses/{business.pk}/agreement/"
    account.refresh_from_db()
    assert account.email == "ruth@oakhurst.example"
    viewer = viewer_of(account, now())
    assert (viewer.home, viewer.administrator, viewer.name) == ("business", True, "Ruth Okafor")
    assert "Nobody has agreed yet" in client.get(response.headers["Location"]).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("owner_email", "nonsense", "This is not an e-mail address"),
        ("zone", "Mars/Base", "Select a valid choice"),
        ("subdivision", "ZZ", "We know these parts: ENG, NIR, SCT, WLS"),
        ("counterpart_email", "x@y.example", "Give the name too"),
        ("counterpart_name", "Asha", "give one"),
        ("beginner_is", "counterpart", "give your name"),
        ("business_name", "   ", "This field is required"),
    ],
)
def test_a_wrong_word_on_the_first_form_is_answered_kindly_and_writes_nothing(
    field: str, value: str, words: str
) -> None:
    first_link(now=now())
    data = {
        "business_name": "Oakhurst",
        "zone": "Europe/London",
        "country": "GB",
        "supplier_name": "Fennimore",
        "owner_name": "Ruth",
        "owner_email": "ruth@oakhurst.example",
        "agreement": "managed",
    }
    response = sign_in(Client(), Account.objects.get()).post("/set-up/begin/", {**data, field: value})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Business.objects.count() == 0


def test_two_firms_have_one_open_engagement_at_a_time(cast: Cast) -> None:
    def again() -> Engagement:
        return engage(business=cast.oakhurst, supplier=cast.fennimore, actor=SYSTEM, now=now())

    before = Calendar.objects.count()
    assert refusal(again) == "engaged_already"
    assert Calendar.objects.count() == before
    end_engagement(engagement=cast.engagement, actor=SYSTEM, now=now())
    assert again().ends_at is None


def test_the_end_of_an_engagement_closes_the_business_to_its_supplier_at_once(cast: Cast) -> None:
    client = sign_in(Client(), cast.asha)
    url = reverse("people:agreement", args=[cast.oakhurst.pk])
    assert client.get(url).status_code == 200
    end_engagement(engagement=cast.engagement, actor=SYSTEM, now=now())
    assert client.get(url).status_code == 404
    assert "Ruth Okafor" not in client.get(reverse("people:people")).content.decode()
    assert [entry.chain.engagement_id for entry in entries("engagement.ended")] == [cast.engagement.pk]


def test_the_relationship_is_named_with_people_of_the_right_sides(cast: Cast) -> None:
    def name(owner: Person | None, stand_in: Person | None, counterpart: Person | None) -> Engagement:
        return name_relationship(
            engagement=cast.engagement,
            owner=owner,
            stand_in=stand_in,
            counterpart=counterpart,
            actor=RUTH,
            now=now(),
        )

    assert refusal(lambda: name(cast.asha.person, None, None)) == "wrong_side"
    assert refusal(lambda: name(cast.jo.person, None, None)) == "wrong_side"
    assert refusal(lambda: name(None, None, cast.ines.person)) == "wrong_side"
    assert refusal(lambda: name(cast.ruth.person, cast.ruth.person, None)) == "same_person"
    assert name(cast.maria.person, None, cast.sam.person).owner == cast.maria.person
    [entry] = entries("engagement.relationship_named")
    assert entry.payload.actor_name == "Ruth Okafor"
    assert entry.payload.body["owner"]["name"] == "Maria Lindqvist"


def test_agreed_levels_say_before_after_and_who_in_the_chain_both_sides_hold(cast: Cast) -> None:
    levels = {**DEFAULT_LEVELS, 1: Level(15, 120, 30, around_the_clock=True)}
    agree_levels(engagement=cast.engagement, levels=levels, actor=RUTH, now=now())
    assert levels_of(cast.engagement) == levels
    assert Engagement.objects.get(pk=cast.engagement.pk).levels_agreed
    [entry] = entries("engagement.levels_agreed")
    assert (entry.chain.kind, entry.chain.engagement_id) == ("engagement", cast.engagement.pk)
    assert entry.payload.body["before"]["1"]["response_minutes"] == 30
    assert entry.payload.body["levels"]["1"] == {
        "response_minutes": 15,
        "restore_minutes": 120,
        "update_minutes": 30,
        "around_the_clock": True,
    }
    del levels[4]
    assert (
        refusal(lambda: agree_levels(engagement=cast.engagement, levels=levels, actor=RUTH, now=now())) == "priorities"
    )


def test_a_level_that_contradicts_itself_is_no_level() -> None:
    for values in ((0, 10, 10), (10, 5, 10), (10, 10, 0), (10, 10**6, 10)):
        with pytest.raises(LevelRefused):
            Level(*values)


def test_levels_through_the_page(cast: Cast) -> None:
    url = reverse("people:levels", args=[cast.engagement.pk])
    client = sign_in(Client(), cast.asha)
    data = {f"{part}_{n}": f"{n} h" for n in range(1, 5) for part in ("response", "restore", "update")}
    assert client.post(url, {**data, "restore_2": "30 min"}).status_code == 422
    assert client.post(url, {**data, "response_3": "soon"}).status_code == 422
    assert client.post(url, {**data, "clock_1": "on"}).status_code == 302
    assert levels_of(cast.engagement)[1] == Level(60, 60, 60, around_the_clock=True)
    shown = client.get(reverse("people:agreement", args=[cast.oakhurst.pk])).content.decode()
    assert "every hour of the day" in shown
    assert entries("engagement.levels_agreed")[0].payload.actor_name == "Asha Fennimore"


def test_hours_through_the_page_change_what_is_counted(cast: Cast) -> None:
    url = reverse("people:hours", args=[cast.engagement.pk])
    engagement = Engagement.objects.select_related("calendar").get(pk=cast.engagement.pk)
    before = working_hours_of(engagement, [2026])
    client = sign_in(Client(), cast.ruth)
    data = {
        "zone": "Europe/London",
        "country": "",
        "day_0": "08:00-12:00, 13:00-16:00",
        "day_5": "22:00-06:00",
        "holidays": "2026-11-30 St Andrew\n\n2026-12-24",
    }
    assert client.post(url, data).status_code == 302
    engagement = Engagement.objects.select_related("calendar").get(pk=cast.engagement.pk)
    after = working_hours_of(engagement, [2026])
    assert after != before
    assert due(after, utc("2026-11-23 08:00"), 5 * 60) == utc("2026-11-23 14:00")
    assert open_seconds(after, utc("2026-11-30 00:00"), utc("2026-12-01 00:00")) == 0
    assert open_seconds(after, utc("2026-11-28 00:00"), utc("2026-11-30 00:00")) == 8 * 3600
    form = client.get(url).context["form"]
    assert (form["day_0"].value(), form["day_5"].value()) == ("08:00-12:00, 13:00-16:00", "22:00-06:00")
    assert form["holidays"].value() == "2026-11-30 St Andrew\n2026-12-24"
    assert [entry.chain.engagement_id for entry in entries("calendar.hours_set")] == [cast.engagement.pk]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day_0": "nine to five"},
        {"day_0": "09:00-17:00, 16:00-18:00"},
        {"day_0": "", "day_1": ""},
        {"holidays": "Christmas"},
        {"holidays": "2026-02-30 nonsense"},
        {"subdivision": "ENG"},
        {"zone": "Nowhere"},
        {"country": "XX"},
    ],
)
def test_hours_that_make_no_sense_are_refused_and_nothing_changes(cast: Cast, wrong: dict[str, str]) -> None:
    url = reverse("people:hours", args=[cast.engagement.pk])
    data = {"zone": "Europe/London", "country": "", "day_0": "09:00-17:00", "holidays": ""}
    assert sign_in(Client(), cast.ruth).post(url, {**data, **wrong}).status_code == 422
    assert entries("calendar.hours_set") == []


def test_working_hours_cost_no_query_the_second_time(cast: Cast) -> None:
    engagement = Engagement.objects.select_related("calendar").get(pk=cast.engagement.pk)
    with CaptureQueriesContext(connection) as first:
        hours = working_hours_of(engagement, [2026, 2027])
    with CaptureQueriesContext(connection) as second:
        assert working_hours_of(engagement, [2027, 2026]) is hours
    assert (len(first), len(second)) == (2, 0)


def test_terms_are_changed_and_told(cast: Cast) -> None:
    change_terms(engagement=cast.engagement, agreement="managed", third_party_stops_clock=True, actor=RUTH, now=now())
    row = Engagement.objects.get(pk=cast.engagement.pk)
    assert (row.agreement, row.third_party_stops_clock) == ("managed", True)
    [entry] = entries("engagement.terms_changed")
    assert entry.payload.body["before"]["agreement"] == "time_and_materials"


def test_firms_are_renamed_and_the_record_keeps_the_old_name(cast: Cast) -> None:
    rename_business(business=cast.oakhurst, name=" Oakhurst \n Joinery Ltd ", actor=RUTH, now=now())
    rename_supplier(supplier=cast.fennimore, name="Fennimore", actor=RUTH, now=now())
    rename_supplier(supplier=cast.fennimore, name="Fennimore", actor=RUTH, now=now())
    assert Business.objects.get(pk=cast.oakhurst.pk).name == "Oakhurst Joinery Ltd"
    assert [e.payload.body["before"] for e in entries("business.renamed")] == ["Oakhurst Joinery"]
    assert len(entries("supplier.renamed")) == 1
    assert refusal(lambda: rename_business(business=cast.oakhurst, name="\n", actor=RUTH, now=now())) == "no_name"
    assert refusal(lambda: add_business(name="X", zone="Mars/Base", actor=RUTH, now=now())) == "zone"
    assert add_supplier(name="Y", zone="UTC", actor=RUTH, now=now()).name == "Y"


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


def test_a_verb_that_fails_later_leaves_no_entry_behind(cast: Cast) -> None:
    before = Entry.objects.count()
    with pytest.raises(ValueError, match="XX"):
        engage(business=cast.tilden, supplier=cast.fennimore, agreement="XX", actor=SYSTEM, now=now())
    assert (
        refusal(
            lambda: set_hours(
                calendar=cast.engagement.calendar,
                zone="Europe/London",
                week={0: [(dt.time(9), dt.time(17))]},
                country="XX",
                subdivision="",
                holidays={},
                actor=RUTH,
                now=now(),
            )
        )
        == "country"
    )
    assert Entry.objects.count() == before


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
