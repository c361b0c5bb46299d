"""Forms of whoever answers all day: the message with all that goes with it, a snooze, a reply that waits."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from quietmonday.kit.moments import in_words
from quietmonday.people.models import Person
from quietmonday.support.forms.parts import ClockMoment, LocalMoment, MomentChoice, to_come
from quietmonday.support.forms.talking import WriteForm, text_field
from quietmonday.support.logic.canned import NEXT_WORD, asks_for, put_in
from quietmonday.support.queries.canned import names_written

NOBODY, ANSWER = "nobody", "answer"
MOST_CANNED = 10


class SnoozeChoice(MomentChoice):
    """One of a few moments, or until they answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(besides=[(ANSWER, _("Until they answer, two weeks at most"))], **kwargs)

    def clean(self, value: Any) -> Any:
        """Return ANSWER, a moment, or None."""
        return ANSWER if value == ANSWER else super().clean(value)


def why_snoozed() -> forms.CharField:
    """Return the field for the reason; only the supplier's own people read it."""
    return forms.CharField(label=gettext_lazy("Why it is snoozed, for your colleagues"), required=False, max_length=300)


class TimesMixin(forms.Form):
    """What a message promises: the next word, whose move it is after, and that both come after it is sent."""

    now: dt.datetime

    def add_times(self, moments: Sequence[dt.datetime], zone: str, who: str) -> None:
        self.fields["next_word"] = MomentChoice(
            label=_("Next word by"), moments=moments, zone=zone, now=self.now, empty=_("No time promised")
        )
        self.fields["own_time"] = LocalMoment(
            label=_("Another time for the next word"),
            zone=zone,
            help_text=_("Takes the place of the time chosen above."),
        )
        self.fields["after"] = forms.ChoiceField(
            label=_("After sending"),
            required=False,
            choices=[
                ("", _("Still our move")),
                ("customer", _("Waiting for %(who)s’s answer") % {"who": who} if who else _("Waiting for an answer")),
                ("third_party", _("Waiting for somebody else")),
                ("agreed_date", _("Put off until an agreed date")),
            ],
        )
        self.fields["until"] = LocalMoment(label=_("Agreed date"), zone=zone)

    def clean_next_word(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["next_word"], self.now)

    def clean_own_time(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["own_time"], self.now)

    def clean_until(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["until"], self.now)

    def settle_times(self, cleaned: dict[str, Any], send_at: dt.datetime | None) -> None:
        """Put the chosen times in their places, and refuse those that make no sense together."""
        if cleaned.get("after") == "agreed_date" and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say until when it is put off."))
        field = "own_time" if cleaned.get("own_time") else "next_word"
        if cleaned.get("own_time"):
            cleaned["next_word"] = cleaned["own_time"]
        if cleaned.get("after") != "agreed_date":
            cleaned["until"] = None
        if send_at and cleaned.get("next_word") and cleaned["next_word"] <= send_at:
            self.add_error(field, _("It is sent later than that. Choose a time after it is sent."))
        if send_at and cleaned.get("until") and cleaned["until"] <= send_at:
            self.add_error("until", _("It is sent later than that. Choose a time after it is sent."))


class MessageForm(TimesMixin, WriteForm):
    """The supplier writes. With the message, in one go: its next word, whose move it is, who has it, when it is sent,
    and a snooze. The same form writes a note."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    canned = forms.CharField(required=False, widget=forms.HiddenInput)
    snooze_why = why_snoozed()

    def __init__(
        self,
        *args: Any,
        moments: Sequence[dt.datetime],
        openings: Sequence[dt.datetime],
        snoozes: Sequence[dt.datetime],
        zone: str,
        now: dt.datetime,
        who: str,
        colleagues: Sequence[Person] = (),
        has_it: str = "",
        language: str = "en",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone, self.language = now, zone, language
        self.by_id = {str(person.id): person for person in colleagues}
        self.fields["text"].widget.attrs["data-key"] = "r"
        self.fields["text"].help_text = _("Say what you know, what you do next, and when you speak again.")
        self.add_times(moments, zone, who)
        stays = _("Nobody, it stays with %(name)s") % {"name": has_it} if has_it else _("Nobody for now")
        free = [(NOBODY, _("Nobody in particular"))] if has_it else []
        self.fields["person"] = forms.ChoiceField(
            label=_("Hand over to"),
            required=False,
            choices=[("", stays), *free, *((ref, person.name) for ref, person in self.by_id.items())],
        )
        self.fields["send_at"] = MomentChoice(label=_("Send it"), moments=openings, zone=zone, now=now, empty=_("Now"))
        self.fields["send_own"] = ClockMoment(
            label=_("Send it at another time"),
            zone=zone,
            help_text=_("By the clock there: %(zone)s.") % {"zone": zone},
        )
        self.fields["snooze"] = SnoozeChoice(label=_("Snooze it"), moments=snoozes, zone=zone, now=now, empty=_("No"))
        self.fields["snooze_own"] = ClockMoment(label=_("Snooze it until another time"), zone=zone)

    def clean_send_at(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["send_at"], self.now)

    def clean_send_own(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["send_own"], self.now)

    def clean_snooze(self) -> Any:
        chosen = self.cleaned_data["snooze"]
        return chosen if chosen == ANSWER else to_come(chosen, self.now)

    def clean_snooze_own(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["snooze_own"], self.now)

    def clean_seen(self) -> int | None:
        """How far the journal had come when the page was read; anything but a number counts as nothing said."""
        text = self.cleaned_data["seen"]
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None

    def clean_canned(self) -> list[uuid.UUID]:
        return ids_in(self.cleaned_data["canned"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["send_at"] = cleaned.get("send_own") or cleaned.get("send_at")
        self.settle_times(cleaned, cleaned["send_at"])
        chosen = cleaned.get("snooze_own") or cleaned.get("snooze")
        cleaned["snoozes"] = chosen is not None
        cleaned["snooze_until"] = None if chosen == ANSWER else chosen
        cleaned["text"] = self._with_next_word(str(cleaned.get("text", "")), cleaned.get("next_word"))
        return cleaned

    def chosen_person(self) -> Person | None:
        """Return to whom it is handed over; None for nobody in particular."""
        return self.by_id.get(self.cleaned_data["person"])

    def _with_next_word(self, text: str, at: dt.datetime | None) -> str:
        """Return the text with the promised time where a text kept ready left room for it."""
        if not asks_for(text, NEXT_WORD, names_written()):
            return text
        if at is None:
            if "next_word" not in self.errors and "own_time" not in self.errors:
                self.add_error("next_word", _("The text names the next word. Choose when it comes, or take that out."))
            return text
        return put_in(text, NEXT_WORD, spoken(at, self.zone, self.language), names_written())


class SnoozeForm(forms.Form):
    """Out of "My move" for a while, without a word."""

    why = why_snoozed()
    field_order = ("until", "own", "why")

    def __init__(self, *args: Any, snoozes: Sequence[dt.datetime], zone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["until"] = SnoozeChoice(
            label=_("Snooze it until"), moments=snoozes, zone=zone, now=now, empty=_("Choose a time")
        )
        self.fields["own"] = ClockMoment(label=_("Another time"), zone=zone)
        self.order_fields(self.field_order)

    def clean_until(self) -> Any:
        chosen = self.cleaned_data["until"]
        return chosen if chosen == ANSWER else to_come(chosen, self.now)

    def clean_own(self) -> dt.datetime | None:
        return to_come(self.cleaned_data["own"], self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("own") or cleaned.get("until")
        if chosen is None and not self.errors:
            self.add_error("until", _("Choose a time."))
        cleaned["moment"] = None if chosen == ANSWER else chosen
        return cleaned


class LaterForm(TimesMixin):
    """A reply that waits: what it says, when it goes out, what it promises then."""

    text = text_field(gettext_lazy("What it says"), required=False)
    field_order = ("text", "send_own", "own_time", "after", "until")

    def __init__(
        self, *args: Any, zone: str, now: dt.datetime, who: str, language: str, has_files: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone, self.language, self.has_files = now, zone, language, has_files
        self.add_times((), zone, who)
        del self.fields["next_word"]
        self.fields["own_time"].label = _("Next word by")
        self.fields["own_time"].help_text = _("Left empty, no time is promised.")
        self.fields["send_own"] = ClockMoment(
            label=_("Send it at"), zone=zone, help_text=_("By the clock there: %(zone)s.") % {"zone": zone}
        )
        self.fields["after"].label = _("After it is sent")
        self.order_fields(self.field_order)

    def clean_send_own(self) -> dt.datetime | None:
        if self.cleaned_data["send_own"] is None:
            raise forms.ValidationError(_("Say when it is to be sent."))
        return to_come(self.cleaned_data["send_own"], self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["next_word"] = cleaned.get("own_time")
        self.settle_times(cleaned, cleaned.get("send_own"))
        text = str(cleaned.get("text", ""))
        if not text.strip() and not self.has_files and "text" not in self.errors:
            self.add_error("text", _("Write a sentence."))
        if asks_for(text, NEXT_WORD, names_written()):
            if cleaned.get("own_time"):
                at = spoken(cleaned["own_time"], self.zone, self.language)
                cleaned["text"] = put_in(text, NEXT_WORD, at, names_written())
            elif "own_time" not in self.errors:
                self.add_error("own_time", _("The text names the next word. Choose when it comes, or take that out."))
        return cleaned


def ids_in(text: str) -> list[uuid.UUID]:
    """Return the ids in a hidden field, ten at most; what is none is passed over."""
    found = []
    for part in text.split(",")[:MOST_CANNED]:
        try:
            found.append(uuid.UUID(part.strip()))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def spoken(moment: dt.datetime, zone: str, language: str) -> str:
    """Return a moment for a text that is read some other day: always with its day, in the language of the business."""
    with override(language):
        return in_words(moment, zone, moment + dt.timedelta(days=1))
