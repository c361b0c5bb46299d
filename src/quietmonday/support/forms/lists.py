"""What narrows a list: words, client, whose move. Anything else in the address is passed over."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class ListForm(forms.Form):
    """Words and client."""

    q = forms.CharField(
        label=gettext_lazy("Search requests"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Words, person or number"), "data-key": "/"}
        ),
    )

    def __init__(self, *args: Any, clients: list[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"] = forms.ChoiceField(
            label=_("Client"),
            required=False,
            choices=[("", _("All clients")), *((str(ref), name) for ref, name in clients)],
        )

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen; a field that makes no sense counts as empty."""
        self.is_valid()
        client = self.cleaned_data.get("client")
        return {"words": self.cleaned_data.get("q", ""), "client": uuid.UUID(client) if client else None}


class QueueForm(ListForm):
    """The queue's: whose move, besides."""

    move = forms.ChoiceField(
        label=gettext_lazy("Whose move"),
        required=False,
        choices=[("", gettext_lazy("Any move")), ("ours", gettext_lazy("Ours")), ("theirs", gettext_lazy("Theirs"))],
    )
    field_order = ["q", "client", "move"]

    def chosen(self) -> dict[str, Any]:
        return {**super().chosen(), "move": self.cleaned_data.get("move", "")}


class RequestsForm(ListForm):
    """The list of requests: open or settled, besides."""

    state = forms.ChoiceField(
        label=gettext_lazy("Open or settled"),
        required=False,
        choices=[
            ("", gettext_lazy("Open and settled")),
            ("open", gettext_lazy("Open")),
            ("settled", gettext_lazy("Settled")),
        ],
    )
    field_order = ["q", "state", "client"]

    def chosen(self) -> dict[str, Any]:
        return {**super().chosen(), "state": self.cleaned_data.get("state", "")}
