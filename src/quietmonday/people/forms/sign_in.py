"""Sign-in by password and by mailed code; setting one's own password."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from quietmonday.kit.clock import now
from quietmonday.people.actions.sign_in import limited
from quietmonday.people.forms.fields import AddressField
from quietmonday.people.models import Account
from quietmonday.people.queries import account_that_may_sign_in

LONGEST_PASSWORD = 200


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(
            label=_("Your e-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Your password"),
            max_length=LONGEST_PASSWORD,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password"])


class AskForCodeForm(forms.Form):
    """Where to mail a code. It never says whether the address is known."""

    email = AddressField(label=_("Your e-mail address"))

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self._user: Account | None = None

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        limited(self._request, "request_login_code", address)
        self._user = account_that_may_sign_in(address, now())
        return address


class TypeCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """The code from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("The code from the mail"),
            max_length=20,
            widget=forms.TextInput(
                attrs={
                    "class": "code",
                    "autocomplete": "one-time-code",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                }
            ),
        )


class PasswordForm(forms.Form):
    """A new password for oneself; the old one too, unless one has just signed in by code or link."""

    old = forms.CharField(
        label=_("Your password now"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("The new password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=_("At least 12 characters. Four words that do not belong together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The new password once more"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, needs_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account = account
        if not needs_old:
            del self.fields["old"]

    def clean_old(self) -> str:
        if not self._account.check_password(self.cleaned_data["old"]):
            raise ValidationError(
                _("This is not your password. If you have forgotten it, sign out and sign in by a mailed code.")
            )
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], user=self._account)
        return str(self.cleaned_data["new"])

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if "new" in self.cleaned_data and not secrets.compare_digest(
            again.encode("utf-8", "replace"), self.cleaned_data["new"].encode("utf-8", "replace")
        ):
            raise ValidationError(_("The two new passwords differ. Type the same one twice."))
        return str(again)
