"""A webhook: which server, and what it hears of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.integrations.logic.webhooks import EVENTS, ONLY_SUPPLIERS
from quietmonday.kit.outside import Refused, split_address

WORDS = {
    "ticket.opened": gettext_lazy("A request begins"),
    "ticket.said_to_supplier": gettext_lazy("The client writes"),
    "ticket.said_to_customer": gettext_lazy("The supplier writes"),
    "ticket.noted": gettext_lazy("Somebody of your firm notes something"),
    "ticket.promised": gettext_lazy("The next word is promised"),
    "ticket.paused": gettext_lazy("The supplier waits for somebody"),
    "ticket.unpaused": gettext_lazy("The supplier waits no longer"),
    "ticket.assigned": gettext_lazy("It is handed over"),
    "ticket.prioritised": gettext_lazy("How urgent it is changes"),
    "ticket.involved": gettext_lazy("Another supplier works on it too"),
    "ticket.resolved": gettext_lazy("It is working again"),
    "ticket.fixed_permanently": gettext_lazy("A workaround gives way to the fix for good"),
    "ticket.reopened": gettext_lazy("It is open again"),
    "ticket.set_aside": gettext_lazy("It is no request after all"),
    "ticket.repeated": gettext_lazy("It is the same problem as an earlier one"),
    "ticket.answered": gettext_lazy("Whoever asked says whether it is solved"),
    "ticket.disputed": gettext_lazy("The supplier objects to a verdict"),
    "statement.frozen": gettext_lazy("A week is stated"),
}


class WebhookForm(forms.Form):
    """A new webhook of one of the firms that the viewer answers for."""

    url = forms.CharField(
        label=gettext_lazy("Where the other server listens"),
        max_length=2000,
        help_text=gettext_lazy(
            "A web address that begins with https://. It is kept sealed, and only its server is shown."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, firms: Sequence[tuple[uuid.UUID, str, bool]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers = {str(ref) for ref, _name, supplier in firms if supplier}
        self.firms = {str(ref): name for ref, name, _supplier in firms}
        if len(firms) > 1:
            self.fields["firm"] = forms.ChoiceField(
                label=_("Of which firm it hears"), choices=[("", _("Choose")), *self.firms.items()]
            )
        offered = [each for each in EVENTS if each not in ONLY_SUPPLIERS or self.suppliers]
        self.fields["events"] = forms.MultipleChoiceField(
            label=_("What it hears of"),
            choices=[(each, WORDS[each]) for each in offered],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one thing.")},
        )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            split_address(url)
        except Refused as refused:
            raise forms.ValidationError(refused.words) from refused
        return url

    def chosen_firm(self) -> uuid.UUID:
        """Return the firm that was chosen, or the only one."""
        return uuid.UUID(self.cleaned_data.get("firm") or next(iter(self.firms)))
