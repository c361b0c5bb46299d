"""Forms by which somebody says something about a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.forms.parts import (
    FILES_LISTED,
    FilesField,
    LocalMoment,
    ManyFiles,
    MomentChoice,
    OnceForm,
    files_hint,
    to_come,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_CHARACTERS = 100_000


def text_field(label: StrOrPromise, **kwargs: Any) -> forms.CharField:
    """Return a field for text as people write it; its limits are those of a long mail."""
    return forms.CharField(label=label, max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 5}), **kwargs)


class WriteForm(OnceForm):
    """The customer writes."""

    text = text_field(gettext_lazy("Your message"), required=False)
    attached = FilesField(label=gettext_lazy("Add files"), help_text=files_hint, widget=ManyFiles(attrs=FILES_LISTED))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not str(cleaned.get("text", "")).strip() and not cleaned.get("attached") and not self.errors:
            self.add_error("text", _("Write a sentence or add a file."))
        return cleaned


class CallForm(OnceForm):
    """The supplier rang, and says what was said."""

    text = text_field(gettext_lazy("What was said on the phone"))


class PromiseForm(forms.Form):
    """The supplier says when it speaks next, without a message."""

    def __init__(self, *args: Any, moments: Sequence[dt.datetime], zone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["next_word"] = MomentChoice(
            label=_("Next word by"), moments=moments, zone=zone, now=now, empty=_("Choose a time")
        )
        self.fields["own_time"] = LocalMoment(label=_("Another time"), zone=zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        moment = cleaned.get("own_time") or cleaned.get("next_word")
        if moment is None and not self.errors:
            self.add_error("next_word", _("Choose a time."))
        try:
            cleaned["due_at"] = to_come(moment, self.now)
        except forms.ValidationError as error:
            self.add_error("own_time" if cleaned.get("own_time") else "next_word", error)
        return cleaned


class WaitingForm(forms.Form):
    """The supplier sets the request to waiting without asking: allowed, and it stops no clock."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Wait without asking"),
        help_text=gettext_lazy(
            "Nobody is told, so the clock runs on and the client sees it. Better: ask in a message."
        ),
        choices=[
            ("customer", gettext_lazy("For the client")),
            ("third_party", gettext_lazy("For somebody else")),
            ("agreed_date", gettext_lazy("For a date")),
        ],
    )
