"""Rules of sorting on pages: whose lists, tried on the last mails before they count, in their order."""

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.models import Entry
from quietmonday.kit import clock
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.support.actions import routing
from quietmonday.support.actions.intake import take_in
from quietmonday.support.actions.routing import add_rule
from quietmonday.support.actions.ticket_templates import Content, add_template
from quietmonday.support.models import RoutingRule
from tests.cast import Cast
from tests.support.scene import actor, client_of

pytestmark = pytest.mark.django_db
LIST, NEW = "/set-up/sorting/", "/set-up/sorting/new/"
_numbers = itertools.count()


def came(cast: Cast, subject: str, sender: str = "dele@oakhurst.example", **more: Any) -> None:
    n = next(_numbers)
    data = f"From: {sender}\r\nTo: help+a@f.example\r\nSubject: {subject}\r\nMessage-ID: <{n}@x>\r\n\r\nhello {n}"
    given = {"supplier": cast.fennimore, **more}
    item, _ = keep_raw(data=data.encode(), source="smtp", origin=f"r:{n}", now=clock.now(), **given)
    take_in(item_id=item.id, now=clock.now())


def form(cast: Cast, **more: object) -> dict[str, object]:
    return {"action": "place", "engagement": cast.engagement.id, "subject_words": "scanner", **more}


def rule(cast: Cast, words: str, **more: Any) -> RoutingRule:
    values = {"subject_words": words, "action": "place", "engagement": cast.engagement, **more}
    return add_rule(supplier=cast.fennimore, values=values, actor=actor(cast.asha), now=clock.now())


def words(cast: Cast) -> list[str]:
    return list(RoutingRule.objects.filter(ended_at=None).order_by("position").values_list("subject_words", flat=True))


def test_a_rule_is_shown_at_work_before_it_is_saved(cast: Cast) -> None:
    came(cast, "Scanner is dead")
    came(cast, "Scanner again", sender="stranger@nowhere.example")
    came(cast, "Printer")
    came(cast, "Scanner of Tilden", sender="kim@tilden.example", supplier=cast.brightwell)
    client = client_of(cast.asha)
    sent = form(cast, priority="1")
    page = client.post(NEW, sent).content.decode()
    assert "It would have changed 1 of the last 3 mails." in page
    assert "Scanner is dead" in page
    assert "urgent" in page
    assert "Tilden" not in page
    assert not RoutingRule.objects.exists()
    assert client.post(NEW, {**sent, "save": "1"}).status_code == 303
    found = RoutingRule.objects.get()
    assert (found.supplier, found.priority, found.subject_words) == (cast.fennimore, 1, "scanner")
    assert Entry.objects.get(verb="routing.added").subject_id == found.id


def test_a_rule_that_sets_aside_shows_the_mails_of_strangers_too(cast: Cast) -> None:
    came(cast, "Scanner again", sender="stranger@nowhere.example")
    page = client_of(cast.asha).post(NEW, form(cast, action="aside", engagement="")).content.decode()
    assert "It would have changed 1 of the last 1 mails." in page
    assert "Before: no rule. With the rule: no request." in page


def test_a_changed_rule_is_tried_at_its_place(cast: Cast) -> None:
    came(cast, "Scanner is dead")
    rule(cast, "dead", priority=2)
    second = rule(cast, "scanner", priority=3)
    client = client_of(cast.asha)
    page = client.post(f"{LIST}{second.id}/", form(cast, priority="1")).content.decode()
    assert "It would have changed none of the last 1 mails." in page  # the first one fits before it
    client.post(f"{LIST}{second.id}/", {**form(cast, priority="1"), "save": "1"})
    second.refresh_from_db()
    assert (second.priority, second.position) == (1, 2)


def test_rules_change_places_and_end(cast: Cast) -> None:
    first, _, third = (rule(cast, name) for name in ("one", "two", "three"))
    client = client_of(cast.asha)
    client.post(f"{LIST}{third.id}/move/", {"to": "earlier"})
    assert words(cast) == ["one", "three", "two"]
    client.post(f"{LIST}{first.id}/move/", {"to": "earlier"})  # it is the first
    client.post(f"{LIST}{first.id}/move/", {"to": "later"})
    assert words(cast) == ["three", "one", "two"]
    for _ in range(2):
        client.post(f"{LIST}{first.id}/end/")
    assert words(cast) == ["three", "two"]
    assert list(Entry.objects.filter(verb__startswith="routing.").values_list("verb", flat=True).order_by("seq")) == [
        *["routing.added"] * 3, *["routing.moved"] * 2, "routing.ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject_words": " "}, "Fill in at least one of the conditions."),
        ({"engagement": ""}, "Choose for whom it is."),
        ({"plus_tag": "a b"}, "A tag is one word"),
        ({"recipient": "nobody"}, "This is not an e-mail address."),
        ({"sender_domain": "a b"}, "A domain looks like"),
        ({"header_name": "X Y"}, "A header field is one word"),
        ({"header_words": "x"}, "Name the field in which the words stand."),
        ({"priority": "9"}, "9"),
        ({"tags": "a, b, c, d, e, f"}, "A rule gives at most 5 tags."),
        ({"tags": "x" * 50}, "Write short words with commas between them."),
        ({"template": "00000000-0000-7000-8000-000000000000"}, "00000000"),
    ],
)
def test_what_cannot_be_is_refused_in_words(cast: Cast, changes: dict[str, str], said: str) -> None:
    content = Content(title="A new PC", subject="A new PC")
    add_template(place=cast.fennimore, content=content, actor=actor(cast.asha), now=clock.now())
    response = client_of(cast.asha).post(NEW, {**form(cast, save="1"), **changes})
    assert (response.status_code, RoutingRule.objects.exists()) == (422, False)
    assert said in response.content.decode()


def test_a_list_has_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "MOST_RULES", 1)
    rule(cast, "one")
    response = client_of(cast.asha).post(NEW, form(cast, save="1"))
    assert "This list is as long as it may be." in response.content.decode()


def test_each_keeps_their_own_list_and_names_their_own_clients_and_people(cast: Cast) -> None:
    ours = rule(cast, "one")
    paths = [f"{LIST}{ours.id}/{verb}" for verb in ("", "move/", "end/")]
    for who in (cast.ines, cast.sam, cast.ruth, cast.jo):
        assert {client_of(who).post(path).status_code for path in paths} == {404}
    assert {client_of(who).get(LIST).status_code for who in (cast.sam, cast.ruth, cast.dele)} == {403}
    client = client_of(cast.asha)
    assert client.get(f"{NEW}?for=everybody").status_code == 404
    assert client.get(f"{NEW}?for={cast.norvane.id}").status_code == 404
    foreign = ({"engagement": cast.line_engagement.id}, {"engagement": cast.tilden_engagement.id},
               {"assignee": cast.ines.person.id}, {"assignee": cast.dele.person.id})  # fmt: skip
    assert {client.post(NEW, form(cast, save="1", **each)).status_code for each in foreign} == {422}
    assert "No rule sorts new mail." in client_of(cast.ines).get(LIST).content.decode()
    ada = client_of(cast.ada)
    assert "Every supplier here" in ada.get(LIST).content.decode()
    assert ada.post(f"{NEW}?for=everybody", form(cast, save="1")).status_code == 303
    assert RoutingRule.objects.filter(supplier=None).count() == 1


def test_an_administrator_keeps_the_rules_of_a_supplier_and_reads_no_common_request_of_it(cast: Cast) -> None:
    secret = add_template(
        place=cast.fennimore, content=Content(title="Late payers", subject="x", offered=False), actor=actor(cast.asha),
        now=clock.now(),
    )  # fmt: skip
    page = f"{LIST}{rule(cast, 'one', template=secret).id}/"
    asha, ada = client_of(cast.asha), client_of(cast.ada)
    assert ["Late payers" in asha.get(path).content.decode() for path in (LIST, page, NEW)] == [True, True, True]
    new = f"{NEW}?for={cast.fennimore.id}"
    assert ["Late payers" in ada.get(path).content.decode() for path in (LIST, page, new)] == [False, False, False]
    assert "As a common request." in ada.get(LIST).content.decode()
    # What the form does not show is passed over, whatever somebody sends for it.
    assert ada.post(page, form(cast, save="1", priority="1", template="")).status_code == 303
    kept = RoutingRule.objects.get()
    assert (kept.priority, kept.template) == (1, secret)  # what the administrator cannot see stays
    asha.post(page, form(cast, save="1", template=""))
    assert RoutingRule.objects.get().template is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_few_queries_at_one_and_at_three_rows(cast: Cast, rows: int) -> None:
    for n in range(rows):
        last = rule(cast, f"w{n}", assignee=cast.sam.person)
        came(cast, "scanner", sender=("dele", "bill", "ruth")[n] + "@oakhurst.example")
    client = client_of(cast.asha)
    counts = []
    for send in (lambda: client.get(LIST), lambda: client.get(NEW), lambda: client.get(f"{LIST}{last.id}/"),
                 lambda: client.post(NEW, form(cast, priority="1"))):  # fmt: skip
        send()
        with CaptureQueriesContext(connection) as queries:
            send()
        counts.append(len(queries))
    assert counts == [6, 8, 8, 12]
