"""New mail through several mailboxes: copies, marks of mail servers, rules, and who decides what nobody knows."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from quietmonday.kit import clock
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import Address, Membership, Person, Role, Supplier
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.post.logic.addresses import reply_address
from quietmonday.post.models import InboxItem, Mailbox, SilencedSender
from quietmonday.support.actions.deciding import know_sender
from quietmonday.support.actions.intake import reply_key, take_in
from quietmonday.support.actions.routing import add_rule
from quietmonday.support.actions.ticket_templates import Content, add_template, end_template
from quietmonday.support.logic.ticket_templates import StepLine
from quietmonday.support.models import (
    FilledForm,
    Message,
    RoutingRule,
    Step,
    Ticket,
    TicketEngagement,
    TicketTag,
)
from quietmonday.support.queries.routes import route
from tests.cast import Cast
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db
DELE = "dele@oakhurst.example"
_numbers = itertools.count()


def box(cast: Cast, address: str = "help@fennimore.example", **more: Any) -> Mailbox:
    given = {"supplier": cast.fennimore, "business": None, **more}
    return connect_mailbox(address=address, way="handed", actor=actor(cast.asha), now=clock.now(), **given)


def came(mailbox: Mailbox, *lines: str, sender: str = DELE, name: str = "", **more: str) -> InboxItem:
    """Return what became of a mail. `name`: of its Message-ID; the same one makes the same mail."""
    head = {"From": sender, "To": mailbox.address, "Subject": "It broke", "Message-ID": f"<{name or next(_numbers)}@x>"}
    head |= {key.replace("_", "-"): value for key, value in more.items()}
    raw = "".join(f"{line}\r\n" for line in (*lines, *(f"{key}: {value}" for key, value in head.items())))
    item, _ = keep_raw(
        data=f"{raw}\r\nPlease help\r\n".encode(), source="smtp", origin=f"t:{next(_numbers)}", now=clock.now(),
        business=mailbox.business, supplier=mailbox.supplier, mailbox=mailbox,
    )  # fmt: skip
    return take_in(item_id=item.id, now=clock.now())


def rule(cast: Cast, **values: Any) -> RoutingRule:
    supplier = values.pop("supplier", cast.fennimore)
    given = {"action": "place", "engagement": cast.engagement, **values}
    if given["action"] == "aside":
        given["engagement"] = None
    return add_rule(supplier=supplier, values=given, actor=actor(cast.asha), now=clock.now())


def suppliers(ticket: Ticket) -> list[Supplier]:
    rows = TicketEngagement.objects.filter(ticket=ticket).select_related("engagement__supplier")
    return [each.engagement.supplier for each in rows]


# Copies


def test_a_mail_to_two_mailboxes_becomes_one_request(cast: Cast) -> None:
    first, second = box(cast), box(cast, "oakhurst@fennimore.example", business=cast.oakhurst)
    items = [came(each, f"Delivered-To: {each.address}", name="both", To="both") for each in (first, second)]
    assert [(item.state, item.rule) for item in items] == [("taken", "new"), ("kept", "seen_before")]
    assert Ticket.objects.count() == 1


def test_a_copy_that_asked_who_that_is_asks_no_more_once_another_was_taken_in(cast: Cast) -> None:
    of_tilden = box(cast, "tilden@fennimore.example", supplier=cast.brightwell, business=cast.tilden)
    asks = came(of_tilden, name="both", To="both")
    assert (asks.rule, asks.asks_at is None) == ("unknown_sender", False)
    assert came(box(cast), name="both", To="both").state == "taken"
    asks.refresh_from_db()
    assert (asks.rule, asks.asks_at) == ("seen_before", None)


def test_an_unknown_sender_in_two_folders_asks_once(cast: Cast) -> None:
    mailbox = box(cast)
    first = came(mailbox, sender="x@nowhere.example", name="same")
    second = came(mailbox, "Received: again", sender="x@nowhere.example", name="same")
    assert [each.rule for each in (first, second)] == ["unknown_sender", "seen_before"]


def test_nobody_keeps_a_mail_out_by_sending_another_under_its_message_id(cast: Cast) -> None:
    mailbox = box(cast)
    assert came(mailbox, sender="evil@nowhere.example", name="guessed", Subject="x").rule == "unknown_sender"
    assert came(mailbox, name="guessed").state == "taken"


# Marks


def test_marked_mail_of_a_stranger_is_kept_and_asks_nobody(cast: Cast) -> None:
    item = came(box(cast), "X-Spam-Flag: YES", sender="x@nowhere.example")
    assert (item.state, item.rule, item.asks_at) == ("kept", "marked", None)
    assert "A mail server marked it as spam (X-Spam-Flag)." in client_of(cast.sam).get("/inbox/").content.decode()
    tick(now=clock.now() + dt.timedelta(hours=2), schedule=False)
    assert not OutgoingMessage.objects.exists()


def test_marked_mail_of_somebody_known_asks_whether_it_is_theirs_and_is_never_answered(cast: Cast) -> None:
    item = came(box(cast, trusted_server="mx.f.example"), "Authentication-Results: mx.f.example; dmarc=fail")
    assert (item.rule, item.asks_at is None, Ticket.objects.count()) == ("doubted", False, 0)
    tick(now=clock.now() + dt.timedelta(hours=2), schedule=False)
    assert {mail.recipient for mail in OutgoingMessage.objects.all()} == {cast.asha.email}  # who decides, not Dele
    client = client_of(cast.sam)
    page = client.get(f"/inbox/{item.id}/").content.decode()
    assert f"Is this really from {DELE}?" in page
    assert "your mail server says that it does not come from there" in page
    assert 'name="name"' not in page  # nobody is asked who it is
    assert "Never from this address" not in page
    person = cast.dele.person
    assert f'<option value="{person.id}" selected>' in page
    client.post(f"/inbox/{item.id}/request/", {"business": str(cast.engagement.id), "person": str(person.id)})
    assert Ticket.objects.get().requester == person


def test_doubted_mail_is_left_aside_by_who_decides_and_by_nobody_else(cast: Cast) -> None:
    item = came(box(cast), "X-Spam-Status: Yes")
    path = f"/inbox/{item.id}/leave/"
    assert {client_of(who).post(path).status_code for who in (cast.ruth, cast.ines, cast.dele)} == {404}
    assert client_of(cast.ada).post(path).status_code == 403
    client_of(cast.sam).post(path)
    item.refresh_from_db()
    assert (item.rule, item.asks_at) == ("left_aside", None)
    page = client_of(cast.sam).get("/inbox/").content.decode()
    assert "somebody decided that it is no request" in page


def test_an_answer_to_our_signed_address_is_not_lost_to_a_spam_filter_but_a_trap_is_kept(cast: Cast) -> None:
    mailbox = box(cast)
    ticket = asked(cast)
    to = reply_address(mailbox.address, ticket.id, DELE, reply_key())
    assert came(mailbox, "X-Spam-Flag: YES", To=to).state == "taken"
    trap = came(mailbox, "X-MS-Exchange-Organization-PCL: 8", To=to)
    assert (trap.rule, trap.params["mark"]) == ("doubted", "phishing")
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_history_out_of_a_file_is_not_asked_about_marks(cast: Cast) -> None:
    data = b"From: dele@oakhurst.example\r\nX-Spam-Flag: YES\r\nSubject: old\r\n\r\nhello"
    item, _ = keep_raw(
        data=data, source="file", origin="f", now=clock.now(), business=cast.oakhurst, supplier=cast.fennimore,
        params={"engagement": str(cast.engagement.id)},
    )  # fmt: skip
    assert take_in(item_id=item.id, now=clock.now()).state == "taken"


# Rules


@pytest.mark.parametrize(
    "conditions",
    [
        {"plus_tag": "printers"},
        {"recipient": "help+printers@fennimore.example"},
        {"sender_domain": "oakhurst.example"},
        {"sender_domain": "example"},
        {"subject_words": "BROKE it"},
        {"header_name": "x-kind", "header_words": "scan"},
        {"header_name": "X-Kind"},
        {"plus_tag": "printers", "subject_words": "broke"},
    ],
)
def test_a_rule_gives_urgency_and_hands_over(cast: Cast, conditions: dict[str, str]) -> None:
    rule(cast, **conditions, priority=1, assignee=cast.sam.person)
    item = came(box(cast), "X-Kind: Scanner", To="Help+Printers@fennimore.example")
    ticket = Ticket.objects.get(pk=item.outcome_id)
    assert (ticket.priority, ticket.assignee) == (1, cast.sam.person)


def test_a_rule_makes_it_a_common_request_with_its_checklist_and_tags(cast: Cast) -> None:
    template = add_template(
        place=cast.fennimore, actor=actor(cast.asha), now=clock.now(),
        content=Content(title="New printer", subject="Printer for {business}", priority=4, assignee=cast.sam.person,
                        steps=[StepLine("Order it", internal=True), StepLine("Set it up")]),
    )  # fmt: skip
    rule(cast, subject_words="broke", template=template, tags="printers, floor 2")
    ticket = Ticket.objects.get(pk=came(box(cast)).outcome_id)
    assert (ticket.subject, ticket.kind, ticket.priority) == ("It broke", "service_request", 4)
    assert (ticket.assignee, ticket.source) == (cast.sam.person, "email")
    assert list(Step.objects.values_list("text", flat=True)) == ["Set it up", "Order it"]
    assert sorted(TicketTag.objects.values_list("tag__name", flat=True)) == ["floor 2", "printers"]
    assert FilledForm.objects.get().template == template
    end_template(template=template, actor=actor(cast.asha), now=clock.now())
    assert Ticket.objects.get(pk=came(box(cast, "two@f.example")).outcome_id).kind == "incident"


@pytest.mark.parametrize(
    "conditions",
    [
        {"plus_tag": "printer"},
        {"recipient": "help@fennimore.example"},
        {"sender_domain": "hurst.example"},
        {"subject_words": "broke twice"},
        {"subject_words": "roke"},
        {"header_name": "x-kind", "header_words": "fax"},
        {"header_name": "x-other"},
        {"plus_tag": "printers", "subject_words": "fire"},
    ],
)
def test_a_rule_that_does_not_fit_changes_nothing(cast: Cast, conditions: dict[str, str]) -> None:
    rule(cast, **conditions, priority=1)
    item = came(box(cast), "X-Kind: Scanner", To="help+printers@fennimore.example")
    assert Ticket.objects.get(pk=item.outcome_id).priority == 3


def test_the_first_rule_that_fits_counts(cast: Cast) -> None:
    for priority in (2, 1):
        rule(cast, subject_words="broke", priority=priority)
    assert Ticket.objects.get(pk=came(box(cast)).outcome_id).priority == 2


def test_a_rule_sets_a_mail_aside_with_its_reason(cast: Cast) -> None:
    rule(cast, sender_domain="news.example", action="aside")
    item = came(box(cast), sender="offers@mail.news.example")
    assert (item.state, item.rule, item.asks_at) == ("kept", "set_aside_by_rule", None)


def test_a_rule_makes_no_stranger_known(cast: Cast) -> None:
    rule(cast, plus_tag="oakhurst")
    item = came(box(cast), sender="x@nowhere.example", To="help+oakhurst@fennimore.example")
    assert (item.rule, Ticket.objects.count()) == ("unknown_sender", 0)


def test_a_rule_shows_a_mail_to_no_other_business(cast: Cast) -> None:
    """Kim writes to a mailbox of the installation; a rule for Oakhurst fits her mail all the same."""
    rule(cast, subject_words="broke", supplier=None, priority=1)
    item = came(box(cast, supplier=None), sender="kim@tilden.example")
    ticket = Ticket.objects.get(pk=item.outcome_id)
    assert (ticket.business, ticket.priority) == (cast.tilden, 3)


def test_a_rule_never_overrides_who_an_answer_is_from_or_where_it_goes(cast: Cast) -> None:
    mailbox = box(cast)
    rule(cast, subject_words="broke", action="aside")
    ticket = asked(cast)
    to = reply_address(mailbox.address, ticket.id, DELE, reply_key())
    assert came(mailbox, To=to).outcome_id == ticket.id
    assert came(mailbox, To=to, sender="evil@nowhere.example").rule == "forged_reply"
    assert came(mailbox, "X-Spam-Flag: YES", sender="x@nowhere.example").rule == "marked"


def test_a_rule_hands_nothing_to_somebody_who_has_left_or_only_reads(cast: Cast) -> None:
    theo = add_person(
        place=cast.fennimore, name="Theo", emails=["theo@fennimore.example"], role=Role.READER,
        actor=actor(cast.asha), now=clock.now() - dt.timedelta(days=1),
    )  # fmt: skip
    rule(cast, plus_tag="a", assignee=cast.finn.person)
    rule(cast, plus_tag="b", assignee=theo)
    for tag in "ab":
        item = came(box(cast, f"{tag}@fennimore.example"), To=f"x+{tag}@fennimore.example")
        assert Ticket.objects.get(pk=item.outcome_id).assignee is None


def test_a_rule_of_another_supplier_or_of_an_ended_relationship_counts_for_nothing(cast: Cast) -> None:
    rule(cast, subject_words="broke", supplier=cast.norvane, engagement=cast.line_engagement, priority=1)
    rule(cast, subject_words="broke", engagement=cast.tilden_engagement, priority=1)
    assert Ticket.objects.get(pk=came(box(cast)).outcome_id).priority == 3


# A mailbox of the installation


def test_one_mailbox_for_everybody_knows_whose_a_mail_is_by_its_sender(cast: Cast) -> None:
    everybody = box(cast, supplier=None)
    item = came(everybody, sender="kim@tilden.example")
    ticket = Ticket.objects.get(pk=item.outcome_id)
    assert suppliers(ticket) == [cast.brightwell]
    way = route(
        ticket=ticket, message=ticket.messages.get(), kind="said", recipient="kim@tilden.example", display="x",
        key=reply_key(),
    )  # fmt: skip
    assert way.reply_to.startswith("help+r.")


def test_where_a_business_has_several_suppliers_its_owner_says_which_or_a_rule_does(cast: Cast) -> None:
    everybody = box(cast, supplier=None)
    item = came(everybody)
    assert (item.rule, item.business, item.asks_at is None) == ("several_suppliers", cast.oakhurst, False)
    client = client_of(cast.ruth)
    assert "nobody has said which one is asked" in client.get("/inbox/").content.decode()
    page = client.get(f"/inbox/{item.id}/").content.decode()
    assert "Oakhurst Joinery, Fennimore IT" in page
    assert "Oakhurst Joinery, Norvane Telecom" in page
    chosen = {"business": str(cast.line_engagement.id), "person": str(cast.dele.person.id)}
    client.post(f"/inbox/{item.id}/request/", chosen)
    ticket = Ticket.objects.get()
    assert suppliers(ticket) == [cast.norvane]
    rule(cast, supplier=None, subject_words="broke")
    placed = came(everybody)
    assert suppliers(Ticket.objects.get(pk=placed.outcome_id)) == [cast.fennimore]


def test_who_runs_the_installation_decides_about_strangers_there(cast: Cast) -> None:
    everybody = box(cast, supplier=None)
    item = came(everybody, sender="new@oakhurst.example")
    assert item.rule == "unknown_sender"
    for who in (cast.sam, cast.asha, cast.ruth, cast.jo):
        assert client_of(who).get(f"/inbox/{item.id}/").status_code == 404
    tick(now=clock.now() + dt.timedelta(hours=2), schedule=False)
    assert [mail.recipient for mail in OutgoingMessage.objects.all()] == [cast.ada.email]
    client = client_of(cast.ada)
    assert "Whoever runs" not in client.get("/inbox/").content.decode()
    new = {"business": str(cast.engagement.id), "name": "Nia New"}
    client.post(f"/inbox/{item.id}/newcomer/", new)
    assert Person.objects.get(name="Nia New").business == cast.oakhurst
    tick(now=clock.now() + dt.timedelta(hours=2), schedule=False)
    item.refresh_from_db()
    assert item.rule == "several_suppliers"


def test_never_from_this_address_holds_for_a_mailbox_of_the_installation(cast: Cast) -> None:
    everybody = box(cast, supplier=None)
    item = came(everybody, sender="ads@nowhere.example")
    client = client_of(cast.ada)
    client.post(f"/inbox/{item.id}/silence/")
    assert came(everybody, sender="ads@nowhere.example").rule == "silenced"
    assert came(box(cast, "other@fennimore.example"), sender="ads@nowhere.example").rule == "unknown_sender"
    silenced = SilencedSender.objects.get()
    assert "ads@nowhere.example" in client.get("/inbox/").content.decode()
    assert client_of(cast.sam).post(f"/senders/{silenced.id}/hear/").status_code == 404
    client.post(f"/senders/{silenced.id}/hear/")
    item.refresh_from_db()
    assert item.rule == "unknown_sender"


def test_an_answer_about_a_sender_settles_what_waits_in_every_mailbox_that_serves_the_business(cast: Cast) -> None:
    boxes = [
        box(cast),
        box(cast, "o@fennimore.example", business=cast.oakhurst),
        box(cast, "all@x.example", supplier=None),
    ]
    items = [came(each, sender="home@dele.example", Subject=f"Call {n}") for n, each in enumerate(boxes)]
    assert {item.rule for item in items} == {"unknown_sender"}
    waited = know_sender(item=items[0], person=cast.dele.person, actor=actor(cast.asha), now=clock.now())
    assert waited == 3
    tick(now=clock.now(), schedule=False)
    assert sorted(InboxItem.objects.values_list("rule", flat=True)) == ["new", "new", "several_suppliers"]
    assert Address.objects.filter(email="home@dele.example").count() == 1


def test_each_mailbox_asks_those_who_decide_there(cast: Cast) -> None:
    came(box(cast), sender="a@nowhere.example")
    came(box(cast, "o@fennimore.example", business=cast.oakhurst), sender="b@nowhere.example")
    came(box(cast, "line@norvane.example", supplier=cast.norvane), sender="c@nowhere.example")
    came(box(cast, "all@x.example", supplier=None), sender="d@nowhere.example")
    tick(now=clock.now() + dt.timedelta(hours=2), schedule=False)
    told = {mail.recipient for mail in OutgoingMessage.objects.all()}
    assert told == {each.email for each in (cast.asha, cast.ruth, cast.maria, cast.ines, cast.ada)}
    assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_what_goes_out_about_a_request_comes_from_the_mailbox_it_came_in_through(cast: Cast) -> None:
    box(cast)
    printers = box(cast, "printers@fennimore.example")
    ticket = Ticket.objects.get(pk=came(printers).outcome_id)
    ways = [
        route(ticket=each, message=each.messages.get(), kind="said", recipient=DELE, display="x", key=reply_key())
        for each in (ticket, asked(cast))
    ]
    assert [way.sender.partition("<")[2] for way in ways] == ["printers@fennimore.example>", "help@fennimore.example>"]
