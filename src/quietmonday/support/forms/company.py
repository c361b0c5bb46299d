"""Forms by which somebody says who else hears of a request, whose problem it is, and who else works on it."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.logic.addresses import normal_address
from quietmonday.people.models import Engagement, Person
from quietmonday.support.forms.settling import note_field
from quietmonday.support.logic.watching import MOST_AT_ONCE
from quietmonday.support.models import Impact

NAMES_OFFERED = 200


class NamesField(forms.CharField):
    """Names or e-mail addresses, with commas or on lines of their own. `people`: those who may be meant."""

    def __init__(self, *, people: QuerySet[Person], most: int, **kwargs: Any) -> None:
        super().__init__(max_length=100 * most, **kwargs)
        self.people, self.most = people, most

    def clean(self, value: Any) -> list[Person]:
        """Return who is meant, each once. One who is not known, or could be two people, is refused by that name."""
        text = super().clean(value)
        words = list(dict.fromkeys(word for each in re.split(r"[,;\n]", text) if (word := " ".join(each.split()))))
        if len(words) > self.most:
            raise forms.ValidationError(_("Name at most %(n)d people at once.") % {"n": self.most})
        found = {}
        for word in words:
            person = self._person(word)
            found[person.pk] = person
        return list(found.values())

    def _person(self, word: str) -> Person:
        address = normal_address(word)
        by_name = Q(name__iexact=word) | Q(name=word)
        meant = list(self.people.filter(Q(addresses__email=address) if address else by_name).distinct()[:2])
        if not meant:
            raise forms.ValidationError(_("We know nobody called “%(name)s” here.") % {"name": word[:80]})
        if len(meant) > 1:
            raise forms.ValidationError(
                _("“%(name)s” may be several people: write the e-mail address.") % {"name": word[:80]}
            )
        return meant[0]


class WatchersForm(forms.Form):
    """Who shall hear of the request too."""

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"] = NamesField(
            label=_("Who shall hear of it too?"),
            people=people,
            most=MOST_AT_ONCE,
            help_text=_("Names or e-mail addresses, with commas between them."),
            error_messages={"required": _("Write a name or an e-mail address.")},
            widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"}),
        )


class BehalfForm(forms.Form):
    """Whose problem it is."""

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whose"] = NamesField(
            label=_("Whose problem is it?"),
            people=people,
            most=1,
            help_text=_("They see the request and are asked whether it is solved. Whoever reported it hears on."),
            error_messages={"required": _("Write a name or an e-mail address.")},
            widget=forms.TextInput(attrs={"list": "their_names", "autocomplete": "off"}),
        )

    def person(self) -> Person:
        """Return whom the form names."""
        chosen: list[Person] = self.cleaned_data["whose"]
        return chosen[0]


class CallInForm(forms.Form):
    """Another supplier shall work on it too."""

    past = forms.ChoiceField(
        label=gettext_lazy("What may they read?"),
        choices=[
            ("from_now", gettext_lazy("What is said from now on")),
            ("all", gettext_lazy("All that was said so far, too")),
        ],
        initial="from_now",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Never the notes of another supplier. How the request stands they see either way."),
    )
    note = note_field(
        gettext_lazy("What they need to know"), help_text=gettext_lazy("Everybody on the request reads it.")
    )

    def __init__(self, *args: Any, engagements: list[Engagement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(each.pk): each for each in engagements}
        self.fields["supplier"] = forms.ChoiceField(
            label=_("Who shall look at it too?"),
            choices=[(ref, each.supplier.name) for ref, each in self.by_id.items()],
            widget=forms.Select,
        )
        self.order_fields(["supplier", "past", "note"])

    def chosen(self) -> Engagement:
        """Return the engagement of the supplier that was chosen."""
        return self.by_id[self.cleaned_data["supplier"]]


class WouldCallInForm(forms.Form):
    """A supplier says who else should look at it."""

    note = forms.CharField(
        label=gettext_lazy("Who else should look at it, and why?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say who else, and why.")},
    )


class AnswerForm(forms.Form):
    """Yes or no to what somebody asks."""

    answer = forms.ChoiceField(choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))])


class WeighForm(forms.Form):
    """Something broken or wanted, whom it hits, and how hard."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("incident", gettext_lazy("Something is broken")),
            ("service_request", gettext_lazy("Something is wanted")),
        ],
    )
    impact = forms.ChoiceField(
        label=gettext_lazy("Whom does it hit?"),
        required=False,
        choices=[
            ("", gettext_lazy("Nobody has said")),
            (Impact.ONE.value, gettext_lazy("One person")),
            (Impact.SEVERAL.value, gettext_lazy("Several people")),
            (Impact.ALL.value, gettext_lazy("The whole business")),
        ],
    )
    can_work = forms.ChoiceField(
        label=gettext_lazy("Can they work?"),
        required=False,
        choices=[
            ("", gettext_lazy("Nobody has said")),
            ("no", gettext_lazy("No")),
            ("partly", gettext_lazy("Partly")),
            ("yes", gettext_lazy("Yes")),
        ],
    )


def names_offered(people: QuerySet[Person]) -> list[str]:
    """Return names for a field that completes them, a bounded number."""
    return list(people.order_by("name").values_list("name", flat=True).distinct()[:NAMES_OFFERED])


def ref_of(text: str) -> uuid.UUID | None:
    """Return an id as it was sent, None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
