"""Texts kept ready: a small language of our own that runs nothing, and a page that keeps them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.models import Entry
from quietmonday.people.actions.memberships import end_membership
from quietmonday.support.logic.canned import (
    MOST_PLACEHOLDERS,
    NAMES,
    CannotKeep,
    asks_for,
    filled,
    first_name,
    put_in,
    shown,
    stored,
)
from quietmonday.support.models import CannedReply, Message, Ticket
from quietmonday.support.queries.canned import names_read, names_written
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, asked, client_of

WRITTEN = {**{key: key for key in NAMES}, **{name: key for key, name in NAMES.items()}}
TEMPLATE_CODE = [
    "{{ request.user.password }}",
    "{{ settings.SECRET_KEY }}",
    "{{ requester.password }}",
    "{{ requester|safe }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ 7*7 }}",
    "{{ }}",
    "{{requester",
    "requester}}",
    "{{ {{ requester }} }}",
    "{{ requester }} and }}",
]


@pytest.mark.parametrize("text", TEMPLATE_CODE)
def test_what_is_no_name_of_ours_is_refused_and_never_run(text: str) -> None:
    """Attack 18: template injection."""
    with pytest.raises(CannotKeep):
        stored(text, WRITTEN)


@pytest.mark.parametrize("text", ["{% load x %}", "${jndi:ldap://x}", "{0.__class__}", "%(requester)s", "<%= 7*7 %>"])
def test_other_languages_are_plain_words(text: str) -> None:
    assert filled(stored(text, WRITTEN), {"requester": "Dele"}) == text


def test_a_text_is_kept_by_keys_and_shown_and_filled_by_names() -> None:
    kept = stored("Dear {{First  name of the requester}}, {{ NUMBER }}: {{next_word}}", WRITTEN | {"number": "number"})
    assert kept == "Dear {{ first_name }}, {{ number }}: {{ next_word }}"
    assert shown(kept, {"first_name": "Vorname"}) == "Dear {{ Vorname }}, {{ number }}: {{ next_word }}"
    assert filled(kept, {"first_name": "Dele", "number": "417"}) == "Dear Dele, 417: {{ next_word }}"
    assert put_in(filled(kept, {"number": "4"}), "next_word", "noon", WRITTEN).endswith("4: noon")


@given(name=st.text(max_size=60))
def test_what_is_put_in_is_put_in_once_whatever_it_says(name: str) -> None:
    """A person may be called {{ supplier }}."""
    assert filled("{{ requester }}!", {"requester": name, "supplier": "Fennimore"}) == f"{name}!"


@given(text=st.text(alphabet="{} \nabnumer%", max_size=80))
def test_keeping_is_idempotent_and_never_fails_otherwise(text: str) -> None:
    try:
        kept = stored(text, WRITTEN)
    except CannotKeep:
        return
    assert stored(kept, WRITTEN) == kept


def test_fifty_placeholders_are_enough() -> None:
    assert stored("{{ number }}" * MOST_PLACEHOLDERS, WRITTEN)
    with pytest.raises(CannotKeep, match="many"):
        stored("{{ number }}" * (MOST_PLACEHOLDERS + 1), WRITTEN)


def test_only_our_own_name_asks_for_the_next_word() -> None:
    assert asks_for("by {{ Next word by }}", "next_word", WRITTEN)
    assert not asks_for("by {{ next week }} or {{ number }}", "next_word", WRITTEN)


@pytest.mark.parametrize(
    ("name", "first"),
    [("Dele Adeyemi", "Dele"), ("Adeyemi, Dele", "Dele"), ("Dele", "Dele"), ("", ""), ("Adeyemi,", "Adeyemi")],
)
def test_how_somebody_is_called(name: str, first: str) -> None:
    assert first_name(name) == first


def kept(
    cast: Cast, title: str = "Thanks", text: str = "Thank you, {{ first_name }}.", own: Member | None = None
) -> CannedReply:
    return CannedReply.objects.create(
        supplier=cast.fennimore,
        person=own.person if own else None,
        title=title,
        text=text,
        made_at=TUESDAY,
        changed_at=TUESDAY,
        changed_by_name="Asha Fennimore",
    )


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return asked(cast)


@pytest.mark.django_db
def test_a_technician_keeps_one_for_everybody_and_one_for_themselves(cast: Cast) -> None:
    client = client_of(cast.sam)
    for whose in ("all", "own"):
        sent = {"title": f"For {whose}", "text": "Hello {{ first name of the requester }}", "whose": whose}
        assert client.post("/canned/", sent).status_code == 303
    assert set(CannedReply.objects.values_list("title", "person", "text")) == {
        ("For all", None, "Hello {{ first_name }}"),
        ("For own", cast.sam.person.pk, "Hello {{ first_name }}"),
    }
    page = client.get("/canned/").content.decode()
    assert "2 texts are kept ready." in page
    assert "{{ first name of the requester }}" in page
    entries = Entry.objects.filter(verb="canned_reply.kept").select_related("payload")
    assert all("Hello" not in str(entry.payload.body) for entry in entries)
    assert len(entries) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("text", TEMPLATE_CODE)
def test_the_page_refuses_code_says_why_and_keeps_what_was_typed(cast: Cast, text: str) -> None:
    response = client_of(cast.sam).post("/canned/", {"title": "Bad", "text": text, "whose": "all"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "first name of the requester }}" in page  # what can be put in
    assert 'value="Bad"' in page
    assert not CannedReply.objects.exists()


@pytest.mark.django_db
def test_each_sees_their_own_and_those_of_their_firm(cast: Cast, ticket: Ticket) -> None:
    shared, own = kept(cast, "Shared"), kept(cast, "Sams own", own=cast.sam)
    CannedReply.objects.create(
        supplier=cast.norvane,
        title="Norvanes",
        text="x",
        made_at=TUESDAY,
        changed_at=TUESDAY,
        changed_by_name="Ines Varga",
    )
    for who, titles in ((cast.sam, {"Shared", "Sams own"}), (cast.asha, {"Shared"})):
        page = client_of(who).get("/canned/").content.decode()
        assert {title for title in ("Shared", "Sams own", "Norvanes") if title in page} == titles
    for ref in (own, shared):
        assert client_of(cast.ines).get(f"/canned/{ref.pk}/").status_code == 404
    assert client_of(cast.asha).get(f"/canned/{own.pk}/").status_code == 404
    assert client_of(cast.asha).post(f"/canned/{own.pk}/away/").status_code == 404
    assert client_of(cast.dele).get("/canned/").status_code == 403


@pytest.mark.django_db
def test_what_a_former_member_kept_for_themselves_is_nobodys(cast: Cast, ticket: Ticket) -> None:
    own = kept(cast, "Sams own", own=cast.sam)
    shared = kept(cast, "Sams, for all")
    client = client_of(cast.sam)
    end_membership(membership=cast.sam.membership, actor=actor(cast.asha), now=TUESDAY)
    assert client.get("/canned/").status_code == 302
    ashas = client_of(cast.asha)
    page = ashas.get(f"/requests/{ticket.id}/canned/").content.decode()
    assert ("Sams own" in page, "Sams, for all" in page) == (False, True)
    assert "Thank you" not in ashas.get(f"/requests/{ticket.id}/?canned={own.pk}").content.decode()
    assert "Thank you, Dele." in ashas.get(f"/requests/{ticket.id}/?canned={shared.pk}").content.decode()


@pytest.mark.django_db
def test_one_is_found_by_typing_and_comes_filled(cast: Cast, ticket: Ticket) -> None:
    kept(cast, "Password", "{{ first_name }}, {{ number }}, {{ business }}, {{ technician }}, {{ supplier }}.")
    kept(cast, "Printer", "Switch it off and on.")
    client = client_of(cast.sam)
    page = client.get(f"/requests/{ticket.id}/canned/?q=passw dele").content.decode()
    assert "Nothing found" in page  # names are put in after the search
    page = client.get(f"/requests/{ticket.id}/canned/?q=passw").content.decode()
    assert f"Dele, {ticket.work_item.number}, Oakhurst Joinery, Sam Kessler, Fennimore IT." in page
    assert "Switch it off" not in page
    part = client.get(f"/requests/{ticket.id}/canned/?q=print", headers={"HX-Target": "canned-found"}).content.decode()
    assert "Switch it off" in part
    assert "<html" not in part


@pytest.mark.django_db
def test_without_scripts_it_stands_in_the_message_box_and_counts_when_it_is_sent(cast: Cast, ticket: Ticket) -> None:
    row = kept(cast)
    client = client_of(cast.sam)
    page = client.get(f"/requests/{ticket.id}/?canned={row.pk}").content.decode()
    assert "Thank you, Dele." in page
    assert f'name="canned" value="{row.pk}"' in page
    assert CannedReply.objects.get().used == 0
    sent = {"text": "Thank you, Dele.", "canned": str(row.pk), "token": str(row.pk)}
    for _ in range(2):  # the second is the same form again
        assert client.post(f"/requests/{ticket.id}/messages/", sent).status_code == 303
    assert CannedReply.objects.get().used == 1
    client.post(f"/requests/{ticket.id}/messages/", {"text": "x", "canned": f"nonsense,{ticket.id},{row.pk},{row.pk}"})
    assert CannedReply.objects.get().used == 2


@pytest.mark.django_db
def test_the_next_word_is_put_in_when_it_is_promised(cast: Cast, ticket: Ticket) -> None:
    client = client_of(cast.sam)
    typed = "You hear from me by {{ next word by }}."
    refused = client.post(f"/requests/{ticket.id}/messages/", {"text": typed})
    assert refused.status_code == 422
    assert "The text names the next word." in refused.content.decode()
    assert not Message.objects.filter(side="supplier").exists()
    client.post(f"/requests/{ticket.id}/messages/", {"text": typed, "own_time": "2027-11-26T15:00"})
    assert Message.objects.get(side="supplier").text == "You hear from me by Fri 26 Nov, 15:00."


@pytest.mark.django_db
def test_other_braces_in_a_message_are_left_alone(cast: Cast, ticket: Ticket) -> None:
    typed = "Run {{ requester }} and ${x} and {% y %}"
    client_of(cast.sam).post(f"/requests/{ticket.id}/messages/", {"text": typed})
    assert Message.objects.get(side="supplier").text == typed


@pytest.mark.django_db
def test_a_changed_text_is_another_and_a_thrown_away_one_is_gone(cast: Cast) -> None:
    row = kept(cast)
    client = client_of(cast.asha)
    page = client.get(f"/canned/{row.pk}/").content.decode()
    assert "Thank you, {{ first name of the requester }}." in page
    client.post(f"/canned/{row.pk}/", {"title": "Thanks", "text": "Bye {{ subject }}", "whose": "own"})
    row.refresh_from_db()
    assert (row.text, row.person, row.changed_by_name) == ("Bye {{ subject }}", cast.asha.person, "Asha Fennimore")
    assert client.post(f"/canned/{row.pk}/away/").status_code == 303
    assert not CannedReply.objects.exists()
    verbs = Entry.objects.filter(subject_id=row.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["canned_reply.changed", "canned_reply.thrown_away"]


@pytest.mark.django_db
def test_nobody_keeps_more_than_three_hundred(cast: Cast) -> None:
    CannedReply.objects.bulk_create(
        CannedReply(
            supplier=cast.fennimore,
            title=f"T{number}",
            text="x",
            made_at=TUESDAY,
            changed_at=TUESDAY,
            changed_by_name="Asha",
        )
        for number in range(300)
    )
    client = client_of(cast.sam)
    response = client.post("/canned/", {"title": "One more", "text": "x", "whose": "all"})
    assert (response.status_code, "300 texts are kept already" in response.content.decode()) == (422, True)
    assert client.post("/canned/", {"title": "My first", "text": "x", "whose": "own"}).status_code == 303


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/canned/", "ticket"])
def test_pages_cost_the_same_at_one_and_at_many_rows(cast: Cast, ticket: Ticket, url: str) -> None:
    where = reverse("support:canned_for", args=[ticket.id]) if url == "ticket" else url
    counts = []
    client = client_of(cast.sam)
    for number in range(3):
        kept(cast, f"T{number}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 12


def test_people_may_write_the_names_of_every_language() -> None:
    assert set(names_written().values()) == set(NAMES) == set(names_read())
