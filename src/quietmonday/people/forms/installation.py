"""Firms and engagements of the installation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quietmonday.people.forms.fields import check_part, country_field, language_field, part_field, zone_field
from quietmonday.people.models import AgreementKind, Business, Supplier


class NameForm(forms.Form):
    """A firm's name."""

    name = forms.CharField(label=_("Name"), max_length=200)


class BusinessForm(NameForm):
    """A new business."""

    language = language_field()
    zone = zone_field()


class SupplierForm(NameForm):
    """A new supplier."""

    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    zone = zone_field()


class EngageForm(forms.Form):
    """Who buys from whom, from now on."""

    business = forms.ChoiceField(label=_("The business"))
    supplier = forms.ChoiceField(label=_("buys from the supplier"))
    agreement = forms.ChoiceField(
        label=_("How the support is paid for"), choices=AgreementKind.choices, widget=forms.RadioSelect
    )
    country = country_field()
    subdivision = part_field()

    def __init__(
        self, *args: Any, businesses: Sequence[Business], suppliers: Sequence[Supplier], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.businesses = {str(business.pk): business for business in businesses}
        self.suppliers = {str(supplier.pk): supplier for supplier in suppliers}
        self.initial.setdefault("country", "GB")
        for field, firms in (("business", self.businesses), ("supplier", self.suppliers)):
            self.fields[field].choices = [  # type: ignore[attr-defined]  # they are ChoiceFields
                (ref, firm.name) for ref, firm in firms.items()
            ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        check_part(self)
        return data


class ConfirmForm(forms.Form):
    """A yes to what the page asks; it carries nothing else."""
