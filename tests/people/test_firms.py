"""Firms, and who buys from whom."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.actions.agreements import set_hours
from quietmonday.people.actions.businesses import add_business, rename_business
from quietmonday.people.actions.engagements import end_engagement, engage, name_relationship
from quietmonday.people.actions.suppliers import add_supplier, rename_supplier
from quietmonday.people.models import Business, Calendar, Engagement, Person
from tests.cast import Cast, sign_in
from tests.people.acting import RUTH, entries, refusal


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


def test_who_buys_from_whom_is_taken_along_as_it_is_narrowed(cast: Cast) -> None:
    add_business(name="=Evil & Sons", zone="Europe/London", actor=SYSTEM, now=now())
    add_supplier(name="Idle IT", phone="+44 1", zone="Europe/London", actor=SYSTEM, now=now())
    ada = sign_in(Client(), cast.ada)

    def rows(query: str = "") -> list[dict[str, str]]:
        data = b"".join(ada.get(f"/installation/export.csv{query}").streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(data, newline="")))

    found = [(row["Business"], row["Supplier"]) for row in rows()]
    open_ones = Engagement.objects.filter(ends_at=None).order_by("business__name", "supplier__name")
    assert found[: len(open_ones)] == [(each.business.name, each.supplier.name) for each in open_ones]
    assert ("'=Evil & Sons", "") in found and ("", "Idle IT") in found
    assert rows()[found.index(("", "Idle IT"))]["Phone of the supplier"] == "'+44 1"
    assert [row["Business"] for row in rows("?q=tilden")] == ["Tilden Garden Centre"]
    assert "/installation/export.xlsx?q=tilden" in ada.get("/installation/?q=tilden").content.decode()
    assert sign_in(Client(), cast.ruth).get("/installation/export.csv").status_code == 404


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
