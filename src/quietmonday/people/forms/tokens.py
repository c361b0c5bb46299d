"""A new API token: what it is called, what it may do, for whom and for how long."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from quietmonday.people.logic.tokens import DAYS, GROUPS, SCOPES, USUAL_DAYS, WRITABLE

WORDS = {
    "firms": _("Firms and agreements"),
    "persons": _("People"),
    "tickets": _("Requests, what was said, files and verdicts"),
    "statements": _("Weekly statements"),
    "inbox": _("Post that came in"),
    "webhooks": _("Webhooks"),
}
_NOTHING = ("", pgettext_lazy("what a program may do", "Nothing"))
_READ = ("read", pgettext_lazy("what a program may do", "Read"))
_WRITE = ("write", pgettext_lazy("what a program may do", "Read and write"))


class NewTokenForm(forms.Form):
    """What the token is called; then one choice for each group of nouns."""

    name = forms.CharField(
        label=_("Which program is it for?"),
        max_length=60,
        help_text=_("The record names it beside everything that it does in your name."),
    )
    days = forms.TypedChoiceField(label=_("How long it works"), coerce=int, initial=USUAL_DAYS)

    def __init__(self, *args: Any, firms: Sequence[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [  # type: ignore[attr-defined]  # it is a TypedChoiceField
            (days, ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in DAYS
        ]
        for group in GROUPS:
            choices = [_NOTHING, _READ, *([_WRITE] if group in WRITABLE else [])]
            self.fields[group] = forms.ChoiceField(label=WORDS[group], choices=choices, required=False)
        if len(firms) > 1:
            self.fields["firm"] = forms.ChoiceField(
                label=_("Only for"),
                required=False,
                choices=[("", _("All firms that you see")), *((str(ref), name) for ref, name in firms)],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.scopes():
            self.add_error(None, _("Choose at least one thing that the program may read or write."))
        return cleaned

    def scopes(self) -> list[str]:
        """Return what was chosen."""
        return [f"{group}:{may}" for group in GROUPS if (may := self.cleaned_data.get(group, ""))]

    def chosen_firm(self) -> uuid.UUID | None:
        """Return the one firm that it is for; None for all."""
        chosen = self.cleaned_data.get("firm", "")
        return uuid.UUID(chosen) if chosen else None


def scopes_in_words(scopes: Sequence[str]) -> list[tuple[Any, Any]]:
    """Return (what, may) of each group that the scopes name, in our order."""
    return [
        (WORDS[group], _WRITE[1] if f"{group}:write" in scopes else _READ[1])
        for group in GROUPS
        if any(scope in scopes for scope in SCOPES if scope.startswith(f"{group}:"))
    ]
