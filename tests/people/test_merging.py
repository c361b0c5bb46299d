"""One person who stands on record twice: made one, and two again."""

import datetime as dt
import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.journal.logic.checks import registered_checks
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.records import Record
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.erasing import erase_person
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.actions.merging import gather_merged, merge_persons, undo_merge
from quietmonday.people.actions.persons import add_address, add_person, remove_address
from quietmonday.people.models import Address, Membership, MovedReference, Person, PersonMerge, Role
from quietmonday.people.queries import persons_by_address
from quietmonday.people.queries.merging import person_references, what_would_move, words_known
from quietmonday.people.queries.subjects import subject_file
from quietmonday.support.models import Message, Ticket
from tests.cast import Cast, Member
from tests.people.acting import RUTH, entries, refusal
from tests.people.test_forgetting import contents
from tests.support.scene import TUESDAY, actor, asked, client_of, wrote
from tests.support.test_erasing import damage, places_of

pytestmark = pytest.mark.django_db

NOW = TUESDAY + dt.timedelta(days=3)
LATER = NOW + dt.timedelta(days=1)


def entry(cast: Cast, name: str = "Dele A.", email: str = "dele@home.example") -> Person:
    return add_person(place=cast.oakhurst, name=name, emails=[email], actor=RUTH, now=TUESDAY)


def merge(kept: Person, merged: Person, now: dt.datetime = NOW) -> PersonMerge:
    return merge_persons(kept=kept, merged=merged, actor=RUTH, now=now)


def asked_by(cast: Cast, person: Person, text: str = "No label comes out") -> Ticket:
    return asked(cast, text, by=Member(person, cast.dele.account, cast.dele.membership, ""))


def firsts(person: Person) -> list[str]:
    return list(Address.objects.filter(person=person, is_first=True).values_list("email", flat=True))


def test_requests_messages_addresses_and_roles_become_the_kept_ones(cast: Cast) -> None:
    twin = entry(cast)
    ticket = asked_by(cast, twin)
    cast.dele.membership.person = twin
    cast.dele.membership.save()
    merge(cast.dele.person, twin)
    assert Ticket.objects.get(pk=ticket.pk).requester == cast.dele.person
    assert set(Message.objects.filter(ticket=ticket).values_list("author", flat=True)) == {cast.dele.person.pk}
    assert persons_by_address("dele@home.example") == persons_by_address("dele@oakhurst.example") == [cast.dele.person]
    assert firsts(cast.dele.person) == ["dele@oakhurst.example"]
    assert viewer_of(cast.dele.account, NOW).persons == {cast.dele.person.pk: "Dele Adeyemi"}
    (told,) = entries("person.merged")
    assert (told.subject_id, told.chain.kind) == (cast.dele.person.pk, "business")
    assert told.payload.body == {
        "merged": str(twin.pk), "name": "Dele Adeyemi", "merged_name": "Dele A.",
        "moved": {"people.Address.person": 1, "people.Membership.person": 1, "support.Message.author": 1,
                  "support.Ticket.requester": 1},
    }  # fmt: skip
    assert damage() == []


def test_every_column_that_points_at_a_person_moves_and_has_words() -> None:
    found = {reference.place for reference in person_references()}
    assert found == words_known()
    assert {"support.Ticket.requester", "people.Address.person", "people.Engagement.owner"} <= found


def test_no_table_but_that_of_addresses_would_hold_a_person_twice() -> None:
    unique = set()
    for reference in person_references():
        alone = [reference.field] if reference.field.unique else []
        named = {field for each in reference.model._meta.total_unique_constraints for field in each.fields}
        named |= {field for each in reference.model._meta.constraints for field in getattr(each, "fields", ())}
        if alone or reference.field.name in named:
            unique.add(reference.place)
    assert unique == {"people.Address.person"}


def test_no_other_column_holds_the_id_of_a_person_in_its_text(cast: Cast) -> None:
    twin = entry(cast)
    ticket = asked_by(cast, twin)
    wrote(ticket, Member(twin, cast.dele.account, cast.dele.membership, ""), "Still none", at=NOW)
    held = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if issubclass(model, Record) and isinstance(field, models.JSONField | models.TextField | models.CharField):
                rows = model._base_manager.values_list(field.name, flat=True)
                if any(str(twin.pk) in json.dumps(value, default=str) for value in rows):
                    held.add(f"{model._meta.label}.{field.name}")
    assert held == set()


def test_undone_it_is_as_it_was_and_what_is_new_stays(cast: Cast) -> None:
    twin = entry(cast)
    before = asked_by(cast, twin)
    done = merge(cast.dele.person, twin)
    after = asked_by(cast, cast.dele.person, "And now the other one")
    undo_merge(merge=done, actor=RUTH, now=LATER)
    undo_merge(merge=done, actor=RUTH, now=LATER)
    assert Ticket.objects.get(pk=before.pk).requester == twin
    assert Ticket.objects.get(pk=after.pk).requester == cast.dele.person
    assert persons_by_address("dele@home.example") == [twin]
    assert (firsts(twin), firsts(cast.dele.person)) == (["dele@home.example"], ["dele@oakhurst.example"])
    assert MovedReference.objects.count() == 0
    assert len(entries("person.unmerged")) == 1
    assert damage() == []


def test_what_was_given_to_somebody_else_since_stays_there(cast: Cast) -> None:
    twin = entry(cast)
    ticket, gone = asked_by(cast, twin), asked_by(cast, twin)
    done = merge(cast.dele.person, twin)
    ticket.requester = cast.bill.person
    ticket.save()
    Message.objects.filter(ticket=gone).delete()
    remove_address(address=Address.objects.get(email="dele@home.example"), actor=RUTH, now=NOW)
    undo_merge(merge=done, actor=RUTH, now=LATER)
    assert Ticket.objects.get(pk=ticket.pk).requester == cast.bill.person
    assert Ticket.objects.get(pk=gone.pk).requester == twin
    assert not Address.objects.filter(person=twin).exists()


def test_the_first_address_goes_home_and_another_takes_its_place(cast: Cast) -> None:
    twin = entry(cast)
    done = merge(cast.dele.person, twin)
    remove_address(address=Address.objects.get(email="dele@oakhurst.example"), actor=RUTH, now=NOW)
    add_address(person=cast.dele.person, email="dele@new.example", actor=RUTH, now=NOW)
    assert firsts(cast.dele.person) == ["dele@home.example"]
    undo_merge(merge=done, actor=RUTH, now=LATER)
    assert (firsts(twin), firsts(cast.dele.person)) == (["dele@home.example"], ["dele@new.example"])


def test_an_address_that_both_have_is_the_kept_ones(cast: Cast) -> None:
    twin = entry(cast, email="dele@oakhurst.example")
    done = merge(cast.dele.person, twin)
    assert persons_by_address("dele@oakhurst.example") == [cast.dele.person]
    undo_merge(merge=done, actor=RUTH, now=LATER)
    assert set(persons_by_address("dele@oakhurst.example")) == {cast.dele.person, twin}


def test_an_address_that_two_merged_ones_had_is_found_after_one_is_undone(cast: Cast) -> None:
    one, other = entry(cast), entry(cast, "D. Adeyemi")
    first = merge(cast.dele.person, one)
    merge(cast.dele.person, other)
    undo_merge(merge=first, actor=RUTH, now=LATER)
    assert set(persons_by_address("dele@home.example")) == {one, cast.dele.person}


@pytest.mark.parametrize(
    ("kept", "merged", "rule"),
    [
        ("dele", "dele", "oneself"),
        ("dele", "kim", "other_place"),
        ("sam", "dele", "other_place"),
        ("dele", "bill", "two_logins"),
        ("ruth", "maria", "two_logins"),
    ],
)
def test_what_cannot_be_one_is_refused_and_nothing_moves(cast: Cast, kept: str, merged: str, rule: str) -> None:
    before = rows_of_everything()
    assert refusal(lambda: merge(getattr(cast, kept).person, getattr(cast, merged).person)) == rule
    assert rows_of_everything() == before


def test_one_merged_already_one_erased_and_owner_and_stand_in_are_refused(cast: Cast) -> None:
    twin, third, gone = entry(cast), entry(cast, "D."), entry(cast, "E.")
    done = merge(cast.dele.person, twin)
    assert refusal(lambda: merge(third, twin)) == refusal(lambda: merge(twin, third)) == "merged_already"
    assert refusal(lambda: erase_person(person=twin, words=False, actor=RUTH, reason="x", now=NOW)) == "merged_already"
    erase_person(person=gone, words=False, actor=RUTH, reason="asked for", now=NOW)
    assert refusal(lambda: merge(third, gone)) == "erased"
    end_membership(membership=cast.maria.membership, actor=RUTH, now=NOW)
    assert refusal(lambda: merge(cast.ruth.person, cast.maria.person)) == "both_named"
    end_membership(membership=cast.dele.membership, actor=RUTH, now=NOW)
    merge(third, cast.dele.person)
    assert refusal(lambda: undo_merge(merge=done, actor=RUTH, now=NOW)) == "merged_since"


def test_with_one_of_two_roles_ended_they_become_one_that_signs_in_with_the_other(cast: Cast) -> None:
    end_membership(membership=cast.bill.membership, actor=RUTH, now=NOW)
    merge(cast.dele.person, cast.bill.person)
    assert viewer_of(cast.bill.account, NOW).home == "nothing"
    assert set(Membership.objects.filter(person=cast.dele.person)) == {cast.dele.membership, cast.bill.membership}
    granted = grant_role(person=cast.dele.person, role=Role.STAND_IN, actor=RUTH, now=NOW)
    assert granted.account == cast.dele.account


def test_what_was_written_of_the_merged_one_meanwhile_is_gathered_once_and_goes_back_too(cast: Cast) -> None:
    twin = entry(cast)
    done = merge(cast.dele.person, twin)
    late = asked_by(cast, twin)
    gather_merged(merge_id=done.pk, now=LATER)
    gather_merged(merge_id=done.pk, now=LATER)
    assert Ticket.objects.get(pk=late.pk).requester == cast.dele.person
    gathered = [each for each in entries("person.merged") if each.occurred_at == LATER]
    assert [each.payload.body["moved"] for each in gathered] == [
        {"support.Message.author": 1, "support.Ticket.requester": 1}
    ]
    undo_merge(merge=done, actor=RUTH, now=LATER)
    assert Ticket.objects.get(pk=late.pk).requester == twin
    gather_merged(merge_id=done.pk, now=LATER)
    assert Ticket.objects.get(pk=late.pk).requester == twin


def test_a_supplier_makes_one_of_its_own_people(cast: Cast) -> None:
    twin = add_person(place=cast.fennimore, name="S. Kessler", emails=["sk@fennimore.example"], actor=SYSTEM, now=NOW)
    ticket = asked(cast)
    ticket.assignee = twin
    ticket.save()
    done = merge_persons(kept=cast.sam.person, merged=twin, actor=actor(cast.asha), now=NOW)
    assert Ticket.objects.get(pk=ticket.pk).assignee == cast.sam.person
    assert entries("person.merged")[0].chain.kind == "installation"
    undo_merge(merge=done, actor=actor(cast.asha), now=LATER)
    assert Ticket.objects.get(pk=ticket.pk).assignee == twin


def test_all_that_is_held_about_the_one_is_that_of_both(cast: Cast) -> None:
    twin = entry(cast)
    asked_by(cast, twin, "Asked as the other")
    merge(cast.dele.person, twin)
    found = contents(subject_file(cast.dele.person, NOW))
    assert [row["name"] for row in found["also-on-record-as.json"]] == ["Dele A."]
    assert [row["text"] for row in found["messages.json"]] == ["Asked as the other"]
    assert "ticket.opened" in {row["what"] for row in found["journal.json"]}
    assert {row["email"] for row in found["addresses.json"]} == {"dele@oakhurst.example", "dele@home.example"}


def test_who_is_erased_is_erased_under_both_names_and_stays_one(cast: Cast) -> None:
    end_membership(membership=cast.dele.membership, actor=RUTH, now=NOW)
    twin = entry(cast, "Dele Markotherx", "markother@home.example")
    third = entry(cast, "Markthirdx", "dele@oakhurst.example")
    asked_by(cast, twin)
    merge(twin, third)
    done = merge(cast.dele.person, twin)
    assert places_of("Dele Markotherx") >= {"Person.name", "Message.author_name", "Payload.actor_name", "Payload.body"}
    erase_person(person=cast.dele.person, words=False, actor=RUTH, reason="asked for", now=LATER)
    for mark in ("Dele Markotherx", "markother@home.example", "Markthirdx", "Dele Adeyemi", "dele@oakhurst.example"):
        assert places_of(mark) == set(), mark
    assert refusal(lambda: undo_merge(merge=done, actor=RUTH, now=LATER)) == "erased"
    assert damage() == []


def test_the_checks_of_verify_hold_before_between_and_after(cast: Cast) -> None:
    twin = entry(cast)
    asked_by(cast, twin)
    done = merge(cast.dele.person, twin)
    assert complaints() == []
    undo_merge(merge=done, actor=RUTH, now=LATER)
    assert complaints() == []


def test_the_page_of_the_merged_one_leads_to_the_kept_one_and_no_list_has_it(cast: Cast) -> None:
    twin, third = entry(cast), entry(cast, "D.", "d@home.example")
    ruth = client_of(cast.ruth)
    assert twin.name in ruth.get(reverse("people:people")).content.decode()
    merge(third, twin)
    merge(cast.dele.person, third)
    response = ruth.get(reverse("people:person", args=[twin.pk]))
    assert response.headers["Location"] == reverse("people:person", args=[cast.dele.person.pk])
    assert client_of(cast.jo).get(reverse("people:person", args=[twin.pk])).status_code == 404
    for page in ("people:people", "people:relationship"):
        args = [cast.engagement.pk] if page == "people:relationship" else []
        assert twin.name not in ruth.get(reverse(page, args=args)).content.decode()


def test_an_owner_looks_compares_makes_one_and_undoes_it(cast: Cast) -> None:
    twin = entry(cast, "DELE ADEYEMI")
    asked_by(cast, twin)
    ruth = client_of(cast.ruth)
    list_page = ruth.get(reverse("people:people")).content.decode()
    url = reverse("people:merge", args=[cast.dele.person.pk])
    assert f"{url}?other={twin.pk}" in list_page
    assert ruth.get(url).status_code == 200
    page = ruth.get(url, {"other": str(twin.pk)}).content.decode()
    for words in ("1 request they asked", "1 message they wrote", "1 e-mail address", "Yes, one person"):
        assert words in page
    assert ruth.get(url, {"other": str(cast.kim.person.pk)}).status_code == 422
    assert "cannot be made one person yet" in ruth.get(url, {"other": str(cast.bill.person.pk)}).content.decode()
    assert ruth.post(url, {"other": str(cast.bill.person.pk)}).status_code == 422
    done = ruth.post(url, {"other": str(twin.pk)}, follow=True).content.decode()
    assert "DELE ADEYEMI is this person too: Ruth Okafor said so," in done
    assert "Perhaps one person twice" not in ruth.get(reverse("people:people")).content.decode()
    back = ruth.post(reverse("people:unmerge", args=[PersonMerge.objects.get().pk]), follow=True).content.decode()
    assert "Two entries again" in back
    assert "is this person too" not in back


def test_what_is_counted_is_what_moves(cast: Cast) -> None:
    twin = entry(cast, email="dele@oakhurst.example")
    asked_by(cast, twin)
    assert what_would_move(twin, cast.dele.person) == ["1 request they asked", "1 message they wrote"]
    merge(cast.dele.person, twin)
    assert entries("person.merged")[0].payload.body["moved"] == {
        "support.Message.author": 1,
        "support.Ticket.requester": 1,
    }


def test_moving_many_rows_costs_few_queries(cast: Cast) -> None:
    twin = entry(cast)
    ticket = asked_by(cast, twin)
    Message.objects.bulk_create(
        Message(
            business=cast.oakhurst, ticket=ticket, side="customer", public=True, channel="web", author=twin,
            author_name="D", text="x", occurred_at=NOW, recorded_at=NOW,
        )
        for _ in range(600)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        merge(cast.dele.person, twin)
    assert Message.objects.filter(author=cast.dele.person).count() == 601
    assert len(queries) < 80


def rows_of_everything() -> dict[str, list[Any]]:
    """Return every row of ours but those that tell of what happened."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if issubclass(model, Record)
        and model not in (PersonMerge, MovedReference)
        and model._meta.app_label not in ("journal", "outbox")
    }


def complaints() -> list[str]:
    """Return what `verify` would say is wrong."""
    return damage() + [finding.rule for _name, check in registered_checks() for finding in check(None)]
