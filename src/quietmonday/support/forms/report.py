"""Forms by which a request begins: one's own, or on behalf of a client."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from quietmonday.people.models import Engagement, Person
from quietmonday.support.forms.company import NamesField
from quietmonday.support.forms.parts import FilesField, LocalMoment, ManyFiles, OnceForm
from quietmonday.support.forms.talking import text_field
from quietmonday.support.models import TicketTemplate

CAN_WORK = [("no", gettext_lazy("No")), ("partly", gettext_lazy("Partly")), ("yes", gettext_lazy("Yes"))]


class ReportForm(OnceForm):
    """What is wrong: one sentence is enough. `token`: the same for a form that is sent twice."""

    text = text_field(
        gettext_lazy("What is wrong?"),
        error_messages={"required": gettext_lazy("Say in one sentence what is wrong.")},
    )
    can_work = forms.ChoiceField(
        label=gettext_lazy("Can you work?"), required=False, choices=CAN_WORK, widget=forms.RadioSelect
    )
    since = forms.ChoiceField(
        label=gettext_lazy("Since when?"),
        required=False,
        choices=[
            ("now", gettext_lazy("Just now")),
            ("today", gettext_lazy("Today")),
            ("longer", gettext_lazy("Longer")),
        ],
        widget=forms.RadioSelect,
    )
    photo = FilesField(
        label=gettext_lazy("Add a photo"),
        # Straight to the camera of a phone; a picture that is there already comes as a file.
        widget=ManyFiles(attrs={"accept": "image/*", "capture": "environment", "class": "chosen"}),
    )
    attached = FilesField(label=gettext_lazy("Add files"))

    def __init__(
        self,
        *args: Any,
        engagements: list[Engagement],
        template: TicketTemplate | None = None,
        colleagues: QuerySet[Person] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if template is not None:
            self.fields["text"].required = False
            self.fields["text"].label = _("Anything else?")
        if colleagues is not None:
            self.fields["whose"] = NamesField(
                label=_("Whose problem is it?"),
                people=colleagues,
                most=1,
                required=False,
                help_text=_("The name or e-mail address of a colleague. Both of you hear of it."),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.engagements = {str(each.id): each for each in engagements}
        if len(engagements) > 1:
            names = [(ref, each.supplier.name) for ref, each in self.engagements.items()]
            self.fields["which"] = forms.ChoiceField(
                label=pgettext("which supplier", "Whose is it?"),
                choices=[*names, ("", _("I do not know"))],
                required=False,
                widget=forms.RadioSelect,
                help_text=_("If you do not know, all of them get it."),
            )

    def chosen(self) -> list[Engagement]:
        """Return the engagements that it concerns: the one chosen, or all."""
        one = self.engagements.get(self.cleaned_data.get("which", ""))
        return [one] if one else list(self.engagements.values())

    def whose(self) -> Person | None:
        """Return whose problem it is, if not of who reports it."""
        return next(iter(self.cleaned_data.get("whose") or []), None)

    def uploads(self) -> list[Any]:
        """Return photos and files."""
        return [*self.cleaned_data.get("photo", []), *self.cleaned_data.get("attached", [])]

    def origin(self, account: uuid.UUID) -> str | None:
        """Return what makes a second sending the same request; None for a page that carried no token."""
        token = self.cleaned_data.get("token")
        return f"form:{account}:{token}" if token else None


class OnBehalfForm(ReportForm):
    """A request that a client told the supplier by phone or face to face."""

    source = forms.ChoiceField(
        label=gettext_lazy("How did they tell you?"),
        choices=[("phone", gettext_lazy("By phone")), ("visit", gettext_lazy("During a visit"))],
        initial="phone",
        widget=forms.RadioSelect,
    )
    subject = forms.CharField(label=gettext_lazy("In a few words"), max_length=200)
    somebody = forms.CharField(label=gettext_lazy("Somebody who is not in the list"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("incident", gettext_lazy("Something is broken")),
            ("service_request", gettext_lazy("Something is wanted")),
        ],
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How urgent"),
        coerce=int,
        initial=3,
        choices=[
            (1, gettext_lazy("Urgent")),
            (2, gettext_lazy("High")),
            (3, gettext_lazy("Normal")),
            (4, gettext_lazy("Whenever it suits")),
        ],
    )
    field_order = [
        "source",
        "person",
        "somebody",
        "whose",
        "subject",
        "text",
        "kind",
        "priority",
        "can_work",
        "since",
        "told_at",
    ]

    def __init__(
        self,
        *args: Any,
        persons: list[Person],
        zone: str,
        now: dt.datetime,
        template: TicketTemplate | None = None,
        **kwargs: Any,
    ) -> None:
        if template is not None:
            kwargs["initial"] = {"kind": template.kind, "priority": template.priority, **(kwargs.get("initial") or {})}
        super().__init__(*args, template=template, **kwargs)
        self.now = now
        self.persons = {str(person.id): person for person in persons}
        if template is None:
            self.fields["text"].label = _("What they said")
        else:
            self.fields["subject"].required = False
            self.fields["subject"].help_text = _("Left empty, it is called as the common request says.")
        self.fields["can_work"].label = _("Can they work?")
        self.fields["person"] = forms.ChoiceField(
            label=_("Who told you?"),
            required=False,
            choices=[("", _("Choose a person")), *((ref, person.name) for ref, person in self.persons.items())],
        )
        self.fields["whose"] = forms.ChoiceField(
            label=_("Whose problem is it?"),
            required=False,
            choices=[("", _("Theirs")), *((ref, person.name) for ref, person in self.persons.items())],
        )
        self.fields["told_at"] = LocalMoment(
            label=_("When did they tell you?"), zone=zone, help_text=_("Leave it empty for just now.")
        )
        self.order_fields(self.field_order)

    def clean_told_at(self) -> dt.datetime | None:
        told_at: dt.datetime | None = self.cleaned_data["told_at"]
        if told_at is not None and told_at > self.now:
            raise forms.ValidationError(_("They cannot have told you at a time that is still to come."))
        if told_at is not None and told_at < self.now - dt.timedelta(days=31):
            raise forms.ValidationError(_("That is more than a month ago. Write the time into the text instead."))
        return told_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("person") and not str(cleaned.get("somebody", "")).strip():
            self.add_error("person", _("Say who told you: choose a person or write a name."))
        return cleaned

    def who(self) -> tuple[Person | None, str]:
        """Return the person, if known, and the name."""
        person = self.persons.get(self.cleaned_data.get("person", ""))
        return person, person.name if person else self.cleaned_data["somebody"]

    def whose(self) -> Person | None:
        """Return whose problem it is, if not of who told it."""
        return self.persons.get(self.cleaned_data.get("whose", ""))
