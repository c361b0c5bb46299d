"""Why a file cannot be read as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quietmonday.kit.sentences import gettext_noop as _

FAULTS: dict[str, str] = {
    "empty": _("There is nothing in this file."),
    "too_large": _("This file is larger than %(mb)s MB. Split it, or leave out the sheets that hold no requests."),
    "wrong_type": _("This is no sheet that we read. Save it as XLSX or CSV and hand that in."),
    "old_excel": _("This is an old or a protected workbook. Save it as XLSX without a password and hand that in."),
    "archive": _("This is an archive, not a workbook. Unpack it and hand in the sheet inside."),
    "nested": _("This workbook holds another archive inside. Save the sheet alone as XLSX or CSV."),
    "bomb": _("This workbook unpacks to far more than it should. It was not opened. Save it as CSV and hand that in."),
    "entities": _("This workbook declares things that no sheet needs. It was not opened. Save it as CSV instead."),
    "damaged": _("This file is damaged and cannot be opened. Save it anew and hand that in."),
    "no_rows": _("There is no row in this sheet."),
    "other_kind": _("The heads of this sheet are not those of such a log."),
    "gone": _("The file is no longer on the disk."),
    "erased": _("The file was erased: the time for which your business keeps such files is over."),
    "no_such_sheet": _("There is no sheet called %(name)s in this workbook."),
    "too_many_rows": _("This sheet has more than %(n)s rows. Split it, for example by years."),
    "too_many_columns": _("This sheet has more than %(n)s columns. Leave out those that say nothing of requests."),
    "cell_too_long": _("Line %(line)s holds a cell of more than 1 MB. Shorten it, and hand the file in again."),
}
"""Rule → sentence: what is wrong, and what to do."""


class UnreadableSheet(ValueError):
    """The file is no sheet, or one that must not be opened. `rule` and `params` make the sentence."""

    def __init__(self, rule: str, **params: object) -> None:
        super().__init__(rule)
        self.rule, self.params = rule, params

    def in_words(self, translate: Callable[[str], str] = str) -> str:
        """Return what is wrong and what to do, in the language of `translate`."""
        return fault_in_words(self.rule, self.params, translate)

    def __str__(self) -> str:
        return self.in_words()


def fault_in_words(rule: str, params: Mapping[str, object], translate: Callable[[str], str] = str) -> str:
    """Return the sentence of a fault. Raises KeyError for a rule without words: a fault of the code."""
    return translate(FAULTS[rule]) % params
