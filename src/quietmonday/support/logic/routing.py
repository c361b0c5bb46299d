"""Rules by which new mail is sorted: which conditions hold for a mail, and which rule is the first.

A rule places a mail with an engagement, or sets it aside as no call for help. It never says who somebody is, and never
shows a mail to anybody who would not see it without the rule: that the sender belongs to the business of the engagement
is looked at where the rule is used.
"""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.mail.heads import Head

PLACE, ASIDE = "place", "aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must hold for a mail; empty ones do not count. All of the others must."""

    plus_tag: str = ""  # help+printer@…: printer
    recipient: str = ""
    sender_domain: str = ""  # and what lies below it
    subject_words: str = ""
    header_name: str = ""
    header_words: str = ""  # empty: the field is there

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(
            self.plus_tag or self.recipient or self.sender_domain or self.subject_words.split() or self.header_name
        )


class HasConditions(Protocol):
    """A rule."""

    @property
    def conditions(self) -> Conditions: ...


Rule = TypeVar("Rule", bound=HasConditions)


def first_fitting(rules: Iterable[Rule], head: Head) -> Rule | None:
    """Return the first rule whose conditions hold, None if there is none."""
    return next((rule for rule in rules if holds(rule.conditions, head)), None)


def holds(conditions: Conditions, head: Head) -> bool:
    """Return whether all conditions hold. Without any, none does."""
    return conditions.any and all(check(conditions, head) for check in _CHECKS)


def _tagged(conditions: Conditions, head: Head) -> bool:
    wanted = conditions.plus_tag.lower()
    return not wanted or any(_tag(each) == wanted for each in head.recipients)


def _tag(address: str) -> str:
    tag = address.rpartition("@")[0].partition("+")[2]
    return "" if tag.startswith("r.") else tag  # signed addresses of ours are no tags


def _to(conditions: Conditions, head: Head) -> bool:
    wanted = normalise(conditions.recipient)
    return not wanted or any(normalise(each) == wanted for each in head.recipients)


def _from(conditions: Conditions, head: Head) -> bool:
    wanted = conditions.sender_domain.lower().lstrip("@")
    host = normalise(head.sender).rpartition("@")[2]
    return not wanted or host == wanted or host.endswith(f".{wanted}")


def _about(conditions: Conditions, head: Head) -> bool:
    return _has_words(head.subject, conditions.subject_words)


def _field(conditions: Conditions, head: Head) -> bool:
    if not conditions.header_name:
        return True
    values = head.values(conditions.header_name)
    return any(_has_words(value, conditions.header_words) for value in values)


_CHECKS = (_tagged, _to, _from, _about, _field)


def _has_words(text: str, wanted: str) -> bool:
    """Return whether every one of the words stands in the text, as whole words or a part of one that begins so."""
    words = [word.casefold() for word in wanted.split()]
    there = re.split(r"[\s,;:!?()\[\]\"“”„]+", text.casefold()) if words else []
    return all(any(each.startswith(word) for each in there) for word in words)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule comes to for one mail: `aside`, or what the request will have. Nothing at all: as without rules."""

    aside: bool = False
    engagement: uuid.UUID | None = None
    priority: int | None = None
    assignee: uuid.UUID | None = None
    template: uuid.UUID | None = None
    tags: str = ""


class Places(HasConditions, Protocol):
    """A rule with what it does."""

    action: str
    engagement_id: uuid.UUID | None
    priority: int | None
    assignee_id: uuid.UUID | None
    template_id: uuid.UUID | None
    tags: str


def ruling(rules: Sequence[Places], head: Head, of_sender: frozenset[uuid.UUID]) -> Ruling:
    """Return what the rules come to for a mail. `of_sender`: the engagements of businesses that its sender belongs to;
    a rule that names another one changes nothing."""
    rule = first_fitting(rules, head)
    if rule is None:
        return Ruling()
    if rule.action == ASIDE:
        return Ruling(aside=True)
    if rule.engagement_id not in of_sender:
        return Ruling()
    return Ruling(
        engagement=rule.engagement_id,
        priority=rule.priority,
        assignee=rule.assignee_id,
        template=rule.template_id,
        tags=rule.tags,
    )
