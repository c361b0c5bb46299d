"""Forms of the checklist, of time spent, and of a fault that everybody may know of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.forms.minutes import MinutesField
from quietmonday.support.logic.ticket_templates import LONGEST_STEP, MOST_STEPS, lines_of


def steps_field(**kwargs: Any) -> forms.CharField:
    """Return a field for steps, one a line."""
    rows = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(required=False, max_length=MOST_STEPS * (LONGEST_STEP + 2), widget=rows, **kwargs)


def steps_in(text: str) -> list[str]:
    """Return the steps of a text. Raises ValidationError for more, or longer ones, than anybody works through."""
    lines = lines_of(text)
    if len(lines) > MOST_STEPS:
        raise forms.ValidationError(
            _("That is %(n)d steps; a checklist has at most %(most)d. Put several into one line, or leave some out.")
            % {"n": len(lines), "most": MOST_STEPS}
        )
    if too_long := next((line for line in lines if len(line) > LONGEST_STEP), None):
        raise forms.ValidationError(
            _("This step is longer than %(most)d characters: %(start)s…")
            % {"most": LONGEST_STEP, "start": too_long[:40]}
        )
    return lines


class StepsForm(forms.Form):
    """Steps to add."""

    steps = steps_field(label=gettext_lazy("Steps to add, one a line"))
    internal = forms.BooleanField(label=gettext_lazy("Only we see them"), required=False)

    def clean_steps(self) -> list[str]:
        steps = steps_in(self.cleaned_data["steps"])
        if not steps:
            raise forms.ValidationError(_("Write at least one step."))
        return steps


class TimeForm(forms.Form):
    """How long somebody worked on it."""

    minutes = MinutesField(label=gettext_lazy("Minutes, or hours as 1:20"))
    note = forms.CharField(
        label=gettext_lazy("For what"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Only your own people read it. The client reads the minutes."),
    )

    def began(self, now: dt.datetime) -> dt.datetime:
        """Return when the work began that has just ended."""
        return now - dt.timedelta(minutes=self.cleaned_data["minutes"])


class KnownFaultForm(forms.Form):
    """The line that everybody at the business reads."""

    title = forms.CharField(
        label=gettext_lazy("What everybody is to read"),
        max_length=120,
        help_text=gettext_lazy("All staff of the business read this line, and nothing else of the request."),
    )
