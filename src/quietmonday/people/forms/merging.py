"""Who else somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quietmonday.people.models import Person


class OtherForm(forms.Form):
    """The other entry of the same person, among those of the place."""

    other = forms.ChoiceField(
        label=_("The other entry"),
        error_messages={"invalid_choice": _("This entry is not on record here any more. Choose one from the list.")},
    )

    def __init__(self, *args: Any, others: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(person.pk): person for person in others}
        self.fields["other"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            ("", _("choose one")),
            *((ref, person.name) for ref, person in self.by_id.items()),
        ]

    def clean_other(self) -> Person:
        """Return the person behind the choice."""
        return self.by_id[self.cleaned_data["other"]]
