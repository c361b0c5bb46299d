"""The agreement: who answers for it, levels, hours, terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from quietmonday.people.forms.fields import LengthField, check_part, country_field, part_field, zone_field
from quietmonday.people.logic.hours import HoursRefused, hours_text, parse_hours
from quietmonday.people.logic.levels import PRIORITIES, Level, LevelRefused
from quietmonday.people.models import AgreementKind, Engagement, Person
from quietmonday.people.templatetags.people_words import DAY_NAMES, PRIORITY_NAMES

MOST_HOLIDAYS = 200

_HOURS_ERRORS = {
    "shape": _("We cannot read “%(part)s”. Write hours like 09:00-17:00, or 09:00-12:30, 13:30-17:00."),
    "overlap": _("The hours that begin at %(part)s overlap with others of this day."),
    "too_many": _("At most four stretches a day: “%(part)s” is one too many."),
}


class RelationshipForm(forms.Form):
    """Who answers for an engagement. A side that the viewer does not lead has no field here."""

    def __init__(
        self,
        *args: Any,
        engagement: Engagement,
        ours: Sequence[Person] | None,
        theirs: Sequence[Person] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._engagement = engagement
        self._people = {str(person.pk): person for person in [*(ours or ()), *(theirs or ())]}
        if ours is not None:
            self._choice("owner", _("Owner at the business"), ours)
            self._choice("stand_in", _("Stand-in, for when the owner is away"), ours)
        if theirs is not None:
            self._choice("counterpart", _("Counterpart at the supplier"), theirs)

    def _choice(self, name: str, label: Any, people: Sequence[Person]) -> None:
        chosen = getattr(self._engagement, f"{name}_id")
        self.fields[name] = forms.ChoiceField(
            label=label,
            required=False,
            choices=[("", _("nobody yet")), *((str(person.pk), person.name) for person in people)],
            initial=str(chosen) if chosen else "",
        )

    def person(self, name: str) -> Person | None:
        """Return who was chosen; a side without a field keeps its person."""
        if name not in self.fields:
            kept: Person | None = getattr(self._engagement, name)
            return kept
        return self._people.get(self.cleaned_data[name])


class TermsForm(forms.Form):
    """How the support is paid for, and whose waiting counts."""

    agreement = forms.ChoiceField(
        label=_("How the support is paid for"), choices=AgreementKind.choices, widget=forms.RadioSelect
    )
    third_party_stops_clock = forms.BooleanField(
        label=_("Waiting for a third party stops the supplier's clock"), required=False
    )


class LevelsForm(forms.Form):
    """Three times for each of four priorities."""

    def __init__(self, *args: Any, levels: dict[int, Level], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for priority in PRIORITIES:
            level = levels.get(priority)
            for part, label in (
                ("response", _("First word within")),
                ("restore", _("Working again within")),
                ("update", _("Next word every")),
            ):
                self.fields[f"{part}_{priority}"] = LengthField(
                    label=label, initial=getattr(level, f"{part}_minutes", None)
                )
            self.fields[f"clock_{priority}"] = forms.BooleanField(
                label=_("Around the clock, nights and holidays too"),
                required=False,
                initial=level.around_the_clock if level else False,
            )

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields of each priority under its name."""
        return [
            (
                PRIORITY_NAMES[priority],
                [self[f"{part}_{priority}"] for part in ("response", "restore", "update", "clock")],
            )
            for priority in PRIORITIES
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        levels = {}
        for priority in PRIORITIES:
            response, restore, update = (data.get(f"{part}_{priority}") for part in ("response", "restore", "update"))
            if response is None or restore is None or update is None:
                continue
            try:
                levels[priority] = Level(response, restore, update, bool(data.get(f"clock_{priority}")))
            except LevelRefused:
                self.add_error(f"restore_{priority}", _("Working again cannot be due before the first word."))
        data["levels"] = levels
        return data


class HoursForm(forms.Form):
    """Zone, week, public holidays, own days off."""

    zone = zone_field()
    country = country_field()
    subdivision = part_field()
    holidays = forms.CharField(
        label=_("Own days off"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line, the date first: 2026-12-24 Christmas Eve"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, name in enumerate(DAY_NAMES):
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=name, required=False, max_length=60, help_text=_("Empty: closed") if weekday == 0 else ""
            )
        self.order_fields(["zone", *(f"day_{day}" for day in range(7)), "country", "subdivision", "holidays"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        check_part(self)
        week = {}
        for weekday in range(7):
            try:
                week[weekday] = parse_hours(data.get(f"day_{weekday}", ""))
            except HoursRefused as refused:
                self.add_error(f"day_{weekday}", _HOURS_ERRORS[refused.rule] % {"part": refused.part})
        data["week"] = {day: intervals for day, intervals in week.items() if intervals}
        return data

    def clean_holidays(self) -> dict[dt.date, str]:
        found: dict[dt.date, str] = {}
        for line in self.cleaned_data["holidays"].splitlines():
            if not line.strip():
                continue
            written, _space, name = line.strip().partition(" ")
            try:
                found[dt.date.fromisoformat(written)] = name.strip()
            except ValueError:
                raise ValidationError(
                    _("We cannot read “%(line)s”. Begin with the date, like 2026-12-24 Christmas Eve."),
                    params={"line": line.strip()[:80]},
                ) from None
        if len(found) > MOST_HOLIDAYS:
            raise ValidationError(_("At most 200 days off at a time."))
        return found


def hours_initial(
    zone: str,
    country: str,
    subdivision: str,
    week: dict[int, list[tuple[dt.time, dt.time]]],
    holidays: Sequence[tuple[dt.date, str]],
) -> dict[str, str]:
    """Return what HoursForm begins with."""
    return {
        "zone": zone,
        "country": country,
        "subdivision": subdivision,
        **{f"day_{day}": hours_text(intervals) for day, intervals in week.items()},
        "holidays": "\n".join(f"{date.isoformat()} {name}".strip() for date, name in holidays),
    }
