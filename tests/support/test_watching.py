"""Who else hears of a request: added, named, put in copy, gone again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from quietmonday.journal.models import Entry
from quietmonday.kit.signing import sign
from quietmonday.people.models import Address, Membership, Person, Role
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.post.logic.addresses import reply_address
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.calling_in import involve
from quietmonday.support.actions.intake import reply_key, take_in
from quietmonday.support.actions.settling import reopen, resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.watching import TooManyWatch, stop_watching, watch
from quietmonday.support.logic.watching import MOST_WATCHERS
from quietmonday.support.models import CopySuggestion, Message, Ticket, Watcher
from quietmonday.support.queries.watchers import who_watches
from tests.cast import SINCE, Cast, Member
from tests.support.mailed import Mail, tell_all, told
from tests.support.scene import actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
AGO = NOW - dt.timedelta(hours=2)
HELP = "help@fennimore.example"


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Bill asked two hours ago, and everybody was told."""
    ticket = asked(cast, "Labels print blank", by=cast.bill, at=AGO)
    tell_all(AGO)
    return ticket


def let_hear(ticket: Ticket, *members: Member, why: str = "added", by: Member | None = None) -> list[Watcher]:
    persons = [member.person for member in members]
    return watch(ticket=ticket, persons=persons, why=why, actor=actor(by or members[0]), now=AGO)


def known(cast: Cast, name: str, email: str) -> Person:
    """Return somebody on record at Oakhurst who has no account."""
    person = Person.objects.create(business=cast.oakhurst, name=name, since=SINCE)
    Address.objects.create(business=cast.oakhurst, person=person, email=email)
    return person


def mail_to(email: str, mails: list[Mail]) -> Mail:
    [found] = [mail for mail in mails if mail.to == email]
    return found


def test_whoever_hears_gets_the_suppliers_words_and_sees_the_request(cast: Cast, ticket: Ticket) -> None:
    dele = client_of(cast.dele)
    assert dele.get(f"/requests/{ticket.id}/").status_code == 404
    let_hear(ticket, cast.dele, by=cast.ruth)
    assert dele.get(f"/requests/{ticket.id}/").status_code == 200
    assert "Labels print blank" in dele.get("/requests/").content.decode()
    answered(cast, ticket, "On it", at=NOW)
    assert told(NOW) == ["bill@oakhurst.example", "dele@oakhurst.example"]
    wrote(ticket, cast.bill, "Thanks", at=NOW)
    assert told(NOW) == ["asha@fennimore.example"]  # the requester's own words go to the supplier


def test_a_colleague_at_the_supplier_hears_both_sides_but_not_themselves(cast: Cast, ticket: Ticket) -> None:
    let_hear(ticket, cast.sam)
    wrote(ticket, cast.bill, "Still blank", at=NOW)
    assert told(NOW) == ["asha@fennimore.example", "sam@fennimore.example"]
    answered(cast, ticket, "Looking", at=NOW)  # Sam writes
    assert told(NOW) == ["bill@oakhurst.example"]


def test_notes_never_go_to_anybody_who_hears(cast: Cast, ticket: Ticket) -> None:
    let_hear(ticket, cast.dele, cast.ruth, by=cast.ruth)
    note_for_colleagues(
        ticket=ticket, words=words(cast.sam, "They broke it", NOW), supplier_id=cast.fennimore.id,
        actor=actor(cast.sam), now=NOW,
    )  # fmt: skip
    assert told(NOW) == []
    assert "They broke it" not in client_of(cast.dele).get(f"/requests/{ticket.id}/").content.decode()


def test_an_answer_by_mail_of_who_hears_joins_the_request(cast: Cast, ticket: Ticket) -> None:
    connect_mailbox(
        supplier=cast.fennimore, business=None, address=HELP, host="imap.example", security="tls", port=993, user="u",
        password="p", actor=actor(cast.asha), now=AGO,
    )  # fmt: skip
    let_hear(ticket, cast.dele, by=cast.ruth)
    answered(cast, ticket, "On it", at=NOW)
    mail = mail_to("dele@oakhurst.example", tell_all(NOW))
    assert mail.reply_to == reply_address(HELP, ticket.id, "dele@oakhurst.example", reply_key())
    assert came(cast, "dele@oakhurst.example", mail.reply_to, "Mine too").state == "taken"
    assert Message.objects.latest("recorded_at", "id").author == cast.dele.person
    stop_watching(ticket=ticket, person_ids=[cast.dele.person.id], actor=actor(cast.ruth), now=NOW)
    late = came(cast, "dele@oakhurst.example", mail.reply_to, "And again", n=1)
    assert (late.state, late.rule) == ("kept", "sender_left")


def came(cast: Cast, sender: str, to: str, text: str, *, cc: str = "", n: int = 0) -> InboxItem:
    raw = (
        f"From: Somebody <{sender}>\r\nTo: {to}\r\n{f'Cc: {cc}' + chr(13) + chr(10) if cc else ''}Subject: Labels\r\n"
        f"Message-ID: <{n}.{sender}>\r\nDate: {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\n\r\n{text}\r\n"
    ).encode()
    item, _new = keep_raw(data=raw, source="mailbox", origin=f"t:{n}:{sender}:{to}", now=NOW, supplier=cast.fennimore)
    return take_in(item_id=item.id, now=NOW)


def test_somebody_without_an_account_hears_by_mail_only(cast: Cast, ticket: Ticket) -> None:
    ana = known(cast, "Ana Pole", "ana@oakhurst.example")
    watch(ticket=ticket, persons=[ana], why="added", actor=actor(cast.ruth), now=AGO)
    answered(cast, ticket, "On it", at=NOW)
    assert told(NOW) == ["ana@oakhurst.example", "bill@oakhurst.example"]


def test_whose_role_ends_hears_and_sees_nothing_at_once(cast: Cast, ticket: Ticket) -> None:
    let_hear(ticket, cast.dele, cast.sam, by=cast.ruth)
    Membership.objects.filter(person__in=[cast.dele.person, cast.sam.person]).update(ends_at=AGO)
    assert who_watches(ticket, NOW) == []
    answered(cast, ticket, "On it", at=NOW)
    wrote(ticket, cast.bill, "Thanks", at=NOW)
    assert set(told(NOW)) == {"asha@fennimore.example", "bill@oakhurst.example"}
    assert client_of(cast.dele).get(f"/requests/{ticket.id}/").status_code == 302  # to the sign-in


def test_a_supplier_that_was_let_go_is_told_nothing(cast: Cast, ticket: Ticket) -> None:
    let_hear(ticket, cast.sam)
    cast.engagement.ends_at = AGO
    cast.engagement.save()
    assert who_watches(ticket, NOW) == []


def test_a_reader_hears_and_has_no_word(cast: Cast, ticket: Ticket) -> None:
    rita = known(cast, "Rita Reader", "rita@oakhurst.example")
    Membership.objects.create(
        account=cast.dele.account, person=rita, business=cast.oakhurst, role=Role.READER, starts_at=SINCE
    )
    watch(ticket=ticket, persons=[rita], why="added", actor=actor(cast.ruth), now=AGO)
    answered(cast, ticket, "On it", at=NOW)
    assert mail_to("rita@oakhurst.example", tell_all(NOW)).reply_to == ""


def test_the_end_and_the_coming_back_are_told_too(cast: Cast, ticket: Ticket) -> None:
    let_hear(ticket, cast.dele, by=cast.ruth)
    resolve(ticket=ticket, kind="fixed", note="New head", actor=actor(cast.sam), now=NOW)
    mails = tell_all(NOW)
    assert [(mail.to, mail.subject.split(":")[0]) for mail in mails] == [
        ("bill@oakhurst.example", "Is it working again? Labels print blank [1]"),
        ("dele@oakhurst.example", "Said to work again"),
    ]
    assert "/solved/" not in mails[1].text  # only the requester says whether it is solved
    ticket.refresh_from_db()
    reopen(ticket=ticket, actor=actor(cast.bill), now=NOW)
    assert told(NOW) == ["asha@fennimore.example", "dele@oakhurst.example"]


def test_one_link_in_the_mail_stops_it_and_nothing_else_does(cast: Cast, ticket: Ticket) -> None:
    [row] = let_hear(ticket, cast.dele, by=cast.ruth)
    answered(cast, ticket, "On it", at=NOW)
    mail = mail_to("dele@oakhurst.example", tell_all(NOW))
    anybody = Client()
    assert anybody.get(mail.stop).status_code == 200
    row.refresh_from_db()
    assert row.ended_at is None  # a scanner of links only looks
    forged = mail.stop.replace(str(row.id), str(ticket.id))
    assert {anybody.get(forged).status_code, anybody.post(forged).status_code} == {404}
    assert anybody.post(mail.stop).status_code == 303
    row.refresh_from_db()
    assert (row.ended_at is not None, row.ended_by) == (True, "Dele Adeyemi")
    assert "no longer" in anybody.get(mail.stop).content.decode()
    assert anybody.post(mail.stop).status_code == 303
    assert Entry.objects.filter(verb="ticket.unwatched").count() == 1
    answered(cast, ticket, "Done", at=NOW)
    assert told(NOW) == ["bill@oakhurst.example"]


def test_a_link_of_another_purpose_does_not_stop_anything(cast: Cast, ticket: Ticket) -> None:
    [row] = let_hear(ticket, cast.dele, by=cast.ruth)
    mac = sign("feedback", str(row.id))
    assert Client().post(f"/watching/{row.id}/{mac}/").status_code == 404


def test_only_so_many_can_hear_of_one_request(cast: Cast, ticket: Ticket) -> None:
    many = [Person(business=cast.oakhurst, name=f"Person {number}", since=SINCE) for number in range(MOST_WATCHERS + 1)]
    Person.objects.bulk_create(many)
    with pytest.raises(TooManyWatch):
        watch(ticket=ticket, persons=many, why="added", actor=actor(cast.ruth), now=NOW)
    assert not Watcher.objects.exists()
    watch(ticket=ticket, persons=many[1:], why="added", actor=actor(cast.ruth), now=NOW)
    page = client_of(cast.ruth).post(f"/requests/{ticket.id}/people/watchers/", {"who": "Person 0"})
    assert (page.status_code, "At most 50 people" in page.content.decode()) == (422, True)
    ten_thousand = ", ".join(f"p{number}@oakhurst.example" for number in range(10_000))
    page = client_of(cast.ruth).post(f"/requests/{ticket.id}/people/watchers/", {"who": ten_thousand})
    assert page.status_code == 422
    page = client_of(cast.ruth).post(
        f"/requests/{ticket.id}/people/watchers/", {"who": ",".join(f"P{number}" for number in range(21))}
    )
    assert "Name at most 20 people at once." in page.content.decode()


def test_adding_twice_is_once_and_the_journal_says_who_was_added(cast: Cast, ticket: Ticket) -> None:
    let_hear(ticket, cast.dele, by=cast.ruth)
    let_hear(ticket, cast.dele, by=cast.ruth)
    assert (Watcher.objects.count(), Entry.objects.filter(verb="ticket.watched").count()) == (1, 1)


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("ruth", "Dele Adeyemi", 303),  # the owner: anybody of the business
        ("ruth", "dele@oakhurst.example", 303),
        ("ruth", "Asha Fennimore", 303),  # the counterpart across the table
        ("ruth", "Sam Kessler", 422),  # no counterpart of theirs
        ("ruth", "Jo Marsh", 422),  # another business
        ("ruth", "Ines Varga", 422),  # a supplier that it does not concern
        ("sam", "Asha Fennimore", 303),
        ("sam", "Maria Lindqvist", 303),  # sees it anyway
        ("sam", "Dele Adeyemi", 422),  # would come to see it by that
        ("sam", "Ines Varga", 422),
        ("sam", "Lee Brook", 422),
        ("sam", "Finn Ode", 422),  # has left
        ("sam", "Nobody", 422),
        ("bill", "Dele Adeyemi", 403),
        ("jo", "Dele Adeyemi", 404),
    ],
)
def test_who_may_add_whom(cast: Cast, ticket: Ticket, who: str, name: str, status: int) -> None:
    response = client_of(getattr(cast, who)).post(f"/requests/{ticket.id}/people/watchers/", {"who": name})
    assert response.status_code == status
    assert Watcher.objects.exists() is (status == 303)


def test_one_name_of_two_people_is_asked_for_by_address(cast: Cast, ticket: Ticket) -> None:
    known(cast, "Dele Adeyemi", "other@oakhurst.example")
    url = f"/requests/{ticket.id}/people/watchers/"
    page = client_of(cast.ruth).post(url, {"who": "Dele Adeyemi"})
    assert "may be several people" in page.content.decode()
    assert client_of(cast.ruth).post(url, {"who": "other@oakhurst.example"}).status_code == 303


def test_one_begins_and_ends_to_hear_by_oneself(cast: Cast, ticket: Ticket) -> None:
    ruth = client_of(cast.ruth)
    assert ruth.post(f"/requests/{ticket.id}/people/watch/").status_code == 303
    assert Watcher.objects.get().person == cast.ruth.person
    assert "I no longer want to hear of it" in ruth.get(f"/requests/{ticket.id}/people/").content.decode()
    assert ruth.post(f"/requests/{ticket.id}/people/unwatch/").headers["Location"].endswith("/people/")
    let_hear(ticket, cast.dele, by=cast.ruth)
    gone = client_of(cast.dele).post(f"/requests/{ticket.id}/people/unwatch/")
    assert gone.headers["Location"] == "/requests/"  # it is not theirs to see any more
    assert client_of(cast.dele).get(f"/requests/{ticket.id}/").status_code == 404


def test_who_may_end_whose_hearing(cast: Cast, ticket: Ticket) -> None:
    mine, theirs = let_hear(ticket, cast.dele, cast.sam, by=cast.ruth)

    def end(who: Member, row: Watcher) -> int:
        return client_of(who).post(f"/requests/{ticket.id}/people/watchers/{row.id}/end/").status_code

    assert (end(cast.bill, mine), end(cast.asha, mine), end(cast.jo, mine), end(cast.ines, theirs)) == (
        403,
        403,
        404,
        404,
    )
    assert (end(cast.asha, theirs), end(cast.ruth, mine)) == (303, 303)
    assert not Watcher.objects.filter(ended_at=None).exists()


def test_whoever_stands_in_copy_gets_nothing_until_somebody_who_may_says_so(cast: Cast, ticket: Ticket) -> None:
    to = reply_address(HELP, ticket.id, "bill@oakhurst.example", reply_key())
    strangers = "jo@tilden.example, x@nowhere.example, finn@fennimore.example, sam@fennimore.example"
    copies = f"dele@oakhurst.example, ruth@oakhurst.example, bill@oakhurst.example, {strangers}"
    assert came(cast, "bill@oakhurst.example", to, "Dele too", cc=copies).state == "taken"
    assert told(NOW) == ["asha@fennimore.example"]
    rows = list(CopySuggestion.objects.order_by("person__name"))
    assert [(row.person.name, row.by_name) for row in rows] == [
        ("Dele Adeyemi", "Bill Hartley"),
        ("Ruth Okafor", "Bill Hartley"),
    ]
    assert client_of(cast.dele).get(f"/requests/{ticket.id}/").status_code == 404
    assert came(cast, "bill@oakhurst.example", to, "Again", cc=copies, n=1).state == "taken"
    assert CopySuggestion.objects.count() == 2  # asked once
    dele = f"/requests/{ticket.id}/people/copies/{rows[0].id}/"
    assert client_of(cast.bill).post(dele, {"answer": "yes"}).status_code == 403
    assert client_of(cast.sam).post(dele, {"answer": "yes"}).status_code == 404  # not the supplier's to let in
    ruth = client_of(cast.ruth)
    assert "Shall Dele Adeyemi hear of it?" in ruth.get(f"/requests/{ticket.id}/people/").content.decode()
    assert "somebody waits for your word" in ruth.get(f"/requests/{ticket.id}/").content.decode()
    assert ruth.post(dele, {"answer": "yes"}).status_code == 303
    assert [row.person.name for row in Watcher.objects.all()] == ["Dele Adeyemi"]
    assert ruth.post(dele, {"answer": "no"}).status_code == 303
    assert Watcher.objects.filter(ended_at=None).count() == 1  # the first answer counts
    own = f"/requests/{ticket.id}/people/copies/{rows[1].id}/"
    assert client_of(cast.sam).post(own, {"answer": "no"}).status_code == 303
    assert Watcher.objects.filter(ended_at=None).count() == 1
    assert Entry.objects.filter(verb="ticket.copy_declined").count() == 1


def test_a_mail_with_thousands_in_copy_suggests_a_few(cast: Cast, ticket: Ticket) -> None:
    persons = [known(cast, f"Person {number}", f"p{number}@oakhurst.example") for number in range(30)]
    to = reply_address(HELP, ticket.id, "bill@oakhurst.example", reply_key())
    nobody = ", ".join(f"x{number}@nowhere.example" for number in range(5_000))
    copies = ", ".join(f"p{number}@oakhurst.example" for number in range(30))
    assert came(cast, "bill@oakhurst.example", to, "All", cc=f"{copies}, {nobody}").state == "taken"
    assert CopySuggestion.objects.count() == 20 < len(persons)


def test_nobody_is_suggested_by_a_mail_whose_sender_only_the_mail_itself_names(cast: Cast) -> None:
    item = came(cast, "jo@tilden.example", HELP, "Hello", cc="dele@oakhurst.example")
    assert item.state == "kept"
    assert not CopySuggestion.objects.exists()


def test_the_page_of_people_is_open_to_whoever_sees_the_request_and_shows_a_supplier_only_its_own(
    cast: Cast, ticket: Ticket
) -> None:
    let_hear(ticket, cast.sam, cast.dele, by=cast.ruth)
    involve(ticket=ticket, engagement=cast.line_engagement, actor=actor(cast.ruth), now=NOW)
    pages = {
        who: client_of(getattr(cast, who)).get(f"/requests/{ticket.id}/people/").content.decode()
        for who in ("ruth", "bill", "sam", "ines")
    }
    assert {who: ("Sam Kessler" in page, "Dele Adeyemi" in page) for who, page in pages.items()} == {
        "ruth": (True, True),
        "bill": (True, True),
        "sam": (True, True),
        "ines": (False, True),
    }
    assert "Sam Kessler" not in client_of(cast.ines).get(f"/requests/{ticket.id}/").content.decode()
    assert client_of(cast.jo).get(f"/requests/{ticket.id}/people/").status_code == 404
