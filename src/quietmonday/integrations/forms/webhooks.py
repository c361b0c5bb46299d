"""A webhook: which server, and what it hears of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.integrations.logic.webhooks import EVENTS, ONLY_SUPPLIERS
from quietmonday.integrations.queries.webhooks import EVENT_WORDS
from quietmonday.kit.outside import Refused, split_address


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
            choices=[(each, EVENT_WORDS[each]) for each in offered],
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
