"""Forms of an import: the file, and what its columns say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.kit.sheets.dates import DMY, MDY
from quietmonday.kit.sheets.reading import MOST_BYTES
from quietmonday.support.forms.parts import HandedInForm
from quietmonday.support.logic.sheet_headers import DATES, FIELDS, SERVICENOW
from quietmonday.support.models import SheetImport


class SheetForm(HandedInForm):
    """A log of calls, and whose it is. On an empty installation two names begin it."""

    whose = gettext_lazy("Whose calls are they?")
    sheet = forms.FileField(
        label=gettext_lazy("The log"),
        allow_empty_file=True,  # named on the page as what it is
        help_text=gettext_lazy("A workbook (.xlsx) or a CSV file, up to 100 MB. It is kept as it came."),
        error_messages={"required": gettext_lazy("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt"}),
    )

    def clean_sheet(self) -> UploadedFile[Any]:
        """Refuse what is too large before anything is stored."""
        upload: UploadedFile[Any] = self.cleaned_data["sheet"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is larger than %(mb)s MB. Split it, or leave out the sheets that hold no requests.")
                % {"mb": MOST_BYTES // (1024 * 1024)}
            )
        return upload


class ColumnsForm(forms.Form):
    """Which column of a log says what. A field a choice; where days can be read two ways, how."""

    def __init__(self, *args: Any, row: SheetImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        if row.kind == SERVICENOW:
            return
        heads = [("", _("not in this file")), *((str(at), name) for at, name in enumerate(row.heads))]
        for field, words in FIELDS.items():
            initial = row.columns.get(field, "")
            self.fields[field] = forms.ChoiceField(label=_(words), choices=heads, initial=str(initial), required=False)
        for field in DATES:
            if field in row.orders:
                self.fields[f"{field}_order"] = forms.ChoiceField(
                    label=_("In “%(column)s”, which comes first?") % {"column": row.heads[row.columns[field]]},
                    choices=[
                        ("", _("nobody has said")),
                        (DMY, _("the day: 31/12/2026")),
                        (MDY, _("the month: 12/31/2026")),
                    ],
                    initial=row.orders[field],
                    required=False,
                )
        self.fields["unsaid"] = forms.ChoiceField(
            label=_("A line that does not say how it stands and when it was done"),
            choices=[("open", _("is still open")), ("resolved", _("was settled, nobody wrote when"))],
            initial=row.unsaid,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for field in FIELDS:
            column = cleaned.get(field, "")
            if column and column in taken:
                self.add_error(field, _("This column is chosen for something else already."))
            elif column:
                taken[column] = field
        return cleaned

    def columns(self) -> dict[str, int]:
        """Return field → column."""
        return {field: int(self.cleaned_data[field]) for field in FIELDS if self.cleaned_data.get(field)}

    def orders(self) -> dict[str, str]:
        """Return what was said of the order of day and month, of columns that were not changed."""
        return {
            field: self.cleaned_data[f"{field}_order"]
            for field in DATES
            if self.cleaned_data.get(f"{field}_order") and self.columns().get(field) == self.row.columns.get(field)
        }

    @property
    def order_fields_shown(self) -> list[forms.BoundField]:
        """The questions which comes first, day or month."""
        return [self[f"{field}_order"] for field in DATES if f"{field}_order" in self.fields]

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The choices of columns."""
        return [self[field] for field in FIELDS if field in self.fields]
