"""One person: all that is held about them, and who they were erased."""

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from quietmonday.journal.models import Entry
from quietmonday.kit.keeping import kinds
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.erasing import erase_person
from quietmonday.people.actions.keeping import let_go_of_what_is_over, set_period
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.persons import add_address, add_person, change_person, remove_address
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, Address, Membership, Person, Role
from quietmonday.people.queries.subjects import subject_file
from quietmonday.post.actions.files import path_of, store_file
from quietmonday.support.actions.answering import give_feedback
from quietmonday.support.actions.settling import reopen, resolve
from quietmonday.support.actions.statements import freeze_statement
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import Attachment, FeedbackQuestion, Message, Statement, Ticket
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, wrote
from tests.support.test_erasing import HOUR, MAIL, damage, mailed, places_of

pytestmark = pytest.mark.django_db

NOW = TUESDAY + dt.timedelta(days=30)
NAME = "Pat Markerson"
WEEK = week_from_key("2026-W47")
EMAIL = "pat.markerson@oakhurst.example"


@pytest.fixture
def pat(cast: Cast) -> Member:
    """Staff of Oakhurst who asked, wrote, sent a file, answered, was called otherwise once, and then left."""
    ruth = actor(cast.ruth)
    person = add_person(
        place=cast.oakhurst, name="Pat Maiden", emails=[EMAIL], role=Role.STAFF, job="Joiner", phone="0123 markphone",
        actor=ruth, now=TUESDAY - 9 * HOUR,
    )  # fmt: skip
    person = change_person(person=person, name=NAME, job="Joiner", phone="0123 markphone", actor=ruth, now=TUESDAY)
    old = add_address(person=person, email="pat@old.example", actor=ruth, now=TUESDAY)
    remove_address(address=old, actor=ruth, now=TUESDAY)
    membership = Membership.objects.select_related("account").get(person=person)
    member = Member(person, membership.account, membership, EMAIL)
    file = store_file(business=cast.oakhurst, data=b"a picture", now=TUESDAY)
    ticket = asked(cast, "My saw is slow", by=member, files=[("saw.txt", file)])
    answered(cast, ticket, at=TUESDAY + HOUR)
    wrote(ticket, member, "Still slow", at=TUESDAY + 2 * HOUR)
    resolve(ticket=ticket, kind="fixed", note="", actor=actor(cast.sam), now=TUESDAY + 3 * HOUR)
    question = FeedbackQuestion.objects.get(ticket=ticket)
    give_feedback(
        question=question, answer="partly", text="Half of it", actor=actor(member), now=TUESDAY + 4 * HOUR,
        signed_in=True,
    )  # fmt: skip
    reopen(ticket=ticket, note="Slow again", actor=actor(member), now=TUESDAY + 5 * HOUR)
    resolve(ticket=ticket, kind="fixed", note="", actor=actor(cast.sam), now=TUESDAY + 6 * HOUR)
    return member


def leave(cast: Cast, member: Member) -> Person:
    end_membership(membership=member.membership, actor=actor(cast.ruth), now=NOW)
    return member.person


def contents(data: Any) -> dict[str, Any]:
    with zipfile.ZipFile(data) as archive:
        return {
            name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name)
            for name in archive.namelist()
        }


def test_nobody_finds_out_who_it_was_and_what_they_wrote_stays(cast: Cast, pat: Member) -> None:
    enqueue_mail(
        key="k", recipient=EMAIL, sender="qm@example.org", subject="x", text="x", now=NOW, business_id=cast.oakhurst.pk,
        message_id="<x@example.org>",
    )  # fmt: skip
    OutgoingMessage.objects.update(sent_at=NOW)
    assert places_of(NAME) >= {"Person.name", "Message.author_name", "Payload.actor_name", "Verdict.inputs"}
    person = leave(cast, pat)
    erase_person(person=person, words=False, actor=actor(cast.ruth), reason="asked for", now=NOW)
    for mark in (NAME, "Pat Maiden", EMAIL, "pat@old.example", "markphone"):
        assert places_of(mark) == set(), mark
    assert damage() == []
    ticket = Ticket.objects.get(requester=person)
    told = list(Message.objects.filter(ticket=ticket, author=person).values_list("author_name", "text"))
    assert told == [("Erased person", "My saw is slow"), ("Erased person", "Still slow")]
    assert "Still slow" in str(sorted(places_of("Still slow"))) or places_of("Still slow") >= {"Payload.body"}
    account = Account.objects.get(pk=pat.account.pk)
    assert not account.is_active and account.email.endswith("@invalid")
    assert client_of(cast.ruth).get(reverse("support:ticket", args=[ticket.pk])).status_code == 200
    assert client_of(cast.ruth).get(reverse("people:people")).status_code == 200
    again = erase_person(person=person, words=True, actor=actor(cast.ruth), reason="again", now=NOW + HOUR)
    assert again.erased_at == NOW


def test_a_frozen_week_keeps_its_figures_and_loses_the_name(cast: Cast, pat: Member) -> None:
    statement = freeze_statement(engagement=cast.engagement, week=WEEK, kind="provisional", now=NOW)
    before = Statement.objects.get(pk=statement.pk)
    erase_person(person=leave(cast, pat), words=False, actor=actor(cast.ruth), reason="asked for", now=NOW)
    after = Statement.objects.get(pk=statement.pk)
    assert [row["group"] for row in after.rows] == [row["group"] for row in before.rows]
    assert NAME not in json.dumps(after.rows) + json.dumps(after.headline)
    assert damage() == []


def test_with_their_words_nothing_of_them_is_left(cast: Cast, pat: Member) -> None:
    erase_person(person=leave(cast, pat), words=True, actor=actor(cast.ruth), reason="asked for", now=NOW)
    for mark in (NAME, EMAIL, "Still slow", "Half of it"):
        assert places_of(mark) == set(), mark
    assert places_of("My saw is slow") <= {"Ticket.subject"}
    assert damage() == []


def test_raw_mails_from_them_go(cast: Cast) -> None:
    mailed(cast)
    person = leave(cast, cast.dele)
    erase_person(person=person, words=False, actor=actor(cast.ruth), reason="asked for", now=NOW)
    assert places_of("dele@oakhurst.example") == set()
    assert places_of(cast.dele.person.name) == set()


@pytest.mark.parametrize(("who", "rule"), [("dele", "has_roles"), ("sam", "not_ours")])
def test_who_still_has_a_role_or_is_not_ours_is_not_erased(cast: Cast, who: str, rule: str) -> None:
    member = getattr(cast, who)
    with pytest.raises(Refused) as refused:
        erase_person(person=member.person, words=False, actor=actor(cast.ruth), reason="x", now=NOW)
    assert refused.value.rule == rule
    assert Address.objects.filter(person=member.person).exists()


def test_a_login_that_serves_another_firm_goes_on(cast: Cast, pat: Member) -> None:
    elsewhere = add_person(
        place=cast.tilden, name="P. M.", emails=[EMAIL], role=Role.STAFF, actor=actor(cast.jo), now=NOW
    )
    erase_person(person=leave(cast, pat), words=False, actor=actor(cast.ruth), reason="asked for", now=NOW)
    account = Account.objects.get(pk=pat.account.pk)
    assert (account.email, account.is_active) == (EMAIL, True)
    assert list(Membership.objects.filter(account=account).values_list("person", flat=True)) == [elsewhere.pk]


def test_who_left_long_ago_goes_by_the_period(cast: Cast, pat: Member) -> None:
    person = leave(cast, pat)
    kind = next(kind for kind in kinds() if kind.name == "people")
    late = NOW + dt.timedelta(days=400)
    Person.objects.filter(business=cast.oakhurst).exclude(pk=person.pk).update(since=late)
    set_period(business=cast.oakhurst, kind=kind, months=12, actor=actor(cast.ruth), now=NOW)
    assert let_go_of_what_is_over(now=NOW + dt.timedelta(days=300)) == {"people": 0}
    assert let_go_of_what_is_over(now=late) == {"people": 1}
    assert places_of(NAME) == set()


def test_all_that_is_held_about_somebody(cast: Cast, pat: Member) -> None:
    answered(cast, Ticket.objects.get(requester=pat.person), f"Not theirs: {NAME} is slow", at=NOW)
    held = contents(subject_file(pat.person, NOW))
    assert held["person.json"][0]["name"] == NAME
    assert [row["email"] for row in held["addresses.json"]] == [EMAIL]
    assert [row["subject"] for row in held["requests.json"]] == ["My saw is slow"]
    assert [row["text"] for row in held["messages.json"]] == ["My saw is slow", "Still slow"]
    assert [row["answer"] for row in held["answers.json"]] == ["partly"]
    assert {row["what"] for row in held["journal.json"]} >= {"ticket.opened", "ticket.said_to_supplier"}
    assert held["files/0001-saw.txt"] == b"a picture"
    assert b"Not theirs" not in b"".join(json.dumps(each).encode() for each in held.values() if isinstance(each, list))
    assert "messages.json" in held["READ-ME.txt"].decode()


def test_their_mails_are_in_it_as_they_came(cast: Cast) -> None:
    mailed(cast)
    held = contents(subject_file(cast.dele.person, NOW))
    assert [row["subject"] for row in held["mails.json"]] == ["markmailx"]
    assert [each for name, each in held.items() if name.endswith(".eml")] == [MAIL]


def test_the_same_moment_gives_the_same_file(cast: Cast, pat: Member) -> None:
    assert subject_file(pat.person, NOW).read() == subject_file(pat.person, NOW).read()
    file = Attachment.objects.get(message__author=pat.person).file
    path_of(cast.oakhurst, file.sha256).unlink()
    held = contents(subject_file(pat.person, NOW))
    assert "Gone from the disk, and so not in here: saw.txt" in held["READ-ME.txt"].decode()


def test_of_a_suppliers_person_no_word_of_a_client_goes_out(cast: Cast, pat: Member) -> None:
    held = contents(subject_file(cast.sam.person, NOW))
    assert held["messages.json"] and all(set(row) == {"request", "at", "by"} for row in held["messages.json"])
    assert "requests.json" not in held


def test_a_file_name_is_no_path(cast: Cast, pat: Member) -> None:
    file = store_file(business=cast.oakhurst, data=b"evil", now=TUESDAY)
    asked(cast, "x", by=pat, files=[("../../etc/passwd", file), ("a\\b:c", file)])
    names = [name for name in contents(subject_file(pat.person, NOW)) if name.startswith("files/")]
    assert all(name.count("/") == 1 and "/." not in name and "\\" not in name for name in names), names


def test_the_pages_and_who_may_open_them(cast: Cast, pat: Member) -> None:
    data, erase = (reverse(f"people:{name}", args=[pat.person.pk]) for name in ("subject_data", "erase_person"))
    for member, ok in ((cast.ruth, 200), (pat, 200), (cast.maria, 404), (cast.sam, 404), (cast.jo, 404)):
        assert client_of(member).post(data).status_code == ok
    answer = client_of(pat).post(data)
    taken = Entry.objects.filter(verb="person.data_taken", subject_id=pat.person.pk)
    assert list(taken.values_list("actor_id", flat=True)) == [cast.ruth.person.pk, pat.person.pk, pat.person.pk]
    assert contents(io.BytesIO(answer.getvalue()))["person.json"][0]["name"] == NAME
    for member, ok in ((cast.ruth, 200), (pat, 404), (cast.maria, 404), (cast.sam, 404), (cast.jo, 404)):
        assert client_of(member).get(erase).status_code == ok
    refused = client_of(cast.ruth).post(erase)
    assert refused.status_code == 422 and "still have a role" in refused.content.decode()
    end_membership(membership=pat.membership, actor=actor(cast.ruth), now=dt.datetime.now(dt.UTC))
    assert client_of(cast.ruth).post(erase).status_code == 302
    assert places_of(NAME) == set()
    assert client_of(cast.ruth).get(erase).status_code == 404
    assert client_of(cast.ruth).get(reverse("people:erase_person", args=[cast.ruth.person.pk])).status_code == 404


def test_the_command_writes_the_same_file(cast: Cast, pat: Member, tmp_path: Path) -> None:
    target = tmp_path / "pat.zip"
    call_command("export_person", EMAIL, str(target))
    assert contents(target)["person.json"][0]["name"] == NAME
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_person", EMAIL, str(target))
    with pytest.raises(CommandError, match="Nobody is known by"):
        call_command("export_person", "nobody@nowhere.example", str(tmp_path / "b.zip"))


def test_how_long_what_is_kept_is_said_shown_and_asked_before_it_goes(cast: Cast, pat: Member) -> None:
    url = reverse("people:keeping", args=[cast.oakhurst.pk])
    ruth = client_of(cast.ruth)
    assert client_of(cast.maria).get(url).status_code == 404
    assert "keeps everything" in ruth.get(url).content.decode()
    Ticket.objects.update(resolved_at=TUESDAY - dt.timedelta(days=900))
    asked_first = ruth.post(url, {"kind": "words", "months": "12"})
    assert asked_first.status_code == 200 and "1 is older than 1 year" in asked_first.content.decode()
    assert "keeps everything" in ruth.get(url).content.decode()
    assert ruth.post(url, {"kind": "words", "months": "12", "sure": "True"}).status_code == 302
    page = ruth.get(url).content.decode()
    assert "lets go of 1 kind of data" in page and "Kept for <b>1 year</b>" in page
    assert ruth.post(url, {"kind": "words", "months": ""}).status_code == 302
    assert "keeps everything" in ruth.get(url).content.decode()
    for bad in ({"kind": "nonsense", "months": "12"}, {"kind": "words", "months": "-3"}, {"months": "x"}):
        assert ruth.post(url, bad).status_code == 422


def test_who_was_erased_is_nobody_to_choose_or_to_change(cast: Cast, pat: Member) -> None:
    person = leave(cast, pat)
    erase_person(person=person, words=False, actor=actor(cast.ruth), reason="asked for", now=NOW)
    ruth = client_of(cast.ruth)
    for page in ("person", "change_person"):
        assert ruth.get(reverse(f"people:{page}", args=[person.pk])).status_code == 404
    assert ruth.post(reverse("people:subject_data", args=[person.pk])).status_code == 404
    assert "Erased person" not in ruth.get(reverse("people:people")).content.decode()
    url = reverse("support:report") + f"?for={cast.oakhurst.pk}"
    assert "Erased person" not in client_of(cast.sam).get(url).content.decode()
