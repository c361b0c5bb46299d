"""The full history of a request: what the journal says, in words, to each what they may read."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import quietmonday.support.actions
from quietmonday.kit.actors import SYSTEM
from quietmonday.support.actions.calling_in import involve, would_call_in
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.erasing import erase_message
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.linking import link
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.scheduling import When, schedule
from quietmonday.support.actions.settling import link_repeat, reopen, resolve, set_aside
from quietmonday.support.actions.snoozing import snooze
from quietmonday.support.actions.steps import add_steps
from quietmonday.support.actions.talking import note_for_colleagues, say_to_customer
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.actions.waiting import promise_word, take_move_back, wait_without_asking
from quietmonday.support.actions.watching import watch
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.logic.happened import KNOWN
from quietmonday.support.models import Message, Ticket
from quietmonday.support.templatetags.history_words import _SAY
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, words, wrote

HOUR = dt.timedelta(hours=1)


def history(who: Member, ticket: Ticket, query: str = "") -> str:
    response = client_of(who).get(reverse("support:history", args=[ticket.id]) + query)
    assert response.status_code == 200
    return response.content.decode()


def lines(page: str) -> list[str]:
    """The sentences, newest first."""
    rows = re.findall(r'<span class="t soft">.*?</span><div><p>(.*?)</p>', page)
    return [re.sub(r"<[^>]+>", "", row).replace("&quot;", '"').replace("&#x27;", "'") for row in rows]


def at(hours: float) -> dt.datetime:
    return TUESDAY + hours * HOUR


def test_every_verb_that_a_request_knows_has_words_and_somebody_who_reads_it() -> None:
    """Whoever adds a verb on a request adds its sentence to templatetags/history_words.py, and says in
    logic/happened.py who reads it."""
    folder = Path(quietmonday.support.actions.__path__[0])
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    ways = (
        *(
            r'write_entry\([^)]*?verb="([a-z_]+)"',
            r'_told\((?:row, )?ticket, "([a-z_]+)"',
            r'tell_both\(\w+, "([a-z_]+)"',
        ),
        *(r'_recorded\([^)]*?verb="([a-z_]+)"', r'batch\.event\("([a-z_]+)"', r'_set\([^)]*?verb="([a-z_]+)"'),
        r'verb="ticket\.([a-z_]+)"',
    )
    written = {f"ticket.{verb}" for way in ways for verb in re.findall(way, code)}
    assert len(written) > 40
    assert written - set(_SAY) == set()
    assert written - KNOWN == set()
    assert set(_SAY) == KNOWN


@pytest.mark.django_db
def test_who_did_what_from_what_to_what(cast: Cast) -> None:
    earlier = asked(cast, "Same again", at=at(-100))
    resolve(ticket=earlier, kind="fixed", actor=actor(cast.sam), now=at(-90))
    ticket = asked(cast)
    sam, asha = actor(cast.sam), actor(cast.asha)
    answered(cast, ticket, "On it", at=at(1))
    assign(ticket=ticket, person=cast.sam.person, actor=sam, now=at(2))
    assign(ticket=ticket, person=cast.asha.person, actor=sam, now=at(3))
    assign(ticket=ticket, person=cast.sam.person, actor=sam, now=at(3.1))
    assign(ticket=ticket, person=None, actor=asha, now=at(3.2))
    set_priority(ticket=ticket, priority=1, actor=asha, now=at(4))
    promise_word(ticket=ticket, due_at=at(30), actor=asha, now=at(5))
    wait_without_asking(ticket=ticket, reason="third_party", actor=asha, now=at(6))
    take_move_back(ticket=ticket, actor=asha, now=at(7))
    involve(ticket=ticket, engagement=cast.line_engagement, actor=asha, now=at(8))
    wrote(ticket, cast.dele, "Any news?", at=at(9))
    resolve(ticket=ticket, kind="workaround", actor=sam, now=at(10), workaround_until=dt.date(2026, 11, 30), note="Hub")
    reopen(ticket=ticket, actor=actor(cast.dele), now=at(11), note="Still broken")
    link_repeat(earlier=earlier, later=ticket, actor=sam, now=at(12))
    set_aside(ticket=ticket, state="duplicate", actor=sam, now=at(13))
    told = lines(history(cast.dele, ticket))
    assert told == [
        "Sam Kessler: set aside. Part of another request.",
        "Dele Adeyemi: not solved, open again.",
        "Sam Kessler: held by a workaround. The permanent fix is promised for Mon 30 Nov.",
        "Dele Adeyemi wrote.",
        "Asha Fennimore let Norvane Telecom work on it too.",
        "Asha Fennimore took the move back: nothing is waited for any more.",
        "Asha Fennimore set it to waiting for somebody else, without asking.",
        "Asha Fennimore promised the next word by Wed 18 Nov, 15:20.",
        "Asha Fennimore changed how urgent it is, from normal to urgent.",
        "Asha Fennimore took it from Sam Kessler and gave it to nobody in particular.",
        "Sam Kessler took it from Asha Fennimore.",
        "Sam Kessler handed it from Sam Kessler to Asha Fennimore.",
        "Sam Kessler took it.",
        "Sam Kessler wrote.",
        "Dele Adeyemi asked, through this page: “Scanners lose Wi-Fi”",
    ]
    page = history(cast.dele, ticket)
    for said in ("On it", "Any news?", "Hub", "Still broken"):
        assert said in page
    assert lines(history(cast.sam, ticket)) == told == lines(history(cast.ines, ticket))
    assert "Sam Kessler linked a later request: the same problem came again." in lines(history(cast.dele, earlier))


@pytest.fixture
def shared(cast: Cast) -> Ticket:
    """A fault of two suppliers, on which Fennimore keeps a note, a snooze and a reply for later."""
    ticket = asked(cast, engagements=[cast.engagement, cast.line_engagement])
    own = {"person": cast.sam.person, "supplier_id": cast.fennimore.id, "actor": actor(cast.sam)}
    note_for_colleagues(
        ticket=ticket,
        words=words(cast.sam, "Between us", at(1)),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=at(1),
    )
    snooze(ticket=ticket, until=at(30), now=at(2), why="Tiring", **own)  # type: ignore[arg-type]  # of one supplier
    schedule(
        ticket=ticket,
        words=words(cast.sam, "Later", at(3)),
        when=When(send_at=at(40)),
        now=at(3),
        **own,  # type: ignore[arg-type]  # of one supplier
    )
    return ticket


@pytest.mark.django_db
def test_notes_snoozes_and_waiting_replies_are_read_by_their_own_supplier_only(cast: Cast, shared: Ticket) -> None:
    assert lines(history(cast.asha, shared)) == [
        "Sam Kessler wrote a reply that is to go out later: Thu 19 Nov, 01:20.",
        "Sam Kessler snoozed it until Wed 18 Nov, 15:20.",
        "Sam Kessler wrote a note for colleagues.",
        "Dele Adeyemi asked, through this page: “Scanners lose Wi-Fi”",
    ]
    for other in (cast.ines, cast.dele, cast.ruth):
        page = history(other, shared)
        assert lines(page) == ["Dele Adeyemi asked, through this page: “Scanners lose Wi-Fi”"]
        assert "Between us" not in page
    assert "Between us" not in history(cast.asha, shared)  # the journal never knew it


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["bill", "jo", "lee"])
def test_an_outsider_gets_the_404_of_an_absent_page(cast: Cast, shared: Ticket, who: str) -> None:
    assert client_of(getattr(cast, who)).get(reverse("support:history", args=[shared.id])).status_code == 404


@pytest.mark.django_db
def test_what_was_erased_is_said_to_be_and_is_not_shown(cast: Cast) -> None:
    ticket = asked(cast, subject="Scanners")
    message = wrote(ticket, cast.dele, "My password is hunter2", at=at(1))
    erase_message(message=message, actor=actor(cast.ruth), reason="asked for", now=at(2))
    page = history(cast.sam, ticket)
    assert "hunter2" not in page
    assert lines(page)[0] in {"Somebody wrote.", "Somebody. What it said was erased."}


@pytest.mark.django_db
def test_what_was_written_down_later_says_so(cast: Cast) -> None:
    ticket = asked(cast)
    said = Words(text="On the phone", channel="phone", author=cast.sam.person, author_name="Sam", occurred_at=at(1))
    say_to_customer(ticket=ticket, words=said, supplier_id=cast.fennimore.id, actor=actor(cast.sam), now=at(5))
    page = history(cast.dele, ticket)
    assert lines(page)[0] == "Sam Kessler spoke on the phone."
    assert "Written down at Tue 17 Nov, 14:20." in page


@pytest.mark.django_db
def test_it_is_paged_and_every_event_stands_once(cast: Cast) -> None:
    ticket = asked(cast, engagements=[cast.engagement, cast.line_engagement])
    for number in range(120):
        wrote(ticket, cast.dele, f"Word {number}", at=at(0.01 * (number + 1)))
    told: list[str] = []
    query, pages = "", 0
    while pages < 10:
        page = history(cast.ines, ticket, query)
        told += re.findall(r'class="why">(Word \d+)<', page)
        pages += 1
        older = re.search(r'href="(\?after=[^"]+)" rel="next"', page)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
    assert told == [f"Word {number}" for number in reversed(range(120))]
    assert pages == 3


@pytest.mark.django_db
def test_a_page_costs_the_same_however_much_happened(cast: Cast) -> None:
    ticket = asked(cast)
    client = client_of(cast.sam)
    url = reverse("support:history", args=[ticket.id])
    counts = []
    for number in (1, 3, 60):
        for _ in range(number):
            answered(cast, ticket, f"Word {number}", at=at(number))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 12


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["x", "~", "0" * 5000, "00000000-0000-0000-0000-000000000000"])
def test_a_place_that_is_none_begins_at_the_start_or_shows_nothing(cast: Cast, after: str) -> None:
    ticket = asked(cast)
    assert len(lines(history(cast.sam, ticket, f"?after={after}"))) == (0 if after.endswith("-000000000000") else 1)


@pytest.mark.django_db
def test_hostile_names_and_words_are_shown_as_they_are(cast: Cast) -> None:
    cast.dele.person.name = "%(who)s <script>alert(1)</script>"
    cast.dele.person.save()
    ticket = asked(cast, "<img src=x onerror=alert(1)> %s %(x)d")
    page = history(cast.sam, ticket)
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "%(who)s &lt;script&gt;" in page


@pytest.mark.django_db
def test_the_request_leads_to_its_history(cast: Cast) -> None:
    ticket = asked(cast)
    for who in (cast.sam, cast.dele, cast.ruth):
        page = client_of(who).get(reverse("support:ticket", args=[ticket.id])).content.decode()
        assert reverse("support:history", args=[ticket.id]) in page


# Who reads what of the other verbs


@pytest.fixture
def kept_apart(cast: Cast) -> Ticket:
    """A fault of two suppliers; what happened there is not for everybody."""
    ticket = asked(cast, engagements=[cast.engagement, cast.line_engagement])
    hidden = asked(cast, "Of the line alone", by=cast.bill, at=at(-1), engagements=[cast.line_engagement])
    sam, ines, ruth = actor(cast.sam), actor(cast.ines), actor(cast.ruth)
    link(one=ticket, other=hidden, kind="related", note="Same mast", actor=ines, now=at(1))
    watch(ticket=ticket, persons=[cast.bill.person], why="added", actor=ruth, now=at(2))
    watch(ticket=ticket, persons=[cast.asha.person], why="added", actor=sam, now=at(3))
    spend_time(
        ticket=ticket, engagement=cast.engagement, person=cast.sam.person, minutes=90, at=at(4), actor=sam, now=at(4)
    )
    add_steps(ticket=ticket, texts=["Unplug it"], supplier=None, actor=sam, now=at(5))
    add_steps(ticket=ticket, texts=["Check the bill"], supplier=cast.norvane, actor=ines, now=at(6))
    would_call_in(ticket=ticket, supplier_id=cast.norvane.id, note="The mast firm", actor=ines, now=at(7))
    answered(cast, ticket, "On it", at=at(8))
    message = Message.objects.get(ticket=ticket, side="supplier")
    payload = {"message": str(message.id), "address": "dele@gone.example", "why": "unknown"}
    with transaction.atomic():
        write_entry(ticket=ticket, verb="mail_returned", actor=SYSTEM, payload=payload, occurred_at=at(9), now=at(9))
        write_entry(ticket=ticket, verb="invented", actor=sam, payload={}, occurred_at=at(9), now=at(9))
    return ticket


LINK = "Ines Varga linked it. Has to do with request 2."
BILL = "Ruth Okafor lets them hear of it: Bill Hartley."
ASHA = "Sam Kessler lets them hear of it: Asha Fennimore."
TIME = "Sam Kessler worked on it: 1 h 30."
STEP = "Sam Kessler put 1 step on the list."
OWN = "Ines Varga put 1 step on the list."
CALL = "Ines Varga would have another supplier look at it."
MAIL = "A mail to dele@gone.example came back."
WORD = "Sam Kessler wrote."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("ruth", {LINK, BILL, ASHA, STEP, CALL, WORD}),
        ("dele", {BILL, ASHA, STEP, WORD}),  # of other requests, of time and of what waits for her owner, nothing
        ("sam", {BILL, ASHA, TIME, STEP, MAIL, WORD}),
        ("ines", {LINK, BILL, STEP, OWN, MAIL, WORD}),  # not who listens at Fennimore, nor its time
    ],
)
def test_each_reads_what_their_page_would_show_them(cast: Cast, kept_apart: Ticket, who: str, reads: set[str]) -> None:
    told = set(lines(history(getattr(cast, who), kept_apart)))
    assert told - {"Dele Adeyemi asked, through this page: “Scanners lose Wi-Fi”"} == reads
    page = history(getattr(cast, who), kept_apart)
    assert ("Same mast" in page) == (LINK in reads)
    assert ("The mast firm" in page) == (CALL in reads)
    assert "Check the bill" not in page


@pytest.mark.django_db
def test_a_supplier_called_in_later_reads_nothing_from_before(cast: Cast) -> None:
    ticket = asked(cast)
    answered(cast, ticket, "It is the line", at=at(1))
    set_priority(ticket=ticket, priority=1, actor=actor(cast.sam), now=at(2))
    involve(ticket=ticket, engagement=cast.line_engagement, actor=actor(cast.ruth), now=at(3), sees_all=False)
    wrote(ticket, cast.dele, "And now?", at=at(4))
    assert lines(history(cast.ines, ticket)) == [
        "Dele Adeyemi wrote.",
        "Ruth Okafor let Norvane Telecom work on it too.",
    ]
    assert "It is the line" not in history(cast.ines, ticket)
    assert len(lines(history(cast.sam, ticket))) == len(lines(history(cast.dele, ticket))) == 5


@pytest.mark.django_db
def test_a_page_full_of_everything_costs_no_more(cast: Cast, kept_apart: Ticket) -> None:
    client = client_of(cast.sam)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("support:history", args=[kept_apart.id]))
    assert len(queries) <= 12
