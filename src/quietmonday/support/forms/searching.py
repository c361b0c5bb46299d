"""What is searched for, and what narrows it. Anything in the address that makes no sense is passed over."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.logic.search_query import BY, Question, in_files_only, part_of, question_of
from quietmonday.support.queries.searching import Narrowed


class SearchForm(forms.Form):
    """Words, and below them client, writer, days, open or settled, names of files only."""

    q = forms.CharField(
        label=gettext_lazy("Search everything"),
        required=False,
        strip=True,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Words, person, file or number"), "data-key": "/"}
        ),
    )
    by = forms.CharField(label=gettext_lazy("Who wrote it"), required=False, max_length=100)
    since = forms.DateField(
        label=gettext_lazy("From day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Open or settled"),
        required=False,
        choices=[
            ("", gettext_lazy("Open and settled")),
            ("open", gettext_lazy("Open")),
            ("settled", gettext_lazy("Settled")),
        ],
    )
    names = forms.BooleanField(label=gettext_lazy("Only in names of files"), required=False)

    def __init__(self, *args: Any, clients: list[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"] = forms.ChoiceField(
            label=_("Client"),
            required=False,
            choices=[("", _("All clients")), *((str(ref), name) for ref, name in clients)],
        )

    def asked(self) -> tuple[Question, Narrowed]:
        """Return what is asked for, and what narrows it besides."""
        self.is_valid()
        given = self.cleaned_data
        question = question_of(given.get("q", ""))
        if writer := part_of(given.get("by", ""), BY):
            question = dataclasses.replace(question, parts=(*question.parts, writer), number=None)
        if given.get("names"):
            question = dataclasses.replace(in_files_only(question), number=None)
        client = given.get("client")
        return question, Narrowed(
            client=uuid.UUID(client) if client else None,
            since=given.get("since"),
            until=given.get("until"),
            state=given.get("state", ""),
        )

    def narrowing(self) -> dict[str, str]:
        """Return what was chosen besides the words, as it stands in the address."""
        given = self.cleaned_data
        return {
            name: "on" if name == "names" else str(given[name])
            for name in ("client", "by", "since", "until", "state", "names")
            if given.get(name)
        }
