"""How long what is kept, and who is erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quietmonday.kit.keeping import Kind

USUAL = (3, 6, 12, 24, 36, 60, 84, 120)


def months_in_words(months: int | None) -> str:
    """Return how long that is, as people say it."""
    if months is None:
        return _("as long as the record exists")
    if months % 12 == 0:
        return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": months // 12}
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


class PeriodForm(forms.Form):
    """One kind, and for how many months it is kept. `sure`: the person was told how much goes."""

    kind = forms.CharField(widget=forms.HiddenInput)
    months = forms.TypedChoiceField(label=gettext_lazy("Keep for"), coerce=int, required=False, empty_value=None)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: dict[str, Kind], now_kept: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        offered = sorted({*USUAL, *([now_kept] if now_kept else [])})
        choices = [("", months_in_words(None)), *((str(each), months_in_words(each)) for each in offered)]
        self.fields["months"].choices = choices  # type: ignore[attr-defined]  # a TypedChoiceField's

    def clean_kind(self) -> Kind:
        """One of those that there are."""
        kind = self.kinds.get(self.cleaned_data["kind"])
        if kind is None:
            raise forms.ValidationError(_("There is no such kind of data. Choose one from the list."))
        return kind


class ErasePersonForm(forms.Form):
    """Whether what they wrote goes too."""

    words = forms.BooleanField(
        required=False,
        label=gettext_lazy("Also what they wrote"),
        help_text=gettext_lazy("Then the requests keep their times and verdicts, and nobody can read what was wrong."),
    )
