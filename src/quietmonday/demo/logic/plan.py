"""What happens in the made-up firm and when: every step of 18 months, in order, the same for the same end."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterator, Mapping
from typing import Any

from quietmonday.demo.logic.chance import Chance
from quietmonday.demo.logic.everyday import everyday_requests
from quietmonday.demo.logic.moments import Time
from quietmonday.demo.logic.steps import Begun, Course, Step
from quietmonday.demo.logic.story import Mail, Round, Story, Told
from quietmonday.people.logic.calendar import WorkingHours, interval
from quietmonday.people.logic.public_holidays import public_holidays
from quietmonday.support.logic.recurring import Rule, upcoming

WEEKS = 78
SEED = 20260601
_MONDAY_AT = (7, 30)


def plan(story: Story, end: dt.datetime, weeks: int = WEEKS) -> list[Step]:
    """Return all steps up to `end` (UTC), in the order in which they happen."""
    time = Time(hours_of(story, end), end)
    chance = Chance(random.Random(SEED), story.words)  # noqa: S311  # a story, no secret
    steps = [Step(at=time.local(time.monday(weeks), 6, 0), do="begin")]
    for told in story.told:
        if _begins(told, time, weeks):
            steps += told_request(told, story, time, chance)
    for business in story.businesses:
        steps += everyday_requests(business, story, time, chance, weeks)
    steps += _laid_ready(story, time, weeks)
    for each in story.rounds:
        steps += _round(each, story, time, weeks)
    steps += _gaps(story, time, weeks)
    steps += [_mail(each, number, time) for number, each in enumerate(story.mails)]
    steps += _mondays(story, time, weeks)
    steps.append(Step(at=end, do="look_again"))
    steps = [step for step in steps if steps[0].at <= step.at <= end]
    return sorted(steps, key=lambda step: step.at)  # stable: what is told first comes first


def hours_of(story: Story, end: dt.datetime) -> WorkingHours:
    """Return when people of the story are at work: weekdays from nine to five, no public holidays."""
    years = range(end.year - 2, end.year + 2)
    holidays = frozenset(public_holidays(story.country, story.subdivision or None, years))
    return WorkingHours.of(story.zone, {day: [interval("09:00", "17:00")] for day in range(5)}, holidays)


def told_request(told: Told, story: Story, time: Time, chance: Chance) -> Iterator[Step]:
    """Yield the steps of a request whose course is told move by move."""
    begun = Begun(
        key=told.key,
        business=told.business,
        of=told.of,
        by=told.by,
        way=told.way,
        can=told.can,
        priority=told.priority,
        subject=told.subject,
        text=told.text,
        files=told.files,
        template=told.template,
        answers=told.answers,
    )
    somebody = chance.somebody(story, told.of[0], "technician")
    took_it = next((story.person(move["to"]) for move in told.moves if move["do"] == "assign"), somebody)
    course = Course(begun, time, time.of(told.at), took_it)
    yield course.opens()
    for move in told.moves:
        yield course.moves(**_spelled(move))


def _spelled(move: Mapping[str, Any]) -> dict[str, Any]:
    return {("kind" if name == "as" else name): value for name, value in move.items()}


def _begins(told: Told, time: Time, weeks: int) -> bool:
    """Return whether a request lies in the story: a shorter one begins later."""
    return time.of(told.at) >= time.local(time.monday(weeks), 9, 0)


def _laid_ready(story: Story, time: Time, weeks: int) -> Iterator[Step]:
    """Yield what people lay ready; in a shorter story they do so as it begins."""
    first = _first_morning(time, weeks)
    for number, each in enumerate(story.ready):
        at = max(time.of(each.at), first + dt.timedelta(minutes=number))
        yield Step(at=at, do=each.what, more={"whose": each.by, **each.more})
    for each_round in story.rounds:
        yield Step(at=_round_begins(each_round, time, weeks), do="round", more={"round": each_round})


def _round(each: Round, story: Story, time: Time, weeks: int) -> Iterator[Step]:
    """Yield each time that a request comes round, and its course."""
    begins = _round_begins(each, time, weeks)
    rule = Rule(**each.rule)
    moments = upcoming(rule, starts_on=begins.date(), ends_on=time.end.date(), hours=time.hours, now=begins, most=weeks)
    for number, moment in enumerate(moments, 1):
        begun = Begun(
            key=f"{each.template}:{number}", business=each.business, of=(each.of,), by=each.by, way="schedule", can="",
            priority=4, subject="", text="",
        )  # fmt: skip
        yield Step(at=moment, do="comes_round", key=begun.key, more={"round": each})
        course = Course(begun, time, moment, story.person(each.helper))
        for move in each.moves:
            yield course.moves(**_spelled(move))


def _round_begins(each: Round, time: Time, weeks: int) -> dt.datetime:
    return max(time.of(each.at), _first_morning(time, weeks) + dt.timedelta(hours=1))


def _first_morning(time: Time, weeks: int) -> dt.datetime:
    return time.local(time.monday(weeks), 6, 30)


def _gaps(story: Story, time: Time, weeks: int) -> Iterator[Step]:
    for gap in story.gaps:
        begins = time.of(gap.at)
        if begins >= time.local(time.monday(weeks), 9, 0):
            more = {"business": gap.business, "why": gap.why}
            yield Step(at=begins, do="mailbox_read", more={"business": gap.business})
            yield Step(at=begins + dt.timedelta(minutes=5), do="mailbox_fails", more=more)
            yield Step(at=begins + dt.timedelta(hours=gap.hours), do="mailbox_read", more={"business": gap.business})


def _mail(mail: Mail, number: int, time: Time) -> Step:
    return Step(at=time.of(mail.at), do="mail", key=f"mail-{number}", more=dataclasses.asdict(mail))


def _mondays(story: Story, time: Time, weeks: int) -> Iterator[Step]:
    """Yield half past seven of each Monday: the week before is stated and sealed."""
    for back in range(weeks - 1, -1, -1):
        monday = time.local(time.monday(back), *_MONDAY_AT)
        for business in story.businesses:
            yield Step(at=monday, do="monday", more={"business": business.key})
