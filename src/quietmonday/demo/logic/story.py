"""What is told of the made-up firm, as plain values; `read_story` makes them of what its files hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

READY = ("template", "reply", "view")


@dataclasses.dataclass(frozen=True, slots=True)
class Somebody:
    """A person by a short key. `place`: key of their firm; `team`: who asks for what; `role` "" without a login."""

    key: str
    place: str
    name: str
    job: str
    team: str
    role: str
    email: str


@dataclasses.dataclass(frozen=True, slots=True)
class Firm:
    """A business or a supplier by its key, with the host of its addresses. `mailbox`: where a business writes to."""

    key: str
    name: str
    host: str
    phone: str = ""
    mailbox: str = ""
    busy: tuple[float, ...] = ()  # requests a week, from the first third of the story to the last


@dataclasses.dataclass(frozen=True, slots=True)
class Deal:
    """Who buys from whom, and who answers for it. `manner` is how the supplier behaves: prompt, slow or silent."""

    business: str
    supplier: str
    owner: str
    stand_in: str
    counterpart: str
    agreement: str
    agreed: bool
    manner: str


@dataclasses.dataclass(frozen=True, slots=True)
class Everyday:
    """Something that goes wrong now and then. `talk`: lines "us …", "them …"; `end`: fixed, workaround, unknown."""

    of: str
    businesses: tuple[str, ...]
    teams: tuple[str, ...]
    can: str
    ways: tuple[str, ...]
    subject: str
    texts: tuple[str, ...]
    talk: tuple[str, ...]
    end: str
    note: str


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """One request whose course is told move by move. `at`: when, as `logic.plan` reads it."""

    key: str
    business: str
    of: tuple[str, ...]
    at: str
    by: str
    way: str
    can: str
    priority: int
    subject: str
    text: str
    files: tuple[str, ...]
    template: str
    answers: Mapping[str, Any]  # a whole number: so many days later
    moves: tuple[Mapping[str, Any], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Ready:
    """Something people lay ready for later. `what`: template, reply, view; `more`: what it says."""

    what: str
    at: str
    by: str
    more: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Round:
    """A request that comes round by itself, by a template, and its course each time. `rule`: of `logic.recurring`;
    `by` began it, `helper` sees to it."""

    at: str
    template: str
    business: str
    of: str
    by: str
    helper: str
    rule: Mapping[str, Any]
    moves: tuple[Mapping[str, Any], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Mail:
    """A mail that becomes no request: advertising, an automatic answer, somebody nobody knows."""

    business: str
    at: str
    sender: str
    subject: str
    text: str
    headers: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the mailbox of a business could not be read: from when, for how many hours, and why."""

    business: str
    at: str
    hours: int
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """All of it."""

    zone: str
    country: str
    subdivision: str
    suppliers: tuple[Firm, ...]
    businesses: tuple[Firm, ...]
    people: tuple[Somebody, ...]
    deals: tuple[Deal, ...]
    looks: Mapping[str, str]  # owner, technician, staff → key of a person
    words: Mapping[str, Sequence[str]]
    everyday: tuple[Everyday, ...]
    told: tuple[Told, ...]
    ready: tuple[Ready, ...]
    rounds: tuple[Round, ...]
    mails: tuple[Mail, ...]
    gaps: tuple[Gap, ...]

    def person(self, key: str) -> Somebody:
        """Return the person with this key. Raises KeyError."""
        return {each.key: each for each in self.people}[key]

    def at(self, place: str) -> list[Somebody]:
        """Return the people of a firm."""
        return [each for each in self.people if each.place == place]

    def manner(self, business: str, supplier: str) -> str:
        """Return how a supplier behaves towards a business."""
        return next(each.manner for each in self.deals if (each.business, each.supplier) == (business, supplier))


def read_story(firms: Mapping[str, Any], requests: Sequence[Mapping[str, Any]]) -> Story:
    """Return the story of what the files hold, as parsed TOML: `firms`, and `requests` file after file."""
    suppliers, businesses = (tuple(Firm(**_tuples(each)) for each in firms[kind]) for kind in ("supplier", "business"))
    hosts = {each.key: each.host for each in (*suppliers, *businesses)}
    people = tuple(_somebody(each, hosts) for each in firms["person"])
    return Story(
        **firms["where"],
        suppliers=suppliers,
        businesses=businesses,
        people=people,
        deals=tuple(Deal(**each) for each in firms["deal"]),
        looks=firms["looks"],
        words=firms["words"],
        everyday=tuple(_everyday(each) for file in requests for each in file.get("everyday", ())),
        told=tuple(_told(each) for file in requests for each in file.get("told", ())),
        ready=tuple(_ready(what, each) for file in requests for what in READY for each in file.get(what, ())),
        rounds=tuple(Round(**_tuples(each)) for file in requests for each in file.get("round", ())),
        mails=tuple(Mail(headers=each.get("headers", {}), **_without(each, "headers")) for each in firms["mail"]),
        gaps=tuple(Gap(**each) for each in firms["gap"]),
    )


def _ready(what: str, each: Mapping[str, Any]) -> Ready:
    more = {name: value for name, value in each.items() if name not in ("at", "by")}
    return Ready(what=what, at=each["at"], by=each["by"], more=more)


def _somebody(each: Mapping[str, Any], hosts: Mapping[str, str]) -> Somebody:
    return Somebody(
        key=each["key"],
        place=each["place"],
        name=each["name"],
        job=each.get("job", ""),
        team=each.get("team", ""),
        role=each.get("role", ""),
        email=f"{each['key']}@{hosts[each['place']]}",
    )


def _everyday(each: Mapping[str, Any]) -> Everyday:
    return Everyday(
        of=each.get("of", "it"),
        businesses=tuple(each.get("businesses", ("joinery",))),
        teams=tuple(each.get("teams", ())),
        can=each["can"],
        ways=tuple(each.get("ways", ("web", "web", "email", "phone"))),
        subject=each["subject"],
        texts=tuple(each["texts"]),
        talk=tuple(each["talk"]),
        end=each.get("end", "fixed"),
        note=each["note"],
    )


def _told(each: Mapping[str, Any]) -> Told:
    return Told(
        key=each["key"],
        business=each.get("business", "joinery"),
        of=tuple(each.get("of", ("it",))),
        at=each["at"],
        by=each["by"],
        way=each.get("way", "web"),
        can=each.get("can", ""),
        priority=each.get("priority", 3),
        subject=each["subject"],
        text=each["text"],
        files=tuple(each.get("files", ())),
        template=each.get("template", ""),
        answers=each.get("answers", {}),
        moves=tuple(each.get("moves", ())),
    )


def _tuples(each: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in each.items()}


def _without(each: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in each.items() if key != name}
