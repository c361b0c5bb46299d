"""As what this installation is registered where tokens for mailboxes come from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.kit import outside
from quietmonday.people.models import Supplier
from quietmonday.post.logic.tokens import preset
from quietmonday.post.models import MailService


class ServiceForm(forms.Form):
    """As what we are registered where tokens come from. The secret is never drawn again."""

    name = forms.CharField(label=gettext_lazy("What you call it"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Whose service is it?"),
        choices=[
            ("microsoft", gettext_lazy("Microsoft 365")),
            ("google", gettext_lazy("Google")),
            ("other", gettext_lazy("Somebody else’s")),
        ],
    )
    flow = forms.ChoiceField(
        label=gettext_lazy("Who signs in?"),
        choices=[
            ("person", gettext_lazy("Somebody, once, on the service’s page")),
            ("firm", gettext_lazy("This installation by itself (Microsoft: application permission)")),
        ],
        initial="person",
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=300)
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=1_000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted. Nobody can read it here again."),
    )
    tenant = forms.CharField(
        label=gettext_lazy("Directory (tenant) ID"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Microsoft only. Needed if the installation signs in by itself."),
    )
    authorise_url = forms.CharField(
        label=gettext_lazy("Authorisation address"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Leave this and the next two empty for Microsoft and Google."),
    )
    exchange_url = forms.CharField(label=gettext_lazy("Token address"), max_length=500, required=False)
    scopes = forms.CharField(label=gettext_lazy("Scopes"), max_length=500, required=False)

    def __init__(
        self,
        *args: Any,
        suppliers: list[Supplier],
        for_all: bool,
        service: MailService | None = None,
        **kwargs: Any,
    ) -> None:
        self.service = service
        if service is not None:
            kwargs["initial"] = {name: getattr(service, name) for name in COLUMNS}
        super().__init__(*args, **kwargs)
        self.suppliers = {str(each.id): each for each in suppliers}
        if service is None:
            everybody = [("everybody", _("Every supplier of this installation"))] if for_all else []
            names = [(ref, each.name) for ref, each in self.suppliers.items()]
            whose = _("Whose mailboxes may use it?")
            self.fields["owner"] = forms.ChoiceField(label=whose, choices=[*names, *everybody])
            self.order_fields(["owner"])
        else:
            self.fields["secret"].help_text = _("Leave it empty to keep the one we have.")

    def clean_client_id(self) -> str:
        client_id: str = self.cleaned_data["client_id"].strip()
        if any(ord(char) < 33 for char in client_id):
            raise forms.ValidationError(_("This is one word, as the service shows it."))
        return client_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = preset(cleaned.get("kind", ""), cleaned.get("flow", ""), cleaned.get("tenant", "").strip())
        if known is None and cleaned.get("flow") == "person" and not cleaned.get("authorise_url"):
            self.add_error("authorise_url", _("Write the address at which somebody signs in."))
        if known is None:
            for name, words in (
                ("exchange_url", _("Write the address that gives tokens.")),
                ("scopes", _("Name them.")),
            ):
                if not cleaned.get(name):
                    self.add_error(name, words)
        if cleaned.get("kind") == "microsoft" and cleaned.get("flow") == "firm" and self._tenant_missing(cleaned):
            self.add_error("tenant", _("Copy it from the registration at Microsoft."))
        if cleaned.get("kind") != "microsoft" and cleaned.get("flow") == "firm":
            self.add_error("flow", _("Only Microsoft lets an installation sign in by itself."))
        if known is not None and self._follows_preset(cleaned):
            cleaned |= {
                "authorise_url": known.authorise_url,
                "exchange_url": known.exchange_url,
                "scopes": known.scopes,
            }
        for name in ("authorise_url", "exchange_url"):
            if cleaned.get(name):
                self._check_address(name, cleaned[name])
        return cleaned

    def _tenant_missing(self, cleaned: dict[str, Any]) -> bool:
        kept = self.service is not None and self.service.flow == "firm"
        return not cleaned.get("tenant", "").strip() and not kept

    def _follows_preset(self, cleaned: dict[str, Any]) -> bool:
        """Whether the addresses are those that we know: nobody wrote others, or what they follow from has changed."""
        if not cleaned.get("exchange_url"):
            return True
        was = self.service
        return was is not None and (
            bool(cleaned.get("tenant")) or (was.kind, was.flow) != (cleaned.get("kind"), cleaned.get("flow"))
        )

    def _check_address(self, name: str, url: str) -> None:
        """Refuse what could not be asked; where it leads is checked each time that it is asked."""
        try:
            parts = outside.split_address(url)
        except outside.Refused as refused:
            self.add_error(name, refused.words)
            return
        if parts.scheme != "https" and not settings.INSIDE_NETWORKS:
            self.add_error(name, outside.words_of(outside.Reason.NOT_HTTPS))

    def values(self) -> dict[str, Any]:
        """Return the columns as they are to be."""
        return {name: self.cleaned_data[name] for name in COLUMNS}

    def whose(self) -> Supplier | None:
        """Return whose it is; None: the installation's."""
        return self.suppliers.get(self.cleaned_data["owner"])


COLUMNS = ("name", "kind", "flow", "authorise_url", "exchange_url", "client_id", "scopes")
