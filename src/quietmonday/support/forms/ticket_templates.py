"""Forms by which a common request is written, and those by which it is filled in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.people.models import Engagement, Person
from quietmonday.support.actions.ticket_templates import Content
from quietmonday.support.forms.settling import PriorityForm
from quietmonday.support.forms.steps import steps_field, steps_in
from quietmonday.support.logic.ticket_templates import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    MOST_STEPS,
    Answer,
    Question,
    StepLine,
    questions_from_json,
    steps_from_json,
    unknown_placeholders,
)
from quietmonday.support.models import Impact, TicketTemplate

EMPTY_ROWS = 3
ALWAYS = ("business", "date")
"""Placeholders that every subject may hold."""


class TemplatePlaceForm(forms.Form):
    """Whose a new template is."""

    def __init__(self, *args: Any, places: Sequence[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"] = forms.ChoiceField(label=_("Whose?"), choices=[(str(ref), name) for ref, name in places])


class TemplateForm(forms.Form):
    """What a common request says. `people`: of the supplier, to whom it may be handed; `engagements`: of the business,
    to whom it may go."""

    title = forms.CharField(label=gettext_lazy("What it is called"), max_length=120)
    subject = forms.CharField(label=gettext_lazy("Subject of the request"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What whoever fills it in should know"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("service_request", gettext_lazy("Something is wanted")),
            ("incident", gettext_lazy("Something is broken")),
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
        help_text=gettext_lazy("Once that is said, how urgent it is follows from it."),
    )
    priority = PriorityForm.base_fields["priority"]
    steps = steps_field(label=gettext_lazy("Steps, one a line"))
    internal = steps_field(label=gettext_lazy("Steps that only we see, one a line"))
    offered = forms.BooleanField(label=gettext_lazy("Whoever reports a problem may choose it"), required=False)

    def __init__(
        self,
        *args: Any,
        people: Sequence[Person] | None,
        engagements: Sequence[Engagement] | None,
        template: TicketTemplate | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {**_initial(template), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.people = {str(each.id): each for each in people or ()}
        self.engagements = {str(each.id): each for each in engagements or ()}
        self.fields["subject"].help_text = _(
            "What stands in braces is filled in: {business}, {date}, and each question, say {Name}."
        )
        if people is None:
            del self.fields["internal"]
        else:
            self.fields["assignee"] = forms.ChoiceField(
                label=_("Hand it to"),
                required=False,
                choices=[("", _("Nobody in particular")), *((ref, each.name) for ref, each in self.people.items())],
            )
        if engagements is not None:
            self.fields["engagement"] = forms.ChoiceField(
                label=_("Who does it"),
                required=False,
                choices=[
                    ("", _("Whoever reports says so")),
                    *((ref, each.supplier.name) for ref, each in self.engagements.items()),
                ],
            )

    def clean_steps(self) -> list[str]:
        return steps_in(self.cleaned_data["steps"])

    def clean_internal(self) -> list[str]:
        return steps_in(self.cleaned_data["internal"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len([*cleaned.get("steps", ()), *cleaned.get("internal", ())]) > MOST_STEPS:
            self.add_error("steps", _("A checklist has at most %(most)d steps.") % {"most": MOST_STEPS})
        return cleaned

    def check_subject(self, questions: Sequence[Question]) -> bool:
        """Refuse placeholders that no question fills; return whether all is well."""
        unknown = unknown_placeholders(self.cleaned_data.get("subject", ""), questions, ALWAYS)
        if unknown:
            self.add_error(
                "subject", _("No question is called “%(name)s”. Add it below, or take it out.") % {"name": unknown[0]}
            )
        return not unknown

    def content(self, questions: Sequence[Question]) -> Content:
        """Return what was written."""
        cleaned = self.cleaned_data
        shared, own = cleaned["steps"], cleaned.get("internal", [])
        return Content(
            title=cleaned["title"],
            subject=cleaned["subject"],
            text=cleaned["text"],
            questions=questions,
            steps=[*map(StepLine, shared), *(StepLine(each, internal=True) for each in own)],
            kind=cleaned["kind"],
            priority=cleaned["priority"],
            impact=cleaned["impact"],
            assignee=self.people.get(cleaned.get("assignee", "")),
            engagement=self.engagements.get(cleaned.get("engagement", "")),
            offered=cleaned["offered"],
        )


def _initial(template: TicketTemplate | None) -> dict[str, Any]:
    if template is None:
        return {"priority": 3, "offered": True}
    steps = steps_from_json(template.steps)
    return {
        "title": template.title,
        "subject": template.subject,
        "text": template.text,
        "kind": template.kind,
        "priority": template.priority,
        "impact": template.impact,
        "steps": "\n".join(step.text for step in steps if not step.internal),
        "internal": "\n".join(step.text for step in steps if step.internal),
        "offered": template.offered,
        "assignee": str(template.assignee_id or ""),
        "engagement": str(template.engagement_id or ""),
    }


class QuestionForm(forms.Form):
    """One question. Without a label it is none."""

    label = forms.CharField(label=gettext_lazy("Question"), required=False, max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        required=False,
        choices=[
            ("text", gettext_lazy("A few words")),
            ("choice", gettext_lazy("One of these")),
            ("date", gettext_lazy("A day")),
        ],
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices, separated by commas"), required=False, max_length=MOST_CHOICES * 122
    )
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        label, kind = str(cleaned.get("label", "")).strip(), cleaned.get("kind") or "text"
        given = [part.strip() for part in str(cleaned.get("choices", "")).split(",")]
        choices = list(dict.fromkeys(part for part in given if part))
        if label and kind == "choice" and not 2 <= len(choices) <= MOST_CHOICES:
            self.add_error("choices", _("Give between 2 and %(most)d choices.") % {"most": MOST_CHOICES})
        elif not label and choices:
            self.add_error("label", _("Write the question that these answer."))
        if label and {"{", "}"} & set(label):
            self.add_error("label", _("A question cannot hold braces: the subject is filled in by them."))
        cleaned["question"] = (
            Question(label, kind, tuple(choices) if kind == "choice" else (), bool(cleaned.get("required")))
            if label
            else None
        )
        return cleaned


class _Questions(forms.BaseFormSet[QuestionForm]):
    """The questions of a template."""

    def clean(self) -> None:
        labels = [each.label.casefold() for each in questions_in(self)]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice:
            raise forms.ValidationError(_("Two questions have the same words: %(label)s") % {"label": twice})


QuestionFormSet = forms.formset_factory(
    QuestionForm,
    formset=_Questions,
    extra=EMPTY_ROWS,
    max_num=MOST_QUESTIONS,
    absolute_max=MOST_QUESTIONS,
    validate_max=True,
)


def questions_in(rows: forms.BaseFormSet[QuestionForm]) -> list[Question]:
    """Return what was asked, in order."""
    found = (form.cleaned_data.get("question") for form in rows.forms if form.is_valid())
    return [each for each in found if each is not None]


def question_rows(template: TicketTemplate | None) -> list[dict[str, Any]]:
    """Return the questions of a template as the rows of its form."""
    questions = questions_from_json(template.questions) if template else []
    return [
        {"label": each.label, "kind": each.kind, "choices": ", ".join(each.choices), "required": each.required}
        for each in questions
    ]


class AnswersForm(forms.Form):
    """The questions of a template, as fields `q0`, `q1` and so on."""

    def __init__(self, *args: Any, template: TicketTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions_from_json(template.questions)
        for number, question in enumerate(self.questions):
            self.fields[f"q{number}"] = _field_of(question)

    def answers(self) -> list[Answer]:
        """Return what was answered; an empty text for what was not."""
        given = (self.cleaned_data.get(f"q{number}") for number in range(len(self.questions)))
        return [
            Answer(question.label, question.kind, _stored(value))
            for question, value in zip(self.questions, given, strict=True)
        ]


def _field_of(question: Question) -> forms.Field:
    if question.kind == "date":
        return forms.DateField(
            label=question.label,
            required=question.required,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Write a date, such as 2026-11-26.")},
        )
    if question.kind == "choice":
        few = len(question.choices) <= 4
        choices = [(each, each) for each in question.choices]
        return forms.ChoiceField(
            label=question.label,
            required=question.required,
            choices=choices if few else [("", _("Choose")), *choices],
            widget=forms.RadioSelect if few else forms.Select,
        )
    return forms.CharField(label=question.label, required=question.required, max_length=1_000)


def _stored(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")
