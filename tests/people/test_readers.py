"""Readers: they see what an owner or a technician sees, and do nothing. Every door is in tests/boundaries/sweep."""

import pytest
from django.test import Client
from django.urls import reverse

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.engagements import name_relationship
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.actions.merging import merge_persons
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import Account, Business, Membership, Person, Role, Supplier
from quietmonday.support.models import Message
from quietmonday.support.queries.correspondents import correspondents
from quietmonday.support.queries.ticket_page import colleagues_of
from tests.cast import Cast, sign_in
from tests.people.acting import RUTH, refusal
from tests.support.scene import asked

pytestmark = pytest.mark.django_db


def reader(place: Business | Supplier, email: str) -> Person:
    return add_person(place=place, name="Rita Reader", emails=[email], role=Role.READER, actor=SYSTEM, now=now())


def client_of(email: str) -> Client:
    return sign_in(Client(), Account.objects.get(email=email))


def test_a_reader_of_a_business_reads_monday_requests_people_and_agreements(cast: Cast) -> None:
    reader(cast.oakhurst, "rita@oakhurst.example")
    ticket = asked(cast)
    client = client_of("rita@oakhurst.example")
    assert client.get("/").headers["Location"] == reverse("reports:monday", args=[cast.oakhurst.pk])
    page = client.get(reverse("support:ticket", args=[ticket.pk])).content.decode()
    assert "You see every word, and change none." in page
    assert "<textarea" not in page
    assert cast.bill.person.name in client.get(reverse("people:people")).content.decode()
    agreement = client.get(reverse("people:agreement", args=[cast.oakhurst.pk])).content.decode()
    assert "Agree on times" not in agreement


@pytest.mark.parametrize("text", ["A word", ""])
def test_whatever_a_reader_sends_to_a_request_is_refused(cast: Cast, text: str) -> None:
    reader(cast.oakhurst, "rita@oakhurst.example")
    ticket = asked(cast)
    before = Message.objects.count()
    for verb in ("messages", "notes", "reopening", "aside", "feedback_signed_in"):
        response = client_of("rita@oakhurst.example").post(
            reverse(f"support:{verb}", args=[ticket.pk]), {"text": text, "note": text, "answer": text}
        )
        assert response.status_code == 403, verb
    assert Message.objects.count() == before


def test_a_reader_of_a_supplier_sees_the_queue_and_the_notes_and_is_given_nothing_to_do(cast: Cast) -> None:
    theo = reader(cast.fennimore, "theo@fennimore.example")
    ticket = asked(cast)
    client = client_of("theo@fennimore.example")
    assert ticket.subject in client.get(reverse("support:queue")).content.decode()
    assert "New request" not in client.get(reverse("support:queue")).content.decode()
    assert theo not in colleagues_of(cast.fennimore.pk, now())
    assert "theo@fennimore.example" not in correspondents(ticket, now())
    assert "sam@fennimore.example" in correspondents(ticket, now())


def test_one_account_may_read_here_and_act_there(cast: Cast) -> None:
    add_person(place=cast.tilden, name="R. Okafor", emails=[cast.ruth.email], role=Role.READER, actor=SYSTEM, now=now())
    viewer = viewer_of(cast.ruth.account, now())
    assert (viewer.leads, viewer.sees.businesses) == ({cast.oakhurst.pk}, {cast.oakhurst.pk, cast.tilden.pk})
    assert viewer.person_for(cast.tilden.pk) is None
    client = sign_in(Client(), cast.ruth)
    assert client.get(reverse("reports:monday", args=[cast.tilden.pk])).status_code == 200
    assert client.get(reverse("people:terms", args=[cast.tilden_engagement.pk])).status_code == 404
    assert client.get(reverse("people:terms", args=[cast.engagement.pk])).status_code == 200


def test_whoever_reads_and_acts_at_one_place_acts(cast: Cast) -> None:
    grant_role(person=cast.maria.person, role=Role.READER, actor=RUTH, now=now())
    viewer = viewer_of(cast.maria.account, now())
    assert viewer.leads == viewer.sees.businesses == {cast.oakhurst.pk}
    assert viewer.roles == {cast.oakhurst.pk: Role.STAND_IN}


def test_a_reader_answers_for_no_relationship(cast: Cast) -> None:
    rita = reader(cast.oakhurst, "rita@oakhurst.example")

    def name() -> object:
        return name_relationship(
            engagement=cast.engagement, owner=rita, stand_in=None, counterpart=None, actor=RUTH, now=now()
        )

    assert refusal(name) == "only_reads"
    grant_role(person=rita, role=Role.STAFF, actor=RUTH, now=now())
    name()


def test_whoever_answers_for_a_relationship_does_not_become_somebody_who_only_reads(cast: Cast) -> None:
    """The other order: named first, a reader afterwards; and the role in which they acted taken away."""
    rita = add_person(place=cast.oakhurst, name="Rita", emails=["rita@oakhurst.example"], actor=RUTH, now=now())
    name_relationship(
        engagement=cast.engagement, owner=cast.ruth.person, stand_in=rita, counterpart=None, actor=RUTH, now=now()
    )
    assert refusal(lambda: grant_role(person=rita, role=Role.READER, actor=RUTH, now=now())) == "named_reads"
    assert not Membership.objects.filter(person=rita).exists()
    acts = grant_role(person=rita, role=Role.STAFF, actor=RUTH, now=now())
    reads = grant_role(person=rita, role=Role.READER, actor=RUTH, now=now())
    assert refusal(lambda: end_membership(membership=acts, actor=RUTH, now=now())) == "named_reads"
    end_membership(membership=reads, actor=RUTH, now=now())
    end_membership(membership=acts, actor=RUTH, now=now())
    assert not viewer_of(acts.account, now()).sees.businesses


def test_two_who_are_one_do_not_answer_and_only_read(cast: Cast) -> None:
    named = add_person(place=cast.oakhurst, name="R. Weiss", emails=["rw@oakhurst.example"], actor=RUTH, now=now())
    rita = reader(cast.oakhurst, "rita@oakhurst.example")
    name_relationship(
        engagement=cast.engagement, owner=cast.ruth.person, stand_in=named, counterpart=None, actor=RUTH, now=now()
    )
    assert refusal(lambda: merge_persons(kept=named, merged=rita, actor=RUTH, now=now())) == "named_reads"
    rita.refresh_from_db()
    assert rita.merged_into is None


def test_an_owner_who_would_name_a_reader_is_told_on_the_page(cast: Cast) -> None:
    rita = add_person(place=cast.oakhurst, name="Rita", emails=["rita@oakhurst.example"], actor=RUTH, now=now())
    name_relationship(
        engagement=cast.engagement, owner=cast.ruth.person, stand_in=rita, counterpart=None, actor=RUTH, now=now()
    )
    page = sign_in(Client(), cast.ruth).post(reverse("people:grant_role", args=[rita.pk]), {"role": "reader"})
    assert page.status_code == 422
    assert "somebody who only reads cannot" in page.content.decode()


def test_an_owner_and_a_manager_let_somebody_read_and_a_stand_in_does_not(cast: Cast) -> None:
    for member, place, status in ((cast.ruth, "oakhurst", 302), (cast.asha, "fennimore", 302), (cast.maria, "x", 422)):
        given = {"name": "R", "email": f"r@{place}.example", "role": "reader"}
        response = sign_in(Client(), member).post(reverse("people:add_person"), given)
        assert response.status_code == status
    assert Membership.objects.filter(role=Role.READER).count() == 2
