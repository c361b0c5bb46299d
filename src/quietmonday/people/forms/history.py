"""Letting a supplier read something of the past."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.logic.calendar import to_utc
from quietmonday.people.models import Engagement, Supplier


class PastForm(forms.Form):
    """Whose past, who reads it, from which day on."""

    engagement = forms.UUIDField(widget=forms.HiddenInput)
    reader = forms.UUIDField(widget=forms.HiddenInput)
    since = forms.DateField(
        required=False,
        label=gettext_lazy("Only what was asked from this day on"),
        help_text=gettext_lazy("Empty: from the beginning."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, pairs: dict[tuple[uuid.UUID, uuid.UUID], tuple[Engagement, Supplier]], zone: str):
        super().__init__(*args)
        self.pairs = pairs
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        """The pair is one of those that the page offers."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        pair = self.pairs.get((cleaned["engagement"], cleaned["reader"]))
        if pair is None:
            raise forms.ValidationError(_("Only suppliers of this business can be let in. Choose one from the list."))
        return cleaned | {"pair": pair}

    def chosen(self) -> tuple[Engagement, Supplier, dt.datetime | None]:
        """Return whose past, who reads it, and from when on in UTC."""
        engagement, reader = self.cleaned_data["pair"]
        day: dt.date | None = self.cleaned_data["since"]
        since = to_utc(dt.datetime.combine(day, dt.time()), self.zone.key) if day else None
        return engagement, reader, since
