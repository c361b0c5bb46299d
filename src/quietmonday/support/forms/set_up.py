"""Files of mails that somebody hands in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.support.forms.parts import HandedInForm, ManyFiles

MOST_BYTES = 100 * 1024 * 1024
MOST_MAIL_FILES = 100


class MailFiles(forms.FileField):
    """Files of mails."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        # An empty file among others is named on the next page; it must not hold up the rest.
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(MailFiles, self).clean(each, initial) for each in given or [None]]
        if len(files) > MOST_MAIL_FILES:
            raise forms.ValidationError(_("Hand in at most %(n)d files at once.") % {"n": MOST_MAIL_FILES})
        if sum(each.size for each in files) > MOST_BYTES:
            raise forms.ValidationError(
                _("These files are larger than %(mb)d MB together. Use `quietmonday import mail` on the server.")
                % {"mb": MOST_BYTES // (1024 * 1024)}
            )
        return files


class ImportForm(HandedInForm):
    """Mail files, and whose they are. On an empty installation two names begin it."""

    whose = gettext_lazy("Whose mails are they?")
    mails = MailFiles(
        label=gettext_lazy("Mail files"),
        help_text=gettext_lazy("Files .eml or .mbox, up to 100 files and 100 MB at once."),
        error_messages={"required": gettext_lazy("Choose at least one file.")},
    )
