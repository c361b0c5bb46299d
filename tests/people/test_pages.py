"""Every page of people: who gets it, who gets the 404 of an absent one, and what it costs."""

import dataclasses

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import Engagement, Membership, Person, Role
from tests.cast import SINCE, Cast, Member, make_cast, sign_in

EVERYBODY = ("ruth", "maria", "dele", "asha", "sam", "finn", "ines", "jo", "kim", "lee", "ada")


@dataclasses.dataclass(frozen=True)
class Page:
    """A URL with who may open it; POST marks what is no page but a verb."""

    name: str
    target: str  # attribute of the cast whose id the URL holds, or ""
    allowed: frozenset[str]
    method: str = "get"


def page(name: str, target: str, allowed: str, method: str = "get") -> Page:
    return Page(name, target, frozenset(allowed.split()), method)


PAGES = [
    page("set_up", "", "ada"),
    page("begin", "", "ada"),
    page("installation", "", "ada"),
    page("add_business", "", "ada"),
    page("add_supplier", "", "ada"),
    page("engage", "", "ada"),
    page("rename_firm", "oakhurst", "ada"),
    page("rename_firm", "fennimore", "ada"),
    page("end_engagement", "engagement", "ada"),
    page("people", "", "ruth maria asha sam ines jo lee ada"),
    page("add_person", "", "ruth maria asha ines jo ada"),
    page("password", "", "ruth maria dele asha sam ines jo kim lee ada"),
    page("person", "ruth", "ruth maria asha sam ines ada"),
    page("person", "dele", "ruth maria dele ada"),
    page("person", "sam", "asha sam ada"),
    page("person", "asha", "ruth maria asha sam ada"),
    page("person", "ines", "ruth maria ines ada"),
    page("person", "kim", "jo kim ada"),
    page("change_person", "dele", "ruth maria ada"),
    page("change_person", "ruth", "ruth ada"),
    page("change_person", "sam", "asha ada"),
    page("agreement", "oakhurst", "ruth maria asha ines ada"),
    page("agreement", "tilden", "jo ada"),
    page("relationship", "engagement", "ruth maria asha ada"),
    page("terms", "engagement", "ruth maria asha ada"),
    page("levels", "engagement", "ruth maria asha ada"),
    page("hours", "engagement", "ruth maria asha ada"),
    page("hours", "tilden_engagement", "jo ada"),
    page("end_role", "dele_role", "ruth maria ada"),
    page("end_role", "maria_role", "ruth ada"),
    page("end_role", "ruth_role", "ada"),
    page("end_role", "sam_role", "asha ada"),
    page("end_role", "asha_role", "ada"),
    page("end_role", "finn_role", ""),
    page("end_role", "kim_role", "jo ada"),
]


def address_of(cast: Cast, each: Page) -> str:
    if not each.target:
        return reverse(f"people:{each.name}")
    if each.target.endswith("_role"):
        return reverse(f"people:{each.name}", args=[getattr(cast, each.target[:-5]).membership.pk])
    target = getattr(cast, each.target)
    return reverse(f"people:{each.name}", args=[target.person.pk if isinstance(target, Member) else target.pk])


@pytest.mark.parametrize("each", PAGES, ids=lambda each: f"{each.name} {each.target}")
def test_a_page_opens_for_those_it_is_for_and_is_absent_for_everybody_else(cast: Cast, each: Page) -> None:
    url = address_of(cast, each)
    got = {name: sign_in(Client(), getattr(cast, name)).get(url).status_code for name in EVERYBODY}
    # finn's role has ended: whatever he asks for, he is signed out
    expected = {name: 200 if name in each.allowed else 404 for name in EVERYBODY} | {"finn": 302}
    assert got == expected


@pytest.mark.parametrize("each", PAGES, ids=lambda each: f"{each.name} {each.target}")
def test_without_signing_in_every_page_leads_to_the_sign_in(cast: Cast, each: Page) -> None:
    url = address_of(cast, each)
    for method in ("get", "post"):
        response = getattr(Client(), method)(url)
        if (method, each.name) in {("post", n) for n in ("set_up", "installation", "people", "person", "agreement")}:
            assert response.status_code == 405
        else:
            assert response.status_code == 302
            assert response.headers["Location"].startswith("/sign-in/?next=/")


POSTS = [
    ("add_address", "dele", {"email": "new@oakhurst.example"}, "ruth maria ada"),
    ("add_address", "ruth", {"email": "new@oakhurst.example"}, "ruth ada"),
    ("add_address", "sam", {"email": "new@fennimore.example"}, "asha ada"),
    ("grant_role", "dele", {"role": "staff"}, "ruth maria ada"),
    ("grant_role", "sam", {"role": "technician"}, "asha ada"),
]


@pytest.mark.parametrize(("name", "target", "data", "allowed"), POSTS)
def test_a_verb_works_for_those_it_is_for_and_is_absent_for_everybody_else(
    cast: Cast, name: str, target: str, data: dict[str, str], allowed: str
) -> None:
    url = reverse(f"people:{name}", args=[getattr(cast, target).person.pk])
    got = {each: sign_in(Client(), getattr(cast, each)).post(url, data).status_code for each in EVERYBODY}
    assert got == {each: 302 if each in [*allowed.split(), "finn"] else 404 for each in EVERYBODY}
    assert {each: sign_in(Client(), getattr(cast, each)).get(url).status_code for each in ("ruth", "ada")} == {
        "ruth": 405,
        "ada": 405,
    }


@pytest.mark.parametrize(
    ("giver", "target", "role", "status"),
    [
        ("ruth", "dele", "owner", 302),
        ("ruth", "dele", "administrator", 422),
        ("ruth", "dele", "technician", 422),
        ("maria", "dele", "owner", 422),
        ("maria", "dele", "stand_in", 422),
        ("asha", "sam", "manager", 302),
        ("asha", "sam", "administrator", 422),
        ("asha", "sam", "owner", 422),
        ("ada", "sam", "administrator", 302),
        ("ada", "dele", "technician", 422),
    ],
)
def test_nobody_gives_a_role_above_what_they_may_give(
    cast: Cast, giver: str, target: str, role: str, status: int
) -> None:
    person = getattr(cast, target).person
    before = Membership.objects.count()
    response = sign_in(Client(), getattr(cast, giver)).post(
        reverse("people:grant_role", args=[person.pk]), {"role": role}
    )
    assert response.status_code == status
    assert Membership.objects.count() == before + (status == 302)


def test_a_form_sets_nothing_but_what_it_lists(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    client.post(
        reverse("people:change_person", args=[cast.dele.person.pk]),
        {
            "name": "Dele A.",
            "job": "Packing",
            "phone": "",
            "business": str(cast.tilden.pk),
            "business_id": str(cast.tilden.pk),
            "supplier": str(cast.fennimore.pk),
            "since": "2020-01-01",
            "role": "owner",
        },
    )
    changed = Person.objects.get(pk=cast.dele.person.pk)
    assert (changed.name, changed.job, changed.business_id, changed.supplier_id, changed.since) == (
        "Dele A.",
        "Packing",
        cast.oakhurst.pk,
        None,
        SINCE,
    )
    assert [m.role for m in Membership.objects.filter(person=changed)] == ["staff"]


def test_adding_a_person_at_somebody_elses_place_is_absent(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    data = {"name": "Eve", "email": "eve@evil.example", "role": "staff"}
    for place in (cast.tilden, cast.fennimore):
        assert client.post(reverse("people:add_person") + f"?at={place.pk}", data).status_code == 404
    assert client.get(reverse("people:add_person") + "?at=nonsense").status_code == 404
    assert client.post(reverse("people:add_person"), data).status_code == 302
    eve = Person.objects.get(name="Eve")
    assert eve.business_id == cast.oakhurst.pk


def test_an_owner_names_only_people_of_the_own_side(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    url = reverse("people:relationship", args=[cast.engagement.pk])
    for foreign in (cast.jo, cast.sam):
        assert client.post(url, {"owner": str(foreign.person.pk), "stand_in": ""}).status_code == 422
    # a field of the other side is not there for her, and what she posts for it does nothing
    response = client.post(
        url, {"owner": str(cast.maria.person.pk), "stand_in": "", "counterpart": str(cast.sam.person.pk)}
    )
    assert response.status_code == 302
    row = Engagement.objects.get(pk=cast.engagement.pk)
    assert (row.owner_id, row.stand_in_id, row.counterpart_id) == (cast.maria.person.pk, None, cast.asha.person.pk)


def test_a_manager_names_the_counterpart_and_leaves_the_other_side_alone(cast: Cast) -> None:
    url = reverse("people:relationship", args=[cast.engagement.pk])
    response = sign_in(Client(), cast.asha).post(
        url, {"owner": str(cast.dele.person.pk), "counterpart": str(cast.sam.person.pk)}
    )
    assert response.status_code == 302
    row = Engagement.objects.get(pk=cast.engagement.pk)
    assert (row.owner_id, row.counterpart_id) == (cast.ruth.person.pk, cast.sam.person.pk)


def test_an_address_of_another_person_is_not_removed_through_ones_own(cast: Cast) -> None:
    theirs = cast.jo.person.addresses.get()
    url = reverse("people:remove_address", args=[cast.dele.person.pk, theirs.pk])
    assert sign_in(Client(), cast.ruth).post(url).status_code == 404
    assert cast.jo.person.addresses.count() == 1


def test_a_manager_of_one_supplier_sees_no_terms_of_another(cast: Cast) -> None:
    shown = sign_in(Client(), cast.ines).get(reverse("people:agreement", args=[cast.oakhurst.pk])).content.decode()
    assert "Norvane Telecom" in shown
    assert "Fennimore" not in shown
    assert sign_in(Client(), cast.ines).get(reverse("people:levels", args=[cast.engagement.pk])).status_code == 404


def test_nothing_of_another_business_is_on_any_page_of_people(cast: Cast) -> None:
    canaries = ("Tilden", "Jo Marsh", "Kim Vale", "Brightwell", "Lee Brook")
    for name in ("ruth", "maria", "asha", "sam", "ines"):
        client = sign_in(Client(), getattr(cast, name))
        shown = client.get(reverse("people:people")).content.decode()
        assert getattr(cast, name).person.name in shown
        assert [word for word in canaries if word in shown] == []
    assert "Jo Marsh" in sign_in(Client(), cast.jo).get(reverse("people:people")).content.decode()


def test_a_technician_does_not_learn_of_a_businesss_staff(cast: Cast) -> None:
    shown = sign_in(Client(), cast.sam).get(reverse("people:people")).content.decode()
    assert "Ruth Okafor" in shown
    assert "Dele Adeyemi" not in shown


@pytest.mark.django_db
def test_pages_cost_the_same_at_one_row_and_at_three() -> None:
    cast = make_cast(now())
    costs = {1: _costs(cast)}
    for number in range(2):
        for place in (cast.oakhurst, cast.fennimore):
            add_person(
                place=place,
                name=f"Extra {number}",
                emails=[f"extra{number}.{place.pk}@firm.example", f"more{number}.{place.pk}@firm.example"],
                role=Role.STAFF if place is cast.oakhurst else Role.TECHNICIAN,
                actor=SYSTEM,
                now=now(),
            )
    costs[3] = _costs(cast)
    assert costs[1] == costs[3]
    assert max(costs[3].values()) <= 12, costs[3]


def _costs(cast: Cast) -> dict[str, int]:
    costs = {}
    for each in PAGES:
        if each.target.endswith("_role") or each.method != "get":
            continue
        client = sign_in(Client(), getattr(cast, sorted(each.allowed)[0]))
        url = address_of(cast, each)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        costs[f"{each.name} {each.target}"] = len(queries)
    return costs


def test_the_list_of_people_goes_on_where_it_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quietmonday.people.views.persons.PAGE", 2)
    client = sign_in(Client(), cast.ruth)
    url, seen = reverse("people:people"), []
    for _ in range(10):
        response = client.get(url)
        seen += [line.person.name for line in response.context["lines"]]
        if response.context["next_after"] is None:
            break
        url = reverse("people:people") + f"?after={response.context['next_after']}"
    assert seen == [
        "Asha Fennimore",
        "Ines Varga",
        "Bill Hartley",
        "Dele Adeyemi",
        "Maria Lindqvist",
        "Ruth Okafor",
    ]


def test_a_page_says_who_owns_nothing(cast: Cast) -> None:
    row = Engagement.objects.get(pk=cast.engagement.pk)
    row.owner = None
    row.save()
    shown = sign_in(Client(), cast.ruth).get(reverse("people:people")).content.decode()
    assert "1 relationship has no owner." in shown


def test_no_role_is_chosen_before_somebody_chooses_it(cast: Cast) -> None:
    client, person = sign_in(Client(), cast.ruth), cast.dele.person
    shown = client.get(reverse("people:person", args=[person.pk]))
    assert shown.context["role_form"]["role"].value() is None
    before = Membership.objects.count()
    assert client.post(reverse("people:grant_role", args=[person.pk]), {"role": ""}).status_code == 422
    assert Membership.objects.count() == before
