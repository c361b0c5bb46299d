"""The form by which a common request is let come by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Engagement
from quietmonday.support.logic.recurring import NeverDue, Rule
from quietmonday.support.templatetags.recurring_words import NTH, WEEKDAYS, month_name

FARTHEST = dt.timedelta(days=731)


class RecurringForm(forms.Form):
    """For whom, by which rule, from when to when. `today`: of the business that is chosen, or of ours."""

    every = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[
            ("week", gettext_lazy("Every week")),
            ("month", gettext_lazy("Every month")),
            ("quarter", gettext_lazy("Every quarter")),
            ("year", gettext_lazy("Every year")),
        ],
        initial="month",
        widget=forms.RadioSelect,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days"),
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
    )
    day = forms.IntegerField(
        label=gettext_lazy("On day"),
        required=False,
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("1 to 31; in a shorter month its last day. Leave it empty to say a weekday instead."),
    )
    nth = forms.TypedChoiceField(
        label=gettext_lazy("Or on"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("no weekday")), *NTH.items()],
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"), required=False, coerce=int, empty_value=None, choices=list(enumerate(WEEKDAYS))
    )
    quarter_month = forms.TypedChoiceField(
        label=gettext_lazy("In which month of the quarter"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(1, gettext_lazy("the first")), (2, gettext_lazy("the second")), (3, gettext_lazy("the third"))],
    )
    at = forms.TimeField(
        label=gettext_lazy("At"),
        initial="09:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write a time, such as 09:00.")},
    )
    next_open_day = forms.BooleanField(
        label=gettext_lazy("On a day off, the next working day"), required=False, initial=True
    )
    starts_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write a date, such as 2026-11-26.")},
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Left empty, until somebody ends it."),
        error_messages={"invalid": gettext_lazy("Write a date, such as 2026-11-26.")},
    )

    def __init__(self, *args: Any, engagements: Sequence[Engagement], today: dt.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": today, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.today = today
        self.engagements = {str(each.id): each for each in engagements}
        names = [(ref, f"{each.business.name}, {each.supplier.name}") for ref, each in self.engagements.items()]
        self.fields["engagement"] = forms.ChoiceField(
            label=_("For whom"), choices=names if len(names) == 1 else [("", _("Choose")), *names]
        )
        self.fields["year_month"] = forms.TypedChoiceField(
            label=_("In which month"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[(month, month_name(month)) for month in range(1, 13)],
        )

    def clean_starts_on(self) -> dt.date:
        starts_on: dt.date = self.cleaned_data["starts_on"]
        if starts_on < self.today - dt.timedelta(days=1):  # it may still be yesterday where the client is
            raise forms.ValidationError(_("Choose today or a day to come."))
        if starts_on > self.today + FARTHEST:
            raise forms.ValidationError(_("Choose a day within the next two years."))
        return starts_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day comes before the first."))
        if {"every", "at"} <= cleaned.keys() and not {"day", "nth", "weekdays"} & self.errors.keys():
            try:
                cleaned["rule"] = _rule(cleaned)
            except NeverDue as never:
                field, words = _NEVER[never.rule]
                self.add_error(field, str(words))
        return cleaned


def _rule(cleaned: dict[str, Any]) -> Rule:
    every = cleaned["every"]
    common = {"every": every, "at": cleaned["at"].strftime("%H:%M"), "next_open_day": cleaned["next_open_day"]}
    if every == "week":
        return Rule(weekdays=tuple(sorted(cleaned["weekdays"])), **common)
    month = {"quarter": cleaned["quarter_month"], "year": cleaned["year_month"]}.get(every) or 1
    day, nth = cleaned["day"] or 0, cleaned["nth"] or 0
    return Rule(day=day, nth=nth, weekday=(cleaned["weekday"] or 0) if nth else 0, month=month, **common)


_NEVER = {
    "no_weekday": ("weekdays", gettext_lazy("Choose at least one day of the week.")),
    "no_day": ("day", gettext_lazy("Say either a day of the month or a weekday, not both.")),
    "no_such_day": ("day", gettext_lazy("That month never has such a day, so it would never come. Choose another.")),
}
