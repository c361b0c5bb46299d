"""What several forms share: files, a moment on the clock of the business, for whom something is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.kit.ids import new_id
from quietmonday.kit.moments import in_words
from quietmonday.people.logic.calendar import to_utc, zone_named
from quietmonday.people.models import Engagement

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_FILES = 10


class OnceForm(forms.Form):
    """A form that does its work once, however often it is sent: `token` is drawn with it."""

    token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": new_id(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class HandedInForm(forms.Form):
    """Something handed in, and whose it is. On an empty installation two names begin it.

    `preferred`: the business from whose page somebody comes, as text. Without it nothing is chosen beforehand: what is
    handed in for the wrong business is read by its people.
    """

    whose: StrOrPromise = ""  # how the form asks

    def __init__(
        self, *args: Any, engagements: list[Engagement], may_begin: bool, preferred: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.engagements = {str(each.id): each for each in engagements}
        if may_begin:
            self.fields["business"] = forms.CharField(label=_("Name of the business"), max_length=200)
            self.fields["supplier"] = forms.CharField(label=_("Who supports its IT?"), max_length=200)
        elif len(engagements) > 1:
            names = [(ref, f"{each.business.name}, {each.supplier.name}") for ref, each in self.engagements.items()]
            theirs = [ref for ref, each in self.engagements.items() if str(each.business_id) == preferred]
            self.fields["engagement"] = forms.ChoiceField(
                label=self.whose,
                choices=[("", _("Choose")), *names],
                initial=theirs[0] if len(theirs) == 1 else "",
                error_messages={"required": _("Say whose they are.")},
            )
        self.order_fields(["business", "supplier", "engagement"])

    def chosen(self) -> Engagement | None:
        """Return the engagement; None on an empty installation."""
        ref = self.cleaned_data.get("engagement", "")
        return self.engagements[ref] if ref else next(iter(self.engagements.values()), None)


class ManyFiles(forms.ClearableFileInput):
    """A control that takes several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


FILES_LISTED = {"data-files": "", "data-most-bytes": settings.MAX_ATTACHMENT_BYTES, "data-most-files": MOST_FILES}
"""On a file field: the page says before sending what goes with it, and takes pasted pictures."""


def _files_hint() -> str:
    limit = settings.MAX_ATTACHMENT_BYTES // (1024 * 1024)
    return _("Up to %(n)d files, each up to %(limit)d MB.") % {"n": MOST_FILES, "limit": limit}


files_hint = lazy(_files_hint, str)()


class FilesField(forms.FileField):
    """Several files, each within the limit of an attachment; [] when there is none."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(each, initial) for each in given if each]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Send at most %(n)d files at once.") % {"n": MOST_FILES})
        for each in files:
            if each.size > settings.MAX_ATTACHMENT_BYTES:
                limit = settings.MAX_ATTACHMENT_BYTES // (1024 * 1024)
                raise forms.ValidationError(
                    _("%(name)s is larger than %(limit)d MB. Send a link to it instead.")
                    % {"name": each.name, "limit": limit}
                )
        return files


class LocalMoment(forms.Field):
    """A date and time as a wall clock in `zone` shows it; a moment in UTC, or None."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": gettext_lazy("Write a day and a time, such as 2026-11-26 10:00.")}

    def __init__(self, *, zone: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.zone = zone

    def to_python(self, value: Any) -> dt.datetime | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            wall = dt.datetime.fromisoformat(text)
            return to_utc(wall.replace(tzinfo=None), self.zone)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return value.astimezone(zone_named(self.zone)).strftime("%Y-%m-%dT%H:%M")
        return value


class MomentChoice(forms.ChoiceField):
    """One of a few moments, each the value of its own choice, so that a page left open keeps its meaning."""

    def __init__(
        self,
        *,
        moments: Sequence[dt.datetime],
        zone: str,
        now: dt.datetime,
        empty: str,
        besides: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        choices = [(moment.isoformat(), in_words(moment, zone, now)) for moment in moments]
        super().__init__(choices=[("", empty), *besides, *choices], required=False, **kwargs)
        self.zone, self.now = zone, now

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the moment. One that an older page offered is as good as one that this page offers."""
        text = str(value or "")
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the times.")) from error
        if moment.tzinfo is None:
            raise forms.ValidationError(_("Choose one of the times."))
        return moment.astimezone(dt.UTC)


class ClockMoment(LocalMoment):
    """A LocalMoment that refuses a time which the clocks skip: who is to write at 02:30 is not to write at 03:00."""

    def to_python(self, value: Any) -> dt.datetime | None:
        moment = super().to_python(value)
        if moment is None:
            return None
        wall = dt.datetime.fromisoformat(str(value).strip()).replace(tzinfo=None, microsecond=0)
        if moment.astimezone(zone_named(self.zone)).replace(tzinfo=None) != wall:
            raise forms.ValidationError(
                _("The clocks go forward over %(time)s that night: there is no such time. Choose another.")
                % {"time": f"{wall:%H:%M}"}
            )
        return moment


def to_come(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """Return `moment` if it is still to come within two years; ValidationError otherwise."""
    if moment is None:
        return None
    if moment <= now:
        raise forms.ValidationError(_("Choose a time that is still to come."))
    if moment > now + dt.timedelta(days=730):
        raise forms.ValidationError(_("Choose a time within the next two years."))
    return moment
