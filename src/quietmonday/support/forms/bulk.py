"""One change for many requests: a form for each kind of it. A further kind is one more entry of BULK_FORMS."""

from __future__ import annotations

import abc
import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.logic.calendar import to_utc, zone_named
from quietmonday.people.models import Person
from quietmonday.support.actions.bulk import Change, HandOver, Prioritise, PutAside, PutOff, PutTags
from quietmonday.support.forms.linking import TagsForm
from quietmonday.support.forms.settling import AsideForm, PriorityForm

_CHOOSE = gettext_lazy("Choose one.")
MORNING = dt.time(8)
LONGEST = dt.timedelta(days=365)


class BulkForm(forms.Form):
    """What is to be done to the chosen requests. `title` heads it, `press` is what its button says."""

    title: ClassVar[Any]
    press: ClassVar[Any]

    def __init__(self, *args: Any, colleagues: list[Person], zone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now

    @abc.abstractmethod
    def change(self) -> Change:
        """Return what a valid form asks for."""


class HandOverForm(BulkForm):
    """To whom."""

    title, press = gettext_lazy("Hand over"), gettext_lazy("Hand over")

    def __init__(self, *args: Any, colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, colleagues=colleagues, **kwargs)
        self.by_id = {str(person.pk): person for person in colleagues}
        self.fields["person"] = forms.ChoiceField(
            label=_("To whom"),
            choices=[
                ("", "–"),
                *((ref, person.name) for ref, person in self.by_id.items()),
                ("nobody", _("Nobody in particular")),
            ],
            error_messages={"required": _CHOOSE},
        )

    def change(self) -> Change:
        return HandOver(self.by_id.get(self.cleaned_data["person"]))


class HowUrgentForm(BulkForm):
    """How urgent."""

    title, press = gettext_lazy("How urgent"), gettext_lazy("Change it")
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How urgent"),
        coerce=int,
        choices=[("", "–"), *PriorityForm.base_fields["priority"].choices],  # type: ignore[attr-defined]  # it is a field of choices
        error_messages={"required": _CHOOSE},
    )

    reason = PriorityForm.base_fields["reason"]

    def change(self) -> Change:
        return Prioritise(self.cleaned_data["priority"], self.cleaned_data["reason"])


class PutTagsForm(BulkForm, TagsForm):
    """By which words they are found again."""

    title, press = gettext_lazy("Tags"), gettext_lazy("Put them on")

    def change(self) -> Change:
        return PutTags(tuple(self.cleaned_data["tags"]))


class PutOffForm(BulkForm):
    """Until when they are out of sight."""

    title, press = gettext_lazy("Snooze"), gettext_lazy("Snooze")
    day = forms.DateField(
        label=gettext_lazy("Until the morning of"),
        required=False,
        help_text=gettext_lazy("Without a day: until somebody writes. What is due comes back two hours before."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write a date, such as 2026-11-26.")},
    )

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        today = self.now.astimezone(zone_named(self.zone)).date()
        if day is not None and not today < day <= today + LONGEST:
            raise forms.ValidationError(_("Choose a day to come, within a year."))
        return day

    def change(self) -> Change:
        day = self.cleaned_data["day"]
        return PutOff(to_utc(dt.datetime.combine(day, MORNING), self.zone) if day else None)


class PutAsideForm(BulkForm):
    """No calls for help at all."""

    title, press = gettext_lazy("No request after all"), gettext_lazy("Set aside")
    state = forms.ChoiceField(
        label=gettext_lazy("What they are"),
        choices=[("", "–"), *AsideForm.base_fields["state"].choices],  # type: ignore[attr-defined]  # it is a field of choices
        error_messages={"required": _CHOOSE},
    )
    note = AsideForm.base_fields["note"]

    def change(self) -> Change:
        return PutAside(self.cleaned_data["state"], self.cleaned_data["note"])


BULK_FORMS: dict[str, type[BulkForm]] = {
    HandOver.kind: HandOverForm,
    Prioritise.kind: HowUrgentForm,
    PutTags.kind: PutTagsForm,
    PutOff.kind: PutOffForm,
    PutAside.kind: PutAsideForm,
}
