"""Forms by which mail begins to come in: a mailbox, or files of mails."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Business, Engagement, Supplier
from quietmonday.support.forms.parts import HandedInForm, ManyFiles

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
MOST_BYTES = 100 * 1024 * 1024
MOST_MAIL_FILES = 100


class MailboxForm(forms.Form):
    """An IMAP mailbox. The password is never drawn again."""

    address = forms.EmailField(
        label=gettext_lazy("Address that people write to"),
        max_length=320,
        help_text=gettext_lazy("Mails to it become requests. They stay in the mailbox."),
    )
    host = forms.CharField(label=gettext_lazy("Mail server (IMAP)"), max_length=255)
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=[
            ("tls", gettext_lazy("TLS from the start, port 993")),
            ("starttls", gettext_lazy("STARTTLS, port 143")),
            ("none", gettext_lazy("None, only on this machine")),
        ],
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=993)
    user = forms.CharField(label=gettext_lazy("User name"), max_length=320)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted. Nobody can read it here again."),
    )
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=200, initial="INBOX")

    def __init__(self, *args: Any, suppliers: list[Supplier], engagements: list[Engagement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers = {str(supplier.id): supplier for supplier in suppliers}
        self.engagements = {str(each.id): each for each in engagements}
        whole = [
            (f"all:{ref}", _("All clients of %(firm)s") % {"firm": supplier.name})
            for ref, supplier in self.suppliers.items()
        ]
        one = [
            (ref, _("Only %(business)s, for %(firm)s") % {"business": each.business.name, "firm": each.supplier.name})
            for ref, each in self.engagements.items()
        ]
        self.fields["serves"] = forms.ChoiceField(label=_("Whose requests come here?"), choices=[*whole, *one])
        self.order_fields(["serves"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("security") == "none" and cleaned.get("host", "").strip().lower() not in LOOPBACK:
            self.add_error("security", _("Without encryption only a server on this machine is read."))
        return cleaned

    def chosen(self) -> tuple[Supplier, Business | None]:
        """Return the supplier, and the business if the mailbox is of one only."""
        serves: str = self.cleaned_data["serves"]
        if serves.startswith("all:"):
            return self.suppliers[serves.removeprefix("all:")], None
        return self.engagements[serves].supplier, self.engagements[serves].business


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
