"""Forms of passkeys, codes, and of showing once more who one is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quietmonday.people.forms.sign_in import LONGEST_PASSWORD

LONGEST_ANSWER = 20_000  # what a device answers, as JSON


def _code_field(label: Any, help_text: Any = "") -> forms.CharField:
    field = forms.CharField(label=label, help_text=help_text, max_length=40)
    field.widget.attrs.update({"class": "code", "autocomplete": "one-time-code", "spellcheck": "false"})
    return field


class AnswerField(forms.JSONField):
    """What the device answered, put there by the page's script."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_ANSWER:
            raise forms.ValidationError(_("Your device gave no answer that we understand. Try again."))
        return super().to_python(value)


class PasskeyForm(forms.Form):
    """The answer of a passkey."""

    credential = AnswerField(label="")


class NewPasskeyForm(PasskeyForm):
    """A new passkey, and what it is called."""

    name = forms.CharField(
        label=_("What to call it"), max_length=80, help_text=_("So that you know it when you lose it.")
    )


class CodeForm(forms.Form):
    """A code of the app, or one from paper."""

    code = _code_field(_("The code of your app, or a recovery code"))


class NewAppForm(forms.Form):
    """The first code that a new app shows."""

    code = _code_field(_("The code that the app shows now"))


class MailedCodeForm(forms.Form):
    """The code that was mailed."""

    code = _code_field(_("The code from the mail"))


class AgainPasswordForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
