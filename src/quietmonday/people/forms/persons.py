"""Persons, addresses, roles. What a form does not list, nobody can set through it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quietmonday.people.forms.fields import AddressField
from quietmonday.people.models import Role


class ChangePersonForm(forms.Form):
    """What is written of a person."""

    name = forms.CharField(label=_("Name"), max_length=200)
    job = forms.CharField(label=_("What they do"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )


class AddPersonForm(ChangePersonForm):
    """A new person at one of the places the viewer answers for."""

    email = AddressField(label=_("E-mail address"), required=False)
    role = forms.ChoiceField(
        label=_("What they may do here"),
        required=False,
        help_text=_(
            "With a role they can sign in: a code is mailed to the address above. A reader sees, and does nothing."
        ),
    )

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _role_choices(roles)  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("role") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Somebody with a role signs in, and for that needs an e-mail address."))
        return data


class PlaceForm(forms.Form):
    """At which firm."""

    at = forms.ChoiceField(label=_("Where do they work?"))

    def __init__(self, *args: Any, places: Sequence[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            (str(ref), name) for ref, name in places
        ]


class AddressForm(forms.Form):
    """One more address of a person."""

    email = AddressField(label=_("Another e-mail address"))


class RoleForm(forms.Form):
    """One more role for a person."""

    role = forms.ChoiceField(label=_("Another role"))

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("choose one")), *_role_choices(roles)[1:]]  # type: ignore[attr-defined]  # it is a ChoiceField


def _role_choices(roles: Sequence[Role]) -> list[tuple[str, Any]]:
    return [("", _("no role: on record only")), *((role.value, role.label) for role in roles)]
