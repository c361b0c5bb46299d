"""The everyday of a business: what goes wrong in which week, and how it went, by chance with a fixed seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from quietmonday.demo.logic.chance import Chance
from quietmonday.demo.logic.moments import Time
from quietmonday.demo.logic.steps import Begun, Course, Step
from quietmonday.demo.logic.story import Everyday, Firm, Story
from quietmonday.people.logic.calendar import is_open_day
from quietmonday.people.logic.levels import DEFAULT_LEVELS

CALM_WEEKS = 8
"""For so many weeks up to the end no everyday request falls on a Monday morning."""

TOLD_WEEK = 1
"""Last week is told request by request."""

_LATE = (0.34, 0.2, 0.08)  # how often a prompt supplier is late, in each third of the story
_MOST_TALK = 4 * 3600


def everyday_requests(business: Firm, story: Story, time: Time, chance: Chance, weeks: int) -> Iterator[Step]:
    """Yield the steps of the everyday requests of `business`, week by week, as many as it is busy."""
    deck: list[Everyday] = []
    latest = time.before_end(8 * 3600)  # what is open now is told
    number = 0
    for back in range(weeks, -1, -1):
        third = min(2, 3 * (weeks - back) // weeks)
        for _ in range(chance.about(business.busy[third])):
            if not deck:
                deck = [each for each in story.everyday if business.key in each.businesses]
                chance.source.shuffle(deck)
            moment = _moment(time, chance, back)
            each = deck.pop()
            number += 1
            if moment is not None and back != TOLD_WEEK and moment < latest:
                yield from _request(each, f"{business.key}-{number}", business.key, moment, third, story, time, chance)


def _moment(time: Time, chance: Chance, back: int) -> dt.datetime | None:
    """Return when somebody asks in that week; None on a day on which nobody works."""
    day = time.monday(back) + dt.timedelta(days=chance.one_of((0, 0, 1, 1, 2, 3, 4)))
    calm_morning = back <= CALM_WEEKS and day.weekday() == 0
    minutes = int(chance.between(12 * 60 + 20 if calm_morning else 8 * 60 + 5, 16 * 60 + 30))
    if not is_open_day(time.hours, day):
        return None
    return time.local(day, *divmod(minutes, 60))


def _request(
    each: Everyday, key: str, business: str, moment: dt.datetime, third: int, story: Story, time: Time, chance: Chance
) -> Iterator[Step]:
    by = chance.somebody(story, business, chance.one_of(each.teams) if each.teams else "")
    helper = chance.somebody(story, each.of, "technician")
    words = {**chance.chosen_words(), "first": by.name.split()[0], "helper": helper.name.split()[0]}
    way = _way(each, business, story, chance)
    begun = Begun(
        key=key,
        business=business,
        of=(each.of,),
        by=by.key,
        way=way,
        can="" if way == "email" else each.can,
        priority=3 if way == "email" else {"no": 2, "partly": 3}.get(each.can, 3),
        subject=each.subject.format_map(words),
        text=chance.one_of(each.texts).format_map(words),
    )
    course = Course(begun, time, moment, helper)
    yield course.opens()
    manner = story.manner(business, each.of)
    if manner == "silent" and third == 2:
        if chance.happens(0.5):
            yield course.moves(do="fixed", after=f"{chance.between(9, 14):.1f} days")
        return
    late = chance.happens(_LATE[third] if manner == "prompt" else 0.5)
    yield from _handled(each, course, late, words, chance)


def _way(each: Everyday, business: str, story: Story, chance: Chance) -> str:
    """Return how it came; a mail comes to the supplier whose mailbox is read."""
    way = chance.one_of(each.ways)
    reads_mail = next(firm.mailbox for firm in story.businesses if firm.key == business) == each.of
    return "web" if way == "email" and not reads_mail else way


def _handled(each: Everyday, course: Course, late: bool, words: dict[str, str], chance: Chance) -> Iterator[Step]:
    """Answered, talked over, settled, and said how it was; sometimes it comes back."""
    level = DEFAULT_LEVELS[course.begun.priority]
    if chance.happens(0.6):
        yield course.moves(do="assign", after="1 min", to=course.helper.key)
    answer, restore = level.response_minutes, level.restore_minutes
    first = chance.between(1.1, 2.0) * answer if late and chance.happens(0.5) else chance.between(0.04, 0.6) * answer
    until = chance.between(1.05, 1.7) * restore if late else chance.between(0.05, 0.45) * restore
    rest = max(10.0, until - first) / max(1, len(each.talk))
    for number, line in enumerate(each.talk):
        who, _, text = line.partition(" ")
        after = first if number == 0 else min(rest, _MOST_TALK / 60) * chance.between(0.5, 1.0)
        move = "say" if who == "us" else "hear"
        yield course.moves(do=move, after=f"{after:.0f} min", text=text.format_map(words))
    yield from _settled(each, course, f"{max(5.0, rest):.0f} min", words, chance)


def _settled(each: Everyday, course: Course, after: str, words: dict[str, str], chance: Chance) -> Iterator[Step]:
    note = each.note.format_map(words)
    if each.end == "workaround":
        days = int(chance.between(4, 15))
        yield course.moves(do="workaround", after=after, text=note, days=days)
    else:
        yield course.moves(do=each.end, after=after, text=note)
    said = chance.source.choices(("", "solved", "partly", "not_solved"), (38, 55, 4, 3))[0]
    if said:
        text = chance.one_of(_NOT_SOLVED) if said == "not_solved" else ""
        yield course.moves(do="answer", after=f"{chance.between(5, 400):.0f} min", said=said, text=text)
    if said == "not_solved":
        yield course.moves(do="say", after=f"{chance.between(10, 90):.0f} min", text=chance.one_of(_AGAIN))
        yield course.moves(do="fixed", after=f"{chance.between(60, 300):.0f} min", text=note)
    elif each.end == "workaround" and chance.happens(0.85):
        yield course.moves(do="permanent", after=f"{chance.between(2, 12):.1f} days")


_NOT_SOLVED = (
    "It worked for ten minutes, then the same again.",
    "Sorry, it is back this morning.",
    "Not quite: it does it again as soon as I restart.",
)
_AGAIN = (
    "Thank you for saying so. I was too quick there; I am looking at it again now.",
    "Understood, I have it open again and will not close it before you have tried it for a day.",
)
