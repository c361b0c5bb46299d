"""The choice of a language."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from quietmonday.people.forms.fields import language_field


class LanguageForm(forms.Form):
    """The language in which somebody reads the pages."""

    language = forms.ChoiceField(
        label=_("Language of the pages"),
        required=False,
        choices=lambda: [("", _("as my browser asks")), *settings.LANGUAGES],
        widget=forms.RadioSelect,
    )


class MailLanguageForm(forms.Form):
    """The language of the mails about a business."""

    language = language_field()
