"""Fields that several forms of people share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from quietmonday.people.logic.addresses import LONGEST, normal_address
from quietmonday.people.logic.countries import countries, parts_of_countries, zones
from quietmonday.people.logic.durations import minutes_text, parse_minutes
from quietmonday.people.logic.levels import LONGEST_MINUTES


class AddressField(forms.CharField):
    """One e-mail address, as we store it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}))
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        address = normal_address(typed)
        if address is None:
            raise ValidationError(_("This is not an e-mail address. One looks like ruth@oakhurst.example."))
        return address


def zone_field() -> forms.ChoiceField:
    """Return a choice of IANA zones."""
    return forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone.replace("_", " ")) for zone in zones()])


def language_field() -> forms.ChoiceField:
    """Return a choice of the languages that mails about a business can have; first, that of the page."""
    # Their names are said in themselves, so that everybody finds their own.
    return forms.ChoiceField(
        label=_("Language of our mails"), choices=lambda: settings.LANGUAGES, initial=translation.get_language
    )


def country_field() -> forms.ChoiceField:
    """Return a choice of countries whose public holidays we know; empty is none."""
    # Asked for when a form is made: the names are in two hundred modules that a web process need not hold.
    return forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        choices=lambda: [("", _("no country: we work through")), *countries()],
    )


def part_field() -> forms.CharField:
    """Return the part of the country, which `check_part` compares with the country."""
    return forms.CharField(
        label=_("Part of the country"),
        required=False,
        max_length=10,
        help_text=_("Only where holidays differ, say ENG or SCT, BY or BE."),
    )


def check_part(form: forms.Form) -> None:
    """Refuse a part that the chosen country does not have, naming those it has."""
    country, part = form.cleaned_data.get("country", ""), form.cleaned_data.get("subdivision", "").strip().upper()
    form.cleaned_data["subdivision"] = part
    if not part:
        return
    known = parts_of_countries().get(country, frozenset())
    if not known:
        form.add_error("subdivision", _("Holidays are the same all over this country: leave this empty."))
    elif part not in known:
        form.add_error("subdivision", _("We know these parts: %(parts)s.") % {"parts": ", ".join(sorted(known)[:30])})


class LengthField(forms.CharField):
    """A length of time in minutes, written `30 min`, `4 h`, `1 h 40`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return minutes_text(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        minutes = parse_minutes(super().clean(value))
        if minutes is None:
            raise ValidationError(_("Write a length of time like 30 min, 4 h or 1 h 40."))
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise ValidationError(_("Choose between one minute and 90 days."))
        return minutes
