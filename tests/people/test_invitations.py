"""Invitations: who is told that they may come, by whom, and how often."""

import datetime as dt
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.begin import begin
from quietmonday.people.actions.inviting import invite_again
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.actions.persons import add_person
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, Address, Membership, Person, Role
from tests.cast import Cast, make_cast, sign_in
from tests.people.acting import RUTH, entries, refusal
from tests.people.racing import race


def add_eve(cast: Cast, role: Role = Role.STAFF) -> Membership:
    eve = add_person(
        place=cast.oakhurst, name="Eve Adams", emails=["eve@oakhurst.example"], role=role, actor=RUTH, now=now(),
        invite=True,
    )  # fmt: skip
    return Membership.objects.select_related("account").get(person=eve)


def mails(email: str = "eve@oakhurst.example") -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(recipient=email).order_by("made_at", "id"))


def test_an_invitation_says_who_invites_to_whose_record_as_what_and_where_to_come(cast: Cast) -> None:
    membership = add_eve(cast)
    (mail,) = mails()
    content = content_of(mail)
    assert content is not None
    assert content.subject == "Ruth Okafor invites you to the record of Oakhurst Joinery"
    assert "Your role there: staff." in content.text
    assert "type eve@oakhurst.example" in content.text
    assert content.text.count("http") == 1
    assert f"http://localhost:8000{reverse('account_request_login_code')}\n" in content.text
    assert membership.invited_at == mail.made_at
    (entry,) = entries("account.invited")
    assert (entry.subject_id, entry.chain.kind) == (membership.account_id, "business")
    assert entry.payload.body == {
        "person": str(membership.person_id),
        "name": "Eve Adams",
        "account": "eve@oakhurst.example",
        "role": "staff",
    }


def test_an_invitation_speaks_the_language_of_the_business(cast: Cast) -> None:
    cast.oakhurst.language = "sv"
    cast.oakhurst.save()
    with mock.patch("quietmonday.people.actions.inviting._", lambda words: f"{get_language()} {words}"):
        add_eve(cast)
    content = content_of(mails()[0])
    assert content is not None
    assert (content.subject[:3], content.text[:3]) == ("sv ", "sv ")


def test_somebody_taken_in_with_a_record_is_not_invited(cast: Cast) -> None:
    add_person(
        place=cast.oakhurst, name="Eve", emails=["eve@oakhurst.example"], role=Role.STAFF, actor=SYSTEM, now=now()
    )
    assert mails() == entries("account.invited") == []


def test_somebody_who_signed_in_before_knows_the_way(cast: Cast) -> None:
    account = Account.objects.get(email=cast.dele.email)
    account.last_login = now()
    account.save()
    grant_role(person=cast.dele.person, role=Role.STAND_IN, actor=RUTH, now=now(), invite=True)
    assert mails(cast.dele.email) == []
    assert refusal(lambda: invite_again(membership=cast.dele.membership, actor=RUTH, now=now())) == "came_already"


def test_a_role_given_later_invites_too_and_holds_when_nobody_can_be_told(cast: Cast) -> None:
    given = grant_role(person=cast.dele.person, role=Role.STAND_IN, actor=RUTH, now=now(), invite=True)
    assert (len(mails(cast.dele.email)), given.invited_at) == (1, mails(cast.dele.email)[0].made_at)
    Address.objects.filter(person=cast.bill.person).update(failed_at=now(), failed_rule="no_such_mailbox")
    silent = grant_role(person=cast.bill.person, role=Role.STAND_IN, actor=RUTH, now=now(), invite=True)
    assert (mails(cast.bill.email), silent.invited_at) == ([], None)
    assert refusal(lambda: invite_again(membership=silent, actor=RUTH, now=now())) == "mail_fails"


def test_three_a_day_go_to_one_address_whoever_invites(cast: Cast) -> None:
    membership, start = add_eve(cast), now()
    elsewhere = add_person(
        place=cast.tilden, name="E. Adams", emails=["eve@oakhurst.example"], role=Role.STAFF, actor=SYSTEM, now=start,
        invite=True,
    )  # fmt: skip
    invite_again(membership=membership, actor=RUTH, now=start)
    assert refusal(lambda: invite_again(membership=membership, actor=RUTH, now=start)) == "invited_enough"
    other = Membership.objects.get(person=elsewhere)
    assert refusal(lambda: invite_again(membership=other, actor=SYSTEM, now=start)) == "invited_enough"
    assert len(mails()) == len(entries("account.invited")) == 3
    invite_again(membership=membership, actor=RUTH, now=start + dt.timedelta(days=1, minutes=1))
    assert len(mails()) == 4


@pytest.mark.django_db(transaction=True)
def test_many_who_invite_at_once_do_not_pass_the_limit() -> None:
    membership = add_eve(make_cast(now()))

    def again() -> str:
        try:
            invite_again(membership=membership, actor=RUTH, now=now())
        except Refused as refused:
            return refused.rule
        return "mailed"

    assert sorted(race(again, again, again, again)) == ["invited_enough", "invited_enough", "mailed", "mailed"]
    assert len(mails()) == 3


def test_the_page_says_that_somebody_was_invited_and_has_not_come(cast: Cast) -> None:
    membership = add_eve(cast)
    client = sign_in(Client(), cast.ruth)
    page = reverse("people:person", args=[membership.person_id])
    said = client.get(page).content.decode()
    assert "has not come yet" in said
    assert "Invite again" in said
    response = client.post(reverse("people:invite", args=[membership.pk]), follow=True)
    assert "a mail goes to eve@oakhurst.example" in response.content.decode()
    assert len(mails()) == 2
    client.post(reverse("people:invite", args=[membership.pk]))
    refused = client.post(reverse("people:invite", args=[membership.pk]), follow=True)
    assert "Three invitations went to this address within a day" in refused.content.decode()
    sign_in(Client(), membership.account)
    assert "Invite" not in client.get(page).content.decode()


def test_a_role_that_nobody_came_for_ends_as_any_and_invites_nobody_any_more(cast: Cast) -> None:
    membership = add_eve(cast)
    url = reverse("people:invite", args=[membership.pk])
    end_membership(membership=membership, actor=RUTH, now=now())
    assert sign_in(Client(), cast.ruth).post(url).status_code == 404
    assert refusal(lambda: invite_again(membership=membership, actor=RUTH, now=now())) == "role_over"


@pytest.mark.django_db
def test_whoever_begins_for_others_invites_them_and_not_themselves() -> None:
    account = Account.objects.create(email="asha@fennimore.example")
    given = {
        "business_name": "Oakhurst", "zone": "Europe/London", "country": "GB", "supplier_name": "Fennimore",
        "owner_name": "Ruth Okafor", "owner_email": "ruth@oakhurst.example", "counterpart_name": "Asha",
        "counterpart_email": "asha@fennimore.example",
    }  # fmt: skip
    begin(**given, beginner=account, beginner_is="counterpart", actor=SYSTEM, now=now(), invite=True)  # type: ignore[arg-type]  # all are texts
    assert [mail.recipient for mail in OutgoingMessage.objects.all()] == ["ruth@oakhurst.example"]
    assert Membership.objects.get(role=Role.MANAGER).invited_at is None
    assert Person.objects.count() == 2
