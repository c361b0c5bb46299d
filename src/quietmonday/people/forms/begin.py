"""The first form: who buys support from whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quietmonday.people.forms.fields import (
    AddressField,
    check_part,
    country_field,
    language_field,
    part_field,
    zone_field,
)
from quietmonday.people.models import AgreementKind


class BeginForm(forms.Form):
    """One business, one supplier, and who answers for the relationship on both sides."""

    business_name = forms.CharField(label=_("The business that buys IT support"), max_length=200)
    owner_name = forms.CharField(
        label=_("Who there owns the relationship"),
        max_length=200,
        help_text=_("The person who wants to know on Monday."),
    )
    owner_email = AddressField(label=_("Their e-mail address"))
    supplier_name = forms.CharField(label=_("The supplier"), max_length=200)
    counterpart_name = forms.CharField(label=_("Their contact at the supplier"), max_length=200, required=False)
    counterpart_email = AddressField(label=_("The contact's e-mail address"), required=False)
    agreement = forms.ChoiceField(
        label=_("How the support is paid for"),
        choices=AgreementKind.choices,
        initial=AgreementKind.TIME_AND_MATERIALS,
        widget=forms.RadioSelect,
    )
    language = language_field()
    zone = zone_field()
    country = country_field()
    subdivision = part_field()
    beginner_is = forms.ChoiceField(
        label=_("And you are"),
        required=False,
        choices=[
            ("owner", _("the owner of the relationship")),
            ("counterpart", _("the contact at the supplier")),
            ("", _("neither: I only set this up")),
        ],
        initial="",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("zone", "Europe/London")
        self.initial.setdefault("country", "GB")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        check_part(self)
        named, mailed = bool(data.get("counterpart_name")), bool(data.get("counterpart_email"))
        if mailed and not named:
            self.add_error("counterpart_name", _("Whose address is this? Give the name too."))
        if named and not mailed and "counterpart_email" not in self.errors:
            self.add_error("counterpart_email", _("The contact signs in with an e-mail address: give one."))
        if data.get("beginner_is") == "counterpart" and not named:
            self.add_error("counterpart_name", _("You said this is you: give your name."))
        return data
