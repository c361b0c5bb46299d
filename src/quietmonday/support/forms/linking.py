"""Forms by which requests are linked, made one, split and tagged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.logic.tags import MOST_AT_ONCE, NoTag, tags_in
from quietmonday.support.models import LinkKind, Message, Ticket

# form value → (kind, whether this request is the first of the two)
DIRECTIONS = {
    "related": (LinkKind.RELATED, True),
    "blocks": (LinkKind.BLOCKS, True),
    "waits_for": (LinkKind.BLOCKS, False),
    "caused_by": (LinkKind.CAUSED_BY, True),
    "causes": (LinkKind.CAUSED_BY, False),
    "under": (LinkKind.UNDER, True),
    "above": (LinkKind.UNDER, False),
}


def number_field() -> forms.IntegerField:
    """Return a field for the number of another request."""
    return forms.IntegerField(
        label=gettext_lazy("Number of the other request"),
        min_value=1,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Write the number of the other request.")},
    )


class LinkForm(forms.Form):
    """What this request has to do with another."""

    how = forms.ChoiceField(
        label=gettext_lazy("This request …"),
        choices=[
            ("related", gettext_lazy("has to do with …")),
            ("waits_for", gettext_lazy("waits for …")),
            ("blocks", gettext_lazy("holds up …")),
            ("caused_by", gettext_lazy("comes from …")),
            ("causes", gettext_lazy("is the cause of …")),
            ("under", gettext_lazy("is one piece of …")),
            ("above", gettext_lazy("has as one piece …")),
        ],
    )
    number = number_field()
    note = forms.CharField(label=gettext_lazy("In a few words, why"), max_length=300, required=False)

    def pair(self, ticket: Ticket, other: Ticket) -> dict[str, Any]:
        """Return kind, `one` and `other` as the action takes them."""
        kind, first = DIRECTIONS[self.cleaned_data["how"]]
        one, two = (ticket, other) if first else (other, ticket)
        return {"kind": kind, "one": one, "other": two}


class MergeForm(forms.Form):
    """This request is the same call as another."""

    number = number_field()


class TagsForm(forms.Form):
    """Words by which the request is found again."""

    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        max_length=MOST_AT_ONCE,
        help_text=gettext_lazy("Words by which you find it again, with commas between them."),
        error_messages={"required": gettext_lazy("Write a word.")},
        widget=forms.TextInput(attrs={"list": "words", "autocomplete": "off"}),
    )

    def clean_tags(self) -> list[str]:
        try:
            return tags_in(self.cleaned_data["tags"])
        except NoTag as refused:
            if refused.rule == "nothing":
                raise forms.ValidationError(_("Write a word.")) from refused
            raise forms.ValidationError(
                _("“%(word)s…” is too long: a tag has at most 40 letters.") % {"word": refused.word}
            ) from refused


class SplitForm(forms.Form):
    """Which messages are another matter, and how that is called."""

    subject = forms.CharField(label=gettext_lazy("What is it about, in a few words?"), max_length=200)

    def __init__(self, *args: Any, messages: list[Message], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(each.pk): each for each in messages}
        self.fields["messages"] = forms.MultipleChoiceField(
            label=_("Which messages are about it?"),
            choices=[(ref, ref) for ref in self.by_id],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": _("Choose the messages that are about the other matter."),
                "invalid_choice": _("One of the messages is not there any more. Choose again."),
            },
        )

    def chosen(self) -> list[Message]:
        """Return the messages that were chosen."""
        return [self.by_id[ref] for ref in self.cleaned_data["messages"]]


class BelowForm(forms.Form):
    """Which requests under this one are settled like it."""

    def __init__(self, *args: Any, tickets: list[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(each.pk): each for each in tickets}
        self.fields["requests"] = forms.MultipleChoiceField(
            label=_("Which of them?"),
            choices=[(ref, f"{each.work_item.number} {each.subject}") for ref, each in self.by_id.items()],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one.")},
        )

    def chosen(self) -> list[Ticket]:
        """Return the requests that were chosen."""
        return [self.by_id[ref] for ref in self.cleaned_data["requests"]]
