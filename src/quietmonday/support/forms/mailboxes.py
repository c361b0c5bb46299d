"""A mailbox: whose it is, where, how we sign in, what is read of it, and what happens after."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Business, Engagement, Supplier
from quietmonday.post.jobs.imap import Place
from quietmonday.post.models import After, Mailbox, MailService, SignIn, Way

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
MOST_FOLDERS = 50
PASSWORD = "password"  # noqa: S105  # the name of a choice, no password
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NAME_OF_FOLDER = re.compile(r"[^\x00-\x1f\x7f*%]{1,200}")


class _Reading(forms.Form):
    """What is fetched, from where, and what becomes of it there."""

    host = forms.CharField(label=gettext_lazy("Mail server (IMAP)"), max_length=255, required=False)
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=[
            ("tls", gettext_lazy("TLS from the start, port 993")),
            ("starttls", gettext_lazy("STARTTLS, port 143")),
            ("none", gettext_lazy("None, only on this machine")),
        ],
        initial="tls",
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=993)
    user = forms.CharField(label=gettext_lazy("User name"), max_length=320, required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1_000,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted. Nobody can read it here again."),
    )
    folders = forms.CharField(
        label=gettext_lazy("Folders that are read, one a line"),
        max_length=10_000,
        initial="INBOX",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    begins = forms.ChoiceField(
        label=gettext_lazy("What lies there already"),
        choices=[
            ("now", gettext_lazy("Leave it. Take in what comes from now on.")),
            ("all", gettext_lazy("Take in all of it.")),
        ],
        initial="now",
    )
    after = forms.ChoiceField(
        label=gettext_lazy("When a mail is kept here, in the mailbox"),
        choices=[
            (After.LEAVE, gettext_lazy("leave it as it is, unread")),
            (After.SEEN, gettext_lazy("mark it as read")),
            (After.MOVE, gettext_lazy("move it into another folder")),
            (After.DELETE, gettext_lazy("delete it")),
        ],
        initial=After.LEAVE,
    )
    after_folder = forms.CharField(label=gettext_lazy("Move it into"), max_length=200, required=False)
    make = forms.BooleanField(label=gettext_lazy("Make these folders if they are not there"), required=False)
    trusted_server = forms.CharField(
        label=gettext_lazy("Name of your own mail server in Authentication-Results"),
        max_length=255,
        required=False,
        help_text=gettext_lazy(
            "Only what this server says of a sender counts. Open the source of any mail: it is the first word after "
            "Authentication-Results. Empty: nothing of that is believed."
        ),
    )

    def __init__(self, *args: Any, services: list[MailService], has_password: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {str(each.id): each for each in services}
        self.has_password = has_password
        words = _("With a token of %(service)s")
        tokens = [(ref, words % {"service": each.name}) for ref, each in self.services.items()]
        self.fields["sign_in"] = forms.ChoiceField(
            label=_("How do we sign in there?"), choices=[(PASSWORD, _("With a password")), *tokens], initial=PASSWORD
        )

    @property
    def fetches(self) -> bool:
        """Whether we fetch mail there."""
        return True

    def service(self) -> MailService | None:
        """Return where tokens come from, None for a password."""
        return self.services.get(self.cleaned_data["sign_in"])

    def place(self) -> Place:
        """Return where the mailbox is."""
        data = self.cleaned_data
        return Place(data["host"], data["port"], data["security"], data["user"])

    def since(self, now: dt.datetime) -> dt.datetime | None:
        """Return from when on what lies in a new folder is taken in; None: all."""
        return now if self.cleaned_data["begins"] == "now" else None

    def all_folders(self) -> list[str]:
        """Return every folder that must be there."""
        target = [self.cleaned_data["after_folder"]] if self.cleaned_data["after"] == After.MOVE else []
        return [*self.cleaned_data["folders"], *target]

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].strip().lower().rstrip(".")
        if host and not re.fullmatch(r"[a-z0-9._:-]+", host):
            raise forms.ValidationError(_("This is no name of a server. One looks like imap.example.com."))
        return host

    def clean_user(self) -> str:
        return _without_controls(self.cleaned_data["user"])

    def clean_password(self) -> str:
        return _without_controls(self.cleaned_data["password"])

    def clean_folders(self) -> list[str]:
        names = list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["folders"].splitlines()))))
        if not names or len(names) > MOST_FOLDERS or not all(_NAME_OF_FOLDER.fullmatch(name) for name in names):
            raise forms.ValidationError(_("Name one to %(n)d folders, one a line.") % {"n": MOST_FOLDERS})
        return names

    def clean_after_folder(self) -> str:
        name: str = self.cleaned_data["after_folder"].strip()
        if name and not _NAME_OF_FOLDER.fullmatch(name):
            raise forms.ValidationError(_("A folder cannot have this name."))
        return name

    def clean_trusted_server(self) -> str:
        name: str = self.cleaned_data["trusted_server"].strip().lower().rstrip(";")
        if name and not re.fullmatch(r"[!-~]+", name):
            raise forms.ValidationError(_("This is one word, like mx.example.com."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.fetches:
            return cleaned
        for name, words in (("host", _("Name the mail server.")), ("user", _("Name the user."))):
            if name in cleaned and not cleaned[name]:
                self.add_error(name, words)
        if cleaned.get("security") == "none" and cleaned.get("host", "") not in LOOPBACK:
            self.add_error("security", _("Without encryption only a server on this machine is read."))
        missing = not cleaned.get("password") and not self.has_password and "password" not in self.errors
        if cleaned.get("sign_in") == PASSWORD and missing:
            self.add_error("password", _("Type the password."))
        if cleaned.get("after") == After.MOVE:
            self._check_target(cleaned)
        return cleaned

    def _check_target(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("after_folder") and "after_folder" not in self.errors:
            self.add_error("after_folder", _("Name the folder."))
        elif cleaned.get("after_folder") in cleaned.get("folders", ()):
            self.add_error("after_folder", _("This folder is read. Move mails into one that is not."))


class ConnectForm(_Reading):
    """A mailbox that is not connected yet. The password is never drawn again."""

    address = forms.EmailField(
        label=gettext_lazy("Address that people write to"),
        max_length=320,
        help_text=gettext_lazy("Mails to it become requests."),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How does its mail come here?"),
        choices=[
            (Way.IMAP, gettext_lazy("We fetch it from a mail server (IMAP)")),
            (Way.HANDED, gettext_lazy("Our own mail server hands it over (pipe or SMTP)")),
        ],
        initial=Way.IMAP,
        required=False,
    )

    def __init__(
        self, *args: Any, suppliers: list[Supplier], engagements: list[Engagement], for_all: bool, **kwargs: Any
    ) -> None:
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
        everybody = [("everybody", _("Every business here, whoever supplies it"))] if for_all else []
        self.fields["serves"] = forms.ChoiceField(
            label=_("Whose requests come here?"), choices=[*whole, *one, *everybody]
        )

    @property
    def fetches(self) -> bool:
        """Whether we fetch mail there, or a mail server hands it over."""
        return self.cleaned_data.get("way") != Way.HANDED

    def chosen(self) -> tuple[Supplier | None, Business | None]:
        """Return the supplier, and the business if the mailbox is of one only; neither: it is the installation's."""
        serves: str = self.cleaned_data["serves"]
        if serves == "everybody":
            return None, None
        if serves.startswith("all:"):
            return self.suppliers[serves.removeprefix("all:")], None
        return self.engagements[serves].supplier, self.engagements[serves].business


class ChangeForm(_Reading):
    """A mailbox that is connected. Address and owner stay: answers come back to them."""

    def __init__(self, *args: Any, mailbox: Mailbox, **kwargs: Any) -> None:
        self.mailbox = mailbox
        kwargs["initial"] = {
            **{name: getattr(mailbox, name) for name in _COLUMNS},
            "sign_in": str(mailbox.service_id) if mailbox.service_id else PASSWORD,
            "folders": "\n".join(sorted(each.name for each in mailbox.folders.all())) or "INBOX",
            "begins": "now",
        }
        super().__init__(*args, has_password=bool(mailbox.sealed_password), **kwargs)
        if mailbox.sealed_password:
            self.fields["password"].help_text = _("Leave it empty to keep the one we have.")

    @property
    def fetches(self) -> bool:
        return self.mailbox.way == Way.IMAP

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        elsewhere = any(cleaned.get(name) != getattr(self.mailbox, name) for name in ("host", "user"))
        if elsewhere and cleaned.get("sign_in") == PASSWORD and not cleaned.get("password") and self.has_password:
            self.add_error("password", _("Type the password once more: it would go to another server or user."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the columns as they are to be."""
        service = self.service()
        return {name: self.cleaned_data[name] for name in _COLUMNS} | {
            "service_id": service.id if service else None,
            "sign_in": SignIn.TOKEN if service else SignIn.PASSWORD,
        }


_COLUMNS = ("host", "security", "port", "user", "after", "after_folder", "trusted_server")


def _without_controls(text: str) -> str:
    if _CONTROLS.search(text):
        raise forms.ValidationError(_("There is a character in it that nobody can type."))
    return text
