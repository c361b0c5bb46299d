"""Views with a name: saved, shared, pinned and counted, changed, deleted; what is stored is only ever looked up."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.models import Entry
from quietmonday.people.models import Membership, Role
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.saved_views import MOST_PINS, Look, ViewRefused, pin_view, save_view
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.models import SavedView
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, asked, client_of

pytestmark = pytest.mark.django_db

URGENT = Look({"priority": ["1"]})


def saved(member: Member, name: str = "Urgent", look: Look = URGENT, **more: Any) -> SavedView:
    given = {"place": "queue", "shared": False, "may_share": True, "actor": actor(member), "now": TUESDAY, **more}
    return save_view(person=member.person, name=name, look=look, **given)


def rows(text: str) -> list[str]:
    return re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', text)


def views_above(text: str) -> dict[str, str]:
    nav = text.partition('class="views"')[2].partition("</nav>")[0]
    return {
        html.unescape(name).strip(): count
        for name, count in re.findall(r"<a [^>]+>([^<]+?)(?: <span>(\d+)</span>)?</a>", nav)
    }


@pytest.fixture
def two(cast: Cast) -> Cast:
    first = asked(cast, "Everyday", at=TUESDAY)
    second = asked(cast, "Burning", at=TUESDAY)
    set_priority(ticket=second, priority=1, actor=actor(cast.sam), now=TUESDAY)
    assign(ticket=first, person=cast.sam.person, actor=actor(cast.sam), now=TUESDAY)
    return cast


def test_what_is_looked_at_is_saved_and_stands_above_the_list_with_its_number(two: Cast) -> None:
    client = client_of(two.sam)
    client.get("/queue/?view=all")
    address = "?view=all&priority=1&sort=-opened&cols=request,hands"
    assert "Save this view" in client.get(f"/queue/{address}").content.decode()
    offered = client.get(f"/queue/views/new/{address}").content.decode()
    assert "urgent" in offered
    response = client.post("/queue/views/new/", {"name": " Burning  now ", "look": address, "shared": "on"})
    view = SavedView.objects.get(name="Burning now")
    assert response["Location"] == f"/queue/?view={view.pk}"
    assert (view.filters, view.sorts, view.columns, view.shared) == (
        {"priority": ["1"]}, ["-opened"], ["request", "hands"], True,
    )  # fmt: skip
    text = client.get(response["Location"]).content.decode()
    assert rows(text) == ["Burning"]
    assert views_above(text)["Burning now"] == "1"
    assert "Client, person" not in text


def test_colleagues_see_what_is_shared_and_nobody_else_does(two: Cast) -> None:
    shared, own = saved(two.sam, "Shared", shared=True), saved(two.sam, "Own")
    for who, sees in (("sam", {"Shared", "Own"}), ("asha", {"Shared"}), ("ines", set()), ("lee", set())):
        text = client_of(getattr(two, who)).get("/queue/views/").content.decode()
        assert {name for name in ("Shared", "Own") if f"{name}</a>" in text} == sees, who
    stranger = client_of(two.ines).get(f"/queue/?view={shared.pk}&").content.decode()
    assert "The view you asked for is no more." in stranger
    assert rows(client_of(two.asha).get(f"/queue/?view={shared.pk}").content.decode()) == ["Burning"]
    assert "The view you asked for is no more." in client_of(two.asha).get(f"/queue/?view={own.pk}").content.decode()


def test_a_shared_view_shows_each_their_own(two: Cast) -> None:
    mine = saved(two.sam, "In hand", Look({"assignee": ["me"]}), shared=True)
    assert rows(client_of(two.sam).get(f"/queue/?view={mine.pk}").content.decode()) == ["Everyday"]
    assert rows(client_of(two.asha).get(f"/queue/?view={mine.pk}").content.decode()) == []
    for who in (two.sam, two.asha):
        pin_view(person=who.person, place="queue", key=str(mine.pk), pinned=True, now=TUESDAY)
    counted = [views_above(client_of(who).get("/queue/").content.decode())["In hand"] for who in (two.sam, two.asha)]
    assert counted == ["1", "0"]


def test_who_may_change_a_view(two: Cast) -> None:
    shared, own = saved(two.sam, "Shared", shared=True), saved(two.sam, "Own")
    asha = client_of(two.asha)  # the manager looks after what is shared
    assert asha.post(f"/views/{shared.pk}/", {"name": "Ours", "shared": "on"}).status_code == 302
    assert SavedView.objects.get(pk=shared.pk).name == "Ours"
    assert asha.get(f"/views/{own.pk}/").status_code == 404
    assert client_of(two.ines).post(f"/views/{shared.pk}/delete/").status_code == 404
    hers = saved(two.asha, "Hers", shared=True)
    sam = client_of(two.sam)
    assert sam.post(f"/views/{hers.pk}/", {"name": "Mine"}).status_code == 404
    assert sam.post(f"/views/{shared.pk}/delete/").status_code == 302
    assert not SavedView.objects.filter(pk=shared.pk).exists()


def test_a_view_takes_the_look_of_the_list(two: Cast) -> None:
    view = saved(two.sam, "Shared", shared=True)
    client = client_of(two.sam)
    address = f"?view={view.pk}&priority=3&priority=1"
    assert "look like this" in client.get(f"/queue/views/new/{address}").content.decode()
    client.post(f"/views/{view.pk}/look/", {"look": address})
    view.refresh_from_db()
    assert view.filters == {"priority": ["3", "1"]}
    assert set(rows(client.get(f"/queue/?view={view.pk}").content.decode())) == {"Everyday", "Burning"}


@pytest.mark.parametrize(
    "stored",
    [
        {"colour": ["red"]}, {"assignee": ["00000000-0000-7000-8000-00000000000b"]}, {"priority": ["7"]},
        {"client": ["gone"]}, {"priority": "1"}, {"priority": [["1"]]}, ["priority"], "x", None, 7,
        {"state__startswith": ["o"]}, {"": ["x"]},
    ],
)  # fmt: skip
def test_what_a_view_stores_of_things_that_are_no_more_is_passed_over(two: Cast, stored: Any) -> None:
    view = saved(two.sam)
    broken = {"filters": stored, "sorts": {"a": 1}, "columns": ["request", "gone", 5], "pins": "x"}
    SavedView.objects.filter(pk=view.pk).update(**{key: value for key, value in broken.items() if value is not None})
    response = client_of(two.sam).get(f"/queue/?view={view.pk}")
    assert response.status_code == 200
    text = response.content.decode()
    assert set(rows(text)) >= {"Burning"}
    assert "passed over" in text


def test_a_view_of_somebody_who_left_keeps_its_colleagues(two: Cast) -> None:
    view = saved(two.sam, "Shared", shared=True)
    Membership.objects.filter(person=two.sam.person).update(ends_at=TUESDAY)
    assert rows(client_of(two.asha).get(f"/queue/?view={view.pk}").content.decode()) == ["Burning"]


def test_one_begins_with_the_view_that_one_chose(two: Cast) -> None:
    view, client = saved(two.sam), client_of(two.sam)
    assert rows(client.get("/queue/").content.decode()) != ["Burning"]
    client.post("/queue/views/start/", {"view": str(view.pk)})
    assert rows(client.get("/queue/").content.decode()) == ["Burning"]
    client.post(f"/views/{view.pk}/delete/")
    text = client.get("/queue/").content.decode()  # back to the usual one, without a word of complaint
    assert "passed over" not in text
    assert "no more" not in text


def test_columns_and_order_are_remembered_for_each_person(two: Cast) -> None:
    client = client_of(two.sam)
    kept = client.post("/queue/habits/", {"look": "?view=all&cols=request,priority&sort=priority&rows=dense"})
    assert kept.status_code == 302
    text = client.get("/queue/?view=all").content.decode()
    assert rows(text) == ["Burning", "Everyday"]
    assert 'class="tbl q dense"' in text
    move = 'scope="col">Whose move</th>'
    assert move not in text
    assert move in client_of(two.asha).get("/queue/?view=all").content.decode()


def test_pins_are_few_and_can_be_taken_away(two: Cast) -> None:
    views = [saved(two.sam, f"View {number}") for number in range(MOST_PINS + 2)]
    client = client_of(two.sam)
    text = client.get("/queue/").content.decode()
    assert [name for name in views_above(text) if name.startswith("View")] == [f"View {n}" for n in range(MOST_PINS)]
    refused = client.post("/queue/views/pins/", {"view": str(views[-1].pk), "pinned": "1"}, follow=True)
    assert "Eight views stand above the list already." in refused.content.decode()
    client.post("/queue/views/pins/", {"view": str(views[0].pk)})
    client.post("/queue/views/pins/", {"view": str(views[-1].pk), "pinned": "1"})
    names = list(views_above(client.get("/queue/").content.decode()))
    assert "View 0" not in names
    assert f"View {MOST_PINS + 1}" in names


def test_eight_pinned_views_cost_no_query_more(two: Cast) -> None:
    client = client_of(two.sam)
    asked_for = []
    for number in range(2):
        client.get("/queue/?view=all")
        with CaptureQueriesContext(connection) as queries:
            client.get("/queue/?view=all")
        asked_for.append(len(queries))
        if not number:
            for name in range(MOST_PINS):
                saved(two.sam, f"View {name}", Look({"priority": [str(1 + name % 4)], "assignee": ["me"]}))
    assert asked_for == [6, 6]  # the numbers are those of a moment ago
    asked(two, "News", at=TUESDAY)
    with CaptureQueriesContext(connection) as queries:
        client.get("/queue/?view=all")
    assert len(queries) == 7


def test_a_view_of_the_past_stands_above_the_list_without_a_number(two: Cast) -> None:
    saved(two.sam, "All there was", Look({"state": ["all"]}))
    assert views_above(client_of(two.sam).get("/queue/").content.decode())["All there was"] == ""


@pytest.mark.parametrize(("name", "rule"), [("", "no_name"), ("  ", "no_name"), ("Urgent", "taken")])
def test_a_name_is_needed_and_is_one_persons_own(two: Cast, name: str, rule: str) -> None:
    saved(two.sam)
    saved(two.asha)  # somebody else's may be the same
    with pytest.raises(ViewRefused) as refused:
        saved(two.sam, name)
    assert refused.value.rule == rule
    response = client_of(two.sam).post("/queue/views/new/", {"name": name, "look": "?priority=1"})
    assert response.status_code == 422


def test_a_hostile_name_stays_text(two: Cast) -> None:
    client = client_of(two.sam)
    client.post("/queue/views/new/", {"name": "<script>x</script>\u202e", "look": "?priority=1", "shared": "on"})
    for path in ("/queue/", "/queue/views/", "/queue/views/new/?priority=1"):
        assert b"<script>x" not in client_of(two.asha).get(path).content + client.get(path).content


def test_the_journal_tells_of_views_and_of_words_only_what_colleagues_rely_on(two: Cast) -> None:
    before = Entry.objects.filter(subject_kind="view").count()
    own, shared = saved(two.sam, "Own"), saved(two.sam, "Shared", shared=True)
    entries = Entry.objects.filter(subject_kind="view").order_by("id").select_related("payload")[before:]
    assert [(each.verb, each.subject_id, each.business_id) for each in entries] == [
        ("view.saved", own.pk, None),
        ("view.saved", shared.pk, None),
    ]
    assert [each.payload.body.get("name") for each in entries] == [None, "Shared"]
    client_of(two.asha).post(f"/views/{shared.pk}/delete/")
    last = Entry.objects.filter(subject_kind="view").latest("id")
    assert (last.verb, last.actor_id, last.payload.body["name"]) == ("view.deleted", two.asha.person.pk, "Shared")


def test_owners_save_views_of_their_requests_and_share_them(two: Cast) -> None:
    ruth = client_of(two.ruth)
    ruth.post("/requests/views/new/", {"name": "Urgent ones", "look": "?priority=1", "shared": "on"})
    view = SavedView.objects.get(name="Urgent ones")
    assert (view.place, view.business_id, view.supplier_id) == ("requests", two.oakhurst.pk, None)
    for who in (two.ruth, two.maria):
        text = client_of(who).get(f"/requests/?view={view.pk}").content.decode()
        assert "Burning" in text
        assert "Everyday" not in text
    assert "no more" in client_of(two.jo).get(f"/requests/?view={view.pk}").content.decode()
    assert "no more" in client_of(two.dele).get(f"/requests/?view={view.pk}").content.decode()


def test_staff_keep_views_for_themselves(two: Cast) -> None:
    dele = client_of(two.dele)
    assert 'name="shared"' not in dele.get("/requests/views/new/?state=open").content.decode()
    dele.post("/requests/views/new/", {"name": "Open", "look": "?state=open", "shared": "on"})
    assert SavedView.objects.get(name="Open").shared is False


def test_a_reader_keeps_views_and_shares_none(two: Cast) -> None:
    Membership.objects.filter(person=two.asha.person).update(role=Role.READER)
    client = client_of(two.asha)
    assert client.post("/queue/views/new/", {"name": "Mine", "look": "?priority=1", "shared": "on"}).status_code == 302
    view = SavedView.objects.get(name="Mine")
    assert (view.person_id, view.shared) == (two.asha.person.pk, False)
    assert client.get(f"/queue/?view={view.pk}").status_code == 200
