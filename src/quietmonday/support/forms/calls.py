"""The form of a call: who, what, what came of it, how long it took."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.forms.minutes import MinutesField
from quietmonday.support.forms.parts import LocalMoment, MomentChoice, OnceForm, to_come
from quietmonday.support.forms.report import CAN_WORK
from quietmonday.support.forms.settling import PriorityForm
from quietmonday.support.forms.talking import MOST_CHARACTERS
from quietmonday.support.logic.phones import looks_like_number
from quietmonday.support.queries.desk import NEWCOMER, Desk

PROMISED = "promised"
LONG_AGO = dt.timedelta(days=31)

# What is typed is looked up while it is typed: the part of this very page that it changes comes anew.
_LOOKS_UP = {
    "hx-get": reverse_lazy("support:log_call"),
    "hx-target": "#callers",
    "hx-select": "#callers",
    "hx-select-oob": "#found,#next-word",
    "hx-swap": "outerHTML",
    "hx-sync": "#callers:replace",
}


class CallLogForm(OnceForm):
    """A call that somebody at the supplier answered."""

    q = forms.CharField(
        label=gettext_lazy("Who is calling?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Some letters of name and firm, or digits of the number."),
        widget=forms.TextInput(
            attrs={**_LOOKS_UP, "type": "search", "autocomplete": "off", "hx-trigger": "input changed delay:120ms"}
        ),
    )
    name = forms.CharField(label=gettext_lazy("Their name"), required=False, max_length=200)
    phone = forms.CharField(label=gettext_lazy("Their phone number"), required=False, max_length=40)
    subject = forms.CharField(label=gettext_lazy("What is it, in one line?"), required=False, max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What they said, and what you did"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The client reads it."),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[
            ("for_good", gettext_lazy("Working again, for good")),
            ("working", gettext_lazy("Working again, we do not know why")),
            (PROMISED, gettext_lazy("We work on it")),
            ("noted", gettext_lazy("Only on record")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what came of it.")},
    )
    mine = forms.BooleanField(label=gettext_lazy("I take it"), required=False, initial=True)
    minutes = MinutesField(
        label=gettext_lazy("Minutes it took"),
        required=False,
        help_text=gettext_lazy("Left empty, nobody counts it."),
    )
    priority = PriorityForm.base_fields["priority"]
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("incident", gettext_lazy("Something is broken")),
            ("service_request", gettext_lazy("Something is wanted")),
        ],
    )
    can_work = forms.ChoiceField(
        label=gettext_lazy("Can they work?"), required=False, choices=CAN_WORK, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, desk: Desk, clients: list[tuple[uuid.UUID, str]], now: dt.datetime, **kwargs: Any
    ) -> None:
        first_word = desk.moments[0].isoformat() if desk.moments else ""
        known = {"caller": desk.chosen, "about": "", "next_word": first_word, "priority": 3}
        known |= {"q": desk.typed, **_newcomer(desk)}
        kwargs["initial"] = {**known, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.desk, self.now = desk, now
        self.fields["caller"] = forms.ChoiceField(
            label=_("Is it one of them?"),
            required=False,
            choices=[*((str(each.ref), _line(each)) for each in desk.found), (NEWCOMER, _("Somebody else"))],
            widget=forms.RadioSelect(attrs={**_LOOKS_UP, "hx-trigger": "change", "hx-include": "#id_q"}),
        )
        self.fields["client"] = forms.ChoiceField(
            label=_("Where they work"),
            required=False,
            choices=[("", _("Choose")), *((str(ref), name) for ref, name in clients)],
        )
        if len(clients) == 1:
            self.initial["client"] = str(clients[0][0])
        self.open_requests = {str(each.id): each for each in desk.open_requests}
        self.fields["about"] = forms.ChoiceField(
            label=_("What is it about?"),
            required=False,
            choices=[
                ("", _("Something new")),
                *((ref, f"{each.work_item.number} {each.subject}") for ref, each in self.open_requests.items()),
            ],
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("That one is not open any more. Choose again what it is about.")},
        )
        self.fields["next_word"] = MomentChoice(
            label=_("Next word by"), moments=desk.moments, zone=desk.zone, now=now, empty=_("No time promised")
        )
        self.fields["own_time"] = LocalMoment(label=_("Another time for the next word"), zone=desk.zone)
        self.fields["began"] = LocalMoment(
            label=_("When did they ring?"),
            zone=desk.zone,
            help_text=_("Left empty, as many minutes ago as it took."),
        )

    def clean_began(self) -> dt.datetime | None:
        began: dt.datetime | None = self.cleaned_data["began"]
        if began is not None and began > self.now:
            raise forms.ValidationError(_("They cannot have rung at a time that is still to come."))
        if began is not None and began < self.now - LONG_AGO:
            raise forms.ValidationError(_("That is more than a month ago. Write the time into the text instead."))
        return began

    def clean_caller(self) -> str:
        caller: str = self.cleaned_data["caller"]
        if not self.desk.chosen:
            told = _("Choose who is calling.") if self.desk.typed else _("Say who is calling.")
            raise forms.ValidationError(told)
        if not self.desk.sure:
            raise forms.ValidationError(_("Look whether it is them, then send it again."))
        return caller

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("caller") == NEWCOMER:
            if not str(cleaned.get("name", "")).strip():
                self.add_error("name", _("Write the name of who is calling."))
            if not cleaned.get("client") and "client" not in self.errors:
                self.add_error("client", _("Say where they work."))
        if not str(cleaned.get("subject", "")).strip() and not (
            cleaned.get("about") and str(cleaned.get("text", "")).strip()
        ):
            self.add_error("subject", _("Say in one line what it is."))
        if cleaned.get("outcome") == PROMISED:
            self._check_promise(cleaned)
        return cleaned

    def _check_promise(self, cleaned: dict[str, Any]) -> None:
        field = "own_time" if cleaned.get("own_time") else "next_word"
        if cleaned.get(field) is None and field not in self.errors:
            self.add_error(field, _("Say by when you speak again."))
            return
        try:
            cleaned["next_word"] = to_come(cleaned.get(field), self.now)
        except forms.ValidationError as error:
            self.add_error(field, error)

    def began_at(self) -> dt.datetime:
        """Return when they rang: as stated, else as long ago as it took."""
        stated: dt.datetime | None = self.cleaned_data["began"]
        return stated or self.now - dt.timedelta(minutes=self.cleaned_data["minutes"] or 0)


def _line(each: Any) -> str:
    return ", ".join(part for part in (each.name, each.firm, each.phone) if part)


def _newcomer(desk: Desk) -> dict[str, str]:
    """What was typed to look for somebody, as it stands in the fields of somebody new."""
    if desk.chosen != NEWCOMER:
        return {}
    return {"phone" if looks_like_number(desk.typed) else "name": desk.typed}
