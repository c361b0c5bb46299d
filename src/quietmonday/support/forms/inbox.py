"""Forms by which somebody decides about a mail that was kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Business, Person


class _ForBusiness(forms.Form):
    """Something about one of the businesses that the viewer may name; only one need not be named."""

    def __init__(self, *args: Any, business: Business | None, chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        ref = chosen or (str(business.id) if business else "")
        self.fields["business"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=ref)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.business is None:
            raise forms.ValidationError(_("Choose the business first. Nothing was changed."))
        return cleaned


class PersonForm(_ForBusiness):
    """Somebody of the business."""

    def __init__(self, *args: Any, persons: list[Person], label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.persons = {str(person.id): person for person in persons}
        self.fields["person"] = forms.ChoiceField(
            label=label or _("Somebody else"),
            choices=[("", _("Choose a person")), *((ref, person.name) for ref, person in self.persons.items())],
            error_messages={"required": _("Choose a person."), "invalid_choice": _("Choose a person of the list.")},
        )

    def chosen(self) -> Person:
        """Return the person."""
        return self.persons[self.cleaned_data["person"]]


class NewcomerForm(_ForBusiness):
    """Somebody who is not on the record yet."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, error_messages={"required": gettext_lazy("Write their name.")}
    )


class BusinessForm(forms.Form):
    """Which business is it about?"""

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["for"] = forms.ChoiceField(label=_("Whose is it?"), choices=choices)
