"""The form of a text kept ready."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.logic.canned import MOST_CHARACTERS, MOST_PLACEHOLDERS, CannotKeep, shown, stored
from quietmonday.support.models import CannedReply
from quietmonday.support.queries.canned import names_read, names_written


class CannedForm(forms.Form):
    """Title, text, and whose it is."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(
        self, *args: Any, suppliers: list[tuple[uuid.UUID, str]], row: CannedReply | None = None, **kwargs: Any
    ) -> None:
        if row is not None:
            kwargs["initial"] = {
                "title": row.title,
                "text": shown(row.text, names_read()),
                "whose": "own" if row.person_id else "all",
            }
        super().__init__(*args, **kwargs)
        self.suppliers = {str(ref): name for ref, name in suppliers}
        if len(suppliers) > 1 and row is None:
            self.fields["supplier"] = forms.ChoiceField(label=_("For which firm"), choices=list(self.suppliers.items()))
        firm = next(iter(self.suppliers.values())) if len(suppliers) == 1 else ""
        self.fields["whose"] = forms.ChoiceField(
            label=_("Who uses it"),
            initial="all",
            choices=[
                ("all", _("Everybody at %(firm)s") % {"firm": firm} if firm else _("Everybody there")),
                ("own", _("Only you")),
            ],
        )
        self.order_fields(["title", "text", "supplier", "whose"])

    def clean_text(self) -> str:
        """Return the text as it is kept, every placeholder by its key."""
        text = str(self.cleaned_data["text"])
        try:
            return stored(text, names_written())
        except CannotKeep as refused:
            raise forms.ValidationError(_refusal(refused)) from refused

    def chosen_firm(self) -> uuid.UUID:
        """Return for which firm it is kept."""
        return uuid.UUID(self.cleaned_data.get("supplier") or next(iter(self.suppliers)))


def _refusal(refused: CannotKeep) -> str:
    names = ", ".join(f"{{{{ {name} }}}}" for name in names_read().values())
    return {
        "unknown": _("Nobody knows “%(name)s”. What can be put in: %(names)s.")
        % {"name": refused.name, "names": names},
        "braces": _("Two braces stand around what is put in, as in %(names)s. Take away those that stand alone.")
        % {"names": names},
        "many": _("At most %(n)d things can be put into one text.") % {"n": MOST_PLACEHOLDERS},
    }[refused.rule]
