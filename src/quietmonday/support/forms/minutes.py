"""The field of how long something took."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from quietmonday.support.logic.minutes import minutes_in
from quietmonday.work.models import MOST_MINUTES


class MinutesField(forms.IntegerField):
    """Minutes, also said in hours; at least one, at most a day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=1,
            max_value=MOST_MINUTES,
            widget=forms.TextInput(attrs={"autocomplete": "off", "size": 8}),
            error_messages={
                "invalid": gettext_lazy("Write minutes, such as 20, or hours and minutes, such as 1:20."),
                "max_value": gettext_lazy("That is more than a day: write down each day of its own."),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        minutes = minutes_in(str(value))
        if minutes is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return minutes
