"""Two businesses full of everything that the product can hold, made by its own verbs, and who looks at it."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.conf import settings
from django.test.client import Client, ClientHandler

from quietmonday.demo.actions.making import ask_for_firm
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.engagements import engage
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import (
    Business,
    Membership,
    Role,
    Supplier,
)
from quietmonday.work.models import Numbers
from tests.boundaries.sweep.canaries import Canaries, plant
from tests.boundaries.sweep.stories import (
    DAY,
    HOUR,
    NOW,
    Table,
    actor_of,
    everybodys_mailboxes,
    fill,
    requests_with_other_suppliers,
)
from tests.boundaries.sweep.stories_of_calls import common_requests, on_the_shared_request
from tests.boundaries.sweep.stories_of_programs import programs_of, token_of
from tests.boundaries.sweep.stories_of_queue import queue_of_table
from tests.boundaries.sweep.stories_of_relations import relate
from tests.cast import SINCE, Cast, Member, make_cast, sign_in

VIEWERS = {
    "ruth": "owner",
    "maria": "stand-in",
    "dele": "staff who asked",
    "bill": "other staff",
    "sam": "technician",
    "asha": "manager",
    "ines": "manager of the other supplier",
    "hal": "manager of a supplier that has gone",
    "jo": "owner of another business",
    "kim": "staff of another business",
    "lee": "technician of another business",
    "ada": "administrator",
    "rita": "reader at the business",
    "theo": "reader at the supplier",
    "finn": "ended member, session still open",
    "tess": "member from tomorrow on",
    "nobody": "signed out",
}


@dataclasses.dataclass
class World:
    """Everybody and everything, by name; `sessions` holds the cookie of each viewer, `tokens` their API token."""

    cast: Cast
    objects: dict[str, Any] = dataclasses.field(default_factory=dict)
    sessions: dict[str, str] = dataclasses.field(default_factory=dict)
    tokens: dict[str, str] = dataclasses.field(default_factory=dict)
    canaries: Canaries = dataclasses.field(default_factory=Canaries)
    reached: set[str] = dataclasses.field(default_factory=set)
    handler: ClientHandler = dataclasses.field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))
    """One for all browsers: the middleware looks through every static file when it is loaded."""

    def __getitem__(self, name: str) -> Any:
        return self.objects[name]

    def client(self, viewer: str) -> Client:
        """Return a browser of the viewer as it stands when the world is ready."""
        client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")
        client.handler = self.handler
        if cookie := self.sessions[viewer]:
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return client

    def program(self, viewer: str, **more: Any) -> Client:
        """Return a program that shows the viewer's token."""
        token = self.tokens[viewer]
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7", **headers, **more)
        client.handler = self.handler
        return client


def make_world(copies: int = 1) -> World:
    """Write the world as it stands at NOW and return it; `copies`: how many rows every list has at least."""
    cast = make_cast(NOW)
    world = World(cast)
    world.objects |= {name: getattr(cast, name) for name in VIEWERS if hasattr(cast, name)}
    _those_who_left_and_those_to_come(world)
    ours = Table(
        cast.oakhurst, cast.fennimore, cast.engagement, cast.ruth, cast.dele, cast.sam, "ours",
        says=lambda place: "Printer: markoursx",
        notes=lambda place: "Between us: marknotefennimorex",
        mails=lambda place: "Scanner: markpostx",
    )  # fmt: skip
    word = world.canaries.word
    theirs = Table(
        cast.tilden, cast.brightwell, cast.tilden_engagement, cast.jo, cast.kim, cast.lee, "theirs",
        says=lambda place: word(f"support.said.{place}"),
        notes=lambda place: word(f"support.noted.{place}"),
        mails=lambda place: word(f"post.mail.{place}"),
    )  # fmt: skip
    Numbers.objects.create(business=cast.tilden, last=700)  # no number of Tilden's is one of Oakhurst's
    for table in (ours, theirs):
        fill(world, table, copies)
        common_requests(world, table, copies)
    requests_with_other_suppliers(world)
    on_the_shared_request(world)
    for table in (ours, theirs):
        relate(world, table, copies)
    world.objects["shared_party"] = world["shared"].parties.get(engagement=cast.line_engagement)
    everybodys_mailboxes(world, copies)
    for viewer in VIEWERS:
        if viewer not in {"finn", "nobody"}:
            world.sessions[viewer] = _session(world[viewer])
    world.sessions["nobody"] = world.tokens["nobody"] = ""
    for viewer in VIEWERS:
        if viewer not in {"finn", "nobody"}:
            world.tokens[viewer] = token_of(world[viewer])
    for table in (ours, theirs):
        world.objects |= programs_of(table, copies)
        world.objects |= queue_of_table(table, world[f"{table.prefix}_waiting"], copies)
    _more_clients(world, copies - 1)
    ask_for_firm(actor=actor_of(cast.ada), now=NOW, here=True, weeks=1)
    world.reached = plant(world.canaries, cast)
    world.objects |= {name: type(each).objects.get(pk=each.pk) for name, each in world.objects.items() if _row(each)}
    return world


def _more_clients(world: World, many: int) -> None:
    """Further businesses that buy from both suppliers of Oakhurst."""
    for number in range(many):
        business = Business.objects.create(name=f"Client {number}", began_at=SINCE)
        for supplier in (world.cast.fennimore, world.cast.norvane):
            engage(business=business, supplier=supplier, country="GB", actor=SYSTEM, now=SINCE)
        Supplier.objects.create(name=f"Supplier {number}", began_at=SINCE)


def _row(each: Any) -> bool:
    return hasattr(each, "pk") and hasattr(type(each), "objects")


def _session(member: Member) -> str:
    client = sign_in(Client(), member)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _those_who_left_and_those_to_come(world: World) -> None:
    """Finn's session is older than the end of his role; Hal's firm no longer serves Oakhurst; Tess begins tomorrow."""
    cast = world.cast
    cast.finn.membership.ends_at = None
    cast.finn.membership.save()
    world.sessions["finn"], world.tokens["finn"] = _session(cast.finn), token_of(cast.finn)
    end_membership(membership=cast.finn.membership, actor=actor_of(cast.asha), now=NOW - HOUR)

    harrow = Supplier.objects.create(name="Harrow Systems", began_at=SINCE)
    hal = add_person(
        place=harrow, name="Hal Harrow", emails=["hal@harrow.example"], role=Role.MANAGER, actor=SYSTEM, now=SINCE
    )
    tess = add_person(
        place=cast.oakhurst, name="Tess New", emails=["tess@oakhurst.example"], role=Role.OWNER, actor=SYSTEM, now=SINCE
    )
    Membership.objects.filter(person=tess).update(starts_at=NOW + DAY)
    rita = add_person(
        place=cast.oakhurst, name="Rita Reader", emails=["rita@oakhurst.example"], role=Role.READER, actor=SYSTEM,
        now=SINCE,
    )  # fmt: skip
    theo = add_person(
        place=cast.fennimore, name="Theo Reader", emails=["theo@fennimore.example"], role=Role.READER, actor=SYSTEM,
        now=SINCE,
    )  # fmt: skip
    world.objects["harrow"] = harrow
    for name, person in (("hal", hal), ("tess", tess), ("rita", rita), ("theo", theo)):
        membership = Membership.objects.select_related("account").get(person=person)
        world.objects[name] = Member(person, membership.account, membership, membership.account.email)
    world.objects["past_engagement"] = engage(
        business=cast.oakhurst, supplier=harrow, country="GB", actor=SYSTEM, now=SINCE
    )
