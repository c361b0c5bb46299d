"""A rule by which new mail is sorted: what must hold, and what then happens."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Engagement, Person
from quietmonday.support.logic.routing import ASIDE, PLACE, Conditions
from quietmonday.support.logic.tags import NoTag, tags_in
from quietmonday.support.models import RoutingRule, TicketTemplate

MOST_TAGS = 5
CONDITIONS = ("plus_tag", "recipient", "sender_domain", "subject_words", "header_name", "header_words")


class RuleForm(forms.Form):
    """All conditions that are filled in must hold."""

    plus_tag = forms.CharField(
        label=gettext_lazy("Tag in the address"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("help+printers@… has the tag printers."),
    )
    recipient = forms.CharField(label=gettext_lazy("Sent to this address"), max_length=320, required=False)
    sender_domain = forms.CharField(
        label=gettext_lazy("Sent from this domain"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("oakhurst.example, and what lies below it."),
    )
    subject_words = forms.CharField(
        label=gettext_lazy("Words in the subject"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Each must be there, in any order."),
    )
    header_name = forms.CharField(label=gettext_lazy("Header field"), max_length=100, required=False)
    header_words = forms.CharField(
        label=gettext_lazy("Words in that field"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: it is enough that the field is there."),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Words by which the requests are found again, with commas."),
    )
    action = forms.ChoiceField(
        label=gettext_lazy("What then happens"),
        choices=[
            (PLACE, gettext_lazy("It is a request to the firm below")),
            (ASIDE, gettext_lazy("It is no request: keep it with that reason")),
        ],
        initial=PLACE,
    )

    def __init__(
        self, *args: Any, engagements: list[Engagement], persons: list[Person], templates: list[TicketTemplate],
        rule: RoutingRule | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if rule is not None:
            kwargs["initial"] = {
                **{name: getattr(rule, name) for name in (*CONDITIONS, "action", "tags")},
                "template": str(rule.template_id or ""),
                "engagement": str(rule.engagement_id or ""),
                "priority": str(rule.priority or ""),
                "assignee": str(rule.assignee_id or ""),
            }
        super().__init__(*args, **kwargs)
        self.engagements = {str(each.pk): each for each in engagements}
        self.persons = {str(each.pk): each for each in persons}
        self.templates = {str(each.pk): each for each in templates}
        # Who may not read what the supplier's common requests are called leaves the one of the rule as it is.
        self.unread = rule.template if rule is not None and not templates else None
        names = [(ref, f"{each.business.name}, {each.supplier.name}") for ref, each in self.engagements.items()]
        self.fields["engagement"] = forms.ChoiceField(
            label=_("For"),
            choices=[("", _("Choose")), *names],
            required=False,
            help_text=_("Counts only for senders who belong to this business."),
        )
        self.fields["priority"] = forms.ChoiceField(
            label=_("How urgent"),
            choices=[("", _("As usual")), ("1", _("urgent")), ("2", _("high")), ("3", _("normal")),
                     ("4", _("whenever it suits"))],
            required=False,
        )  # fmt: skip
        if templates:  # a field that is not shown is not taken either
            self.fields["template"] = forms.ChoiceField(
                label=_("As this common request"),
                choices=[("", _("As no common request")), *((ref, each.title) for ref, each in self.templates.items())],
                required=False,
                help_text=_("With its checklist, its urgency and whom it is handed to."),
            )
        if persons:
            self.fields["assignee"] = forms.ChoiceField(
                label=_("Handed to"),
                choices=[("", _("Nobody in particular")), *((ref, each.name) for ref, each in self.persons.items())],
                required=False,
            )

    def clean_plus_tag(self) -> str:
        tag: str = self.cleaned_data["plus_tag"].strip().lstrip("+").lower()
        if tag and not re.fullmatch(r"[^\s@+]+", tag):
            raise forms.ValidationError(_("A tag is one word without + and @."))
        return tag

    def clean_recipient(self) -> str:
        address: str = self.cleaned_data["recipient"].strip().lower()
        if address and not re.fullmatch(r"[^\s@]+@[^\s@]+", address):
            raise forms.ValidationError(_("This is not an e-mail address. One looks like ruth@oakhurst.example."))
        return address

    def clean_sender_domain(self) -> str:
        domain: str = self.cleaned_data["sender_domain"].strip().lower().lstrip("@")
        if domain and not re.fullmatch(r"[^\s@.]+(\.[^\s@.]+)*", domain):
            raise forms.ValidationError(_("A domain looks like oakhurst.example."))
        return domain

    def clean_header_name(self) -> str:
        name: str = self.cleaned_data["header_name"].strip().rstrip(":")
        if name and not re.fullmatch(r"[!-9;-~]+", name):
            raise forms.ValidationError(_("A header field is one word, like X-Priority."))
        return name

    def clean_tags(self) -> str:
        text: str = self.cleaned_data["tags"].strip()
        try:
            names = tags_in(text) if text else []
        except NoTag:
            raise forms.ValidationError(_("Write short words with commas between them.")) from None
        if len(names) > MOST_TAGS:
            raise forms.ValidationError(_("A rule gives at most %(n)d tags.") % {"n": MOST_TAGS})
        return ", ".join(names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("header_words") and not cleaned.get("header_name") and "header_name" not in self.errors:
            self.add_error("header_name", _("Name the field in which the words stand."))
        if not self.errors and not self.conditions().any:
            raise forms.ValidationError(_("Fill in at least one of the conditions. Nothing was saved."))
        if cleaned.get("action") == PLACE and not cleaned.get("engagement") and "engagement" not in self.errors:
            self.add_error("engagement", _("Choose for whom it is."))
        return cleaned

    def conditions(self) -> Conditions:
        """Return what must hold."""
        return Conditions(**{name: self.cleaned_data[name] for name in CONDITIONS})

    def values(self) -> dict[str, Any]:
        """Return the columns as they are to be."""
        data, placed = self.cleaned_data, self.cleaned_data["action"] == PLACE
        assignee = self.persons.get(data.get("assignee", ""))
        return {
            **{name: data[name] for name in (*CONDITIONS, "action")},
            "engagement": self.engagements.get(data["engagement"]) if placed else None,
            "priority": int(data["priority"]) if placed and data["priority"] else None,
            "assignee": assignee if placed else None,
            "template": self.templates.get(data.get("template", ""), self.unread) if placed else None,
            "tags": data["tags"] if placed else "",
        }
