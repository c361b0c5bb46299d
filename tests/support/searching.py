"""What the search ought to find, worked out message by message in plain Python; and a firm full of things to find."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import uuid

from quietmonday.people.access import Viewer
from quietmonday.people.access.viewers import viewer_of
from quietmonday.post.actions.files import store_file
from quietmonday.support.access import messages_visible_to, tickets_visible_to
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.logic.search_docs import Doc
from quietmonday.support.logic.search_query import Part, question_of
from quietmonday.support.models import Ticket
from quietmonday.support.queries.search_docs import docs_of
from quietmonday.support.queries.searching import Narrowed, find
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, answered, asked, words, wrote

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
EVERYTHING = Narrowed()

SENTENCES = [
    "Der Netzwerkdrucker im Lager druckt nur noch leere Etiketten.",
    "The printer in the office says no paper, and there is paper.",
    "KB5034441 fails on OAK-SQL1 with 0x80070643.",
    "Mail to jo.marsh@oakhurst.example comes back since Monday.",
    "Frau Müller kommt nicht ins VPN, Herr Mueller auch nicht.",
    "Toner for the printer at the till, please; the blue one.",
    "The AD is slow and the address book too.",
    "打印机坏了 again, café closed.",
    "Ping to 192.168.1.17 fails, 192.168.1.170 answers.",
    "Rechnung 2026-0417 fehlt in der Poststraße.",
]

TYPED = [
    *("printer", "drucker", "netzwerk", "werkdruck", "Etiketten", "KB5034441", "5034441", "OAK-SQL1", "sql1", "0x8007"),
    *("jo.marsh@oakhurst.example", "marsh@oakhurst", "Müller", "Mueller", "muller", "vpn", "AD", "address", "toner"),
    *("toner printer", '"no paper"', "paper no", "toner -till", "printer -toner", "-toner", "打印", "机", "café"),
    *("cafe", "192.168.1.17", '"192.168.1.17"', "2026-0417", "strasse", "Poststraße", "from:dele", "from:sam printer"),
    *('from:"Sam Kessler"', "file:toner", "file:jpg", "toner.pdf", "client:oakhurst printer", "client:tilden"),
    *("after:2026-11-18", "before:2026-11-17", "after:2026-11-17 before:2026-11-19 printer", "zymurgy", "the", "e"),
    *('" OR * NEAR(', "'; DROP TABLE support_search; --", "%", "printer the", "is back again"),
]  # fmt: skip


def filled(cast: Cast, requests: int = 36) -> list[Ticket]:
    """Return requests of both businesses, with answers, notes and files."""
    chance = random.Random(5)
    tickets = []
    for n in range(requests):
        at = TUESDAY - dt.timedelta(days=1) + n * 2 * HOUR
        by, engagements = [
            (cast.dele, [cast.engagement]), (cast.bill, [cast.line_engagement]),
            (cast.ruth, [cast.engagement, cast.line_engagement]), (cast.kim, [cast.tilden_engagement]),
        ][n % 4]  # fmt: skip
        files = [(f"Toner {n}.pdf", _file(cast, engagements, n, at))] if n % 5 == 0 else []
        ticket = asked(
            cast, chance.choice(SENTENCES), subject=chance.choice(["", "Printer again", "Cannot work"]), by=by, at=at,
            engagements=engagements, files=files,
        )  # fmt: skip
        if n % 3 == 0 and cast.engagement in engagements:
            answered(cast, ticket, chance.choice(SENTENCES), at=at + HOUR)
        if n % 2 == 0 and cast.engagement in engagements:
            noted(cast, ticket, f"Between us: {chance.choice(SENTENCES)}", at=at + HOUR + 3 * MINUTE)
        if n % 3 == 1:
            wrote(ticket, by, f"It is back again. {chance.choice(SENTENCES)}", at=at + 30 * HOUR + 7 * MINUTE)
        if n % 7 == 0:
            resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=at + 40 * HOUR)
        tickets.append(ticket)
    return tickets


def noted(cast: Cast, ticket: Ticket, text: str, *, at: dt.datetime, by: Member | None = None) -> None:
    """Somebody of a supplier, Sam unless said otherwise, writes down what only its people see."""
    member = by or cast.sam
    supplier = member.person.supplier_id
    assert supplier
    note_for_colleagues(ticket=ticket, words=words(member, text, at), supplier_id=supplier, actor=actor(member), now=at)


def viewer(member: Member, now: dt.datetime | None = None) -> Viewer:
    """Return the viewer that somebody is at `now`."""
    return viewer_of(member.account, now or dt.datetime.now(dt.UTC))


def shown(who: Viewer, typed: str, narrowed: Narrowed = EVERYTHING) -> list[uuid.UUID]:
    """Return the requests that the search shows, over all its pages, in their order."""
    found: list[uuid.UUID] = []
    after = ""
    while True:
        page = find(who, question_of(typed), narrowed, after=after)
        found += [hit.ticket.id for hit in page.hits]
        after = page.after
        if not after:
            return found


@dataclasses.dataclass(frozen=True)
class Seen:
    """Every message that somebody sees, with the business of its request."""

    docs: list[tuple[str, Doc]]

    def ought(self, typed: str) -> list[uuid.UUID]:
        """Return the requests that the search ought to show, every message looked at, the last spoken of first."""
        question = question_of(typed)
        newest: dict[uuid.UUID, int] = {}
        for business, doc in self.docs if question.asks_something else ():
            day = dt.datetime.fromtimestamp(doc.at, dt.UTC).date()
            if (
                all(fits(doc, part) for part in question.parts)
                and not any(fits(doc, part) for part in question.without)
                and all(name in business.lower() for name in question.clients)
                and (question.since or day) <= day
                and (question.until is None or day < question.until)
            ):
                newest[doc.ticket] = max(newest.get(doc.ticket, 0), doc.at)
        return sorted(newest, key=lambda ref: -newest[ref])


def seen_by(who: Viewer) -> Seen:
    """Return what somebody sees, asked of the doors request by request."""
    return Seen(
        [
            (ticket.business.name, doc)
            for ticket in tickets_visible_to(who).select_related("business")
            for doc in docs_of(list(messages_visible_to(who, ticket).values_list("pk", flat=True)))
        ]
    )


def fits(doc: Doc, part: Part) -> bool:
    """Whether a message says it."""
    return any(spelling in getattr(doc, part.where) for spelling in part.spellings)


def _file(cast: Cast, engagements: list[object], n: int, at: dt.datetime) -> object:
    business = cast.tilden if engagements == [cast.tilden_engagement] else cast.oakhurst
    return store_file(business=business, data=f"file {n}".encode(), now=at)
