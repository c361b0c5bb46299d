"""Forms by which a request ends, comes back, is handed over or judged."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Person
from quietmonday.support.forms.talking import text_field

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def note_field(label: StrOrPromise, **kwargs: Any) -> forms.CharField:
    """Return a field for a sentence or two."""
    return forms.CharField(
        label=label, max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs
    )


class ResolutionForm(forms.Form):
    """Working again: for good, by a workaround until a date, or nobody knows why."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How it stands"),
        choices=[
            ("fixed", gettext_lazy("Working again, for good")),
            ("workaround", gettext_lazy("Held by a workaround")),
            ("unknown", gettext_lazy("Working again, we do not know why")),
        ],
    )
    until = forms.DateField(
        label=gettext_lazy("Permanent fix by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write a date, such as 2026-11-26.")},
    )
    note = note_field(gettext_lazy("What was done, for the client"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "workaround" and "until" not in self.errors:
            until = cleaned.get("until")
            if until is None:
                self.add_error("until", _("Say by when the permanent fix comes. A workaround without a date stays."))
            elif until < self.today:
                self.add_error("until", _("Choose today or a day to come."))
            elif until > self.today + dt.timedelta(days=730):
                self.add_error("until", _("Choose a day within the next two years."))
        return cleaned


class ReopeningForm(forms.Form):
    """It is not solved: what is still wrong."""

    note = note_field(gettext_lazy("What is still wrong?"))


class AsideForm(forms.Form):
    """It is no call for help."""

    state = forms.ChoiceField(
        label=gettext_lazy("No request after all"),
        choices=[
            ("cancelled", gettext_lazy("Not needed any more")),
            ("duplicate", gettext_lazy("Part of another request")),
            ("spam", gettext_lazy("Not a request at all")),
        ],
    )
    note = note_field(gettext_lazy("Why, for the client"))


class AssignmentForm(forms.Form):
    """Who works on it from now on."""

    def __init__(self, *args: Any, colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(person.id): person for person in colleagues}
        self.fields["person"] = forms.ChoiceField(
            label=_("Hand over to"),
            required=False,
            choices=[("", _("Nobody in particular")), *((ref, person.name) for ref, person in self.by_id.items())],
            widget=forms.Select(attrs={"data-key": "a"}),
        )

    def chosen(self) -> Person | None:
        """Return the person, or None for nobody in particular."""
        return self.by_id.get(self.cleaned_data["person"])


class PriorityForm(forms.Form):
    """How urgent it is."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("How urgent"),
        coerce=int,
        choices=[
            (1, gettext_lazy("Urgent")),
            (2, gettext_lazy("High")),
            (3, gettext_lazy("Normal")),
            (4, gettext_lazy("Whenever it suits")),
        ],
    )
    reason = note_field(
        gettext_lazy("Why"), help_text=gettext_lazy("The client reads it. Needed where whom it hits says otherwise.")
    )


class DisputeForm(forms.Form):
    """The supplier objects to a verdict, in words that the owner reads."""

    about = forms.ChoiceField(
        label=gettext_lazy("Which verdict"),
        choices=[("quick", gettext_lazy("Quick?")), ("effective", gettext_lazy("For good?"))],
    )
    note = text_field(
        gettext_lazy("Why you object"),
        help_text=gettext_lazy("The owner reads it beside the verdict. The verdict stays."),
    )


class RepeatForm(forms.Form):
    """The number of the earlier request that this one is the same problem as."""

    number = forms.IntegerField(
        label=gettext_lazy("Number of the earlier request"),
        min_value=1,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class FeedbackForm(forms.Form):
    """The requester says whether it is solved."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Is it solved?"),
        choices=[
            ("solved", gettext_lazy("Solved")),
            ("partly", gettext_lazy("Partly")),
            ("not_solved", gettext_lazy("Not solved")),
        ],
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Anything to add?"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
