"""What the quick renderer draws is what Django draws."""

import datetime as dt

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from quietmonday.kit.form_renderer import QuickRenderer

HOSTILE = "\"><script>alert('1')</script>&amp;"


class Everything(forms.Form):
    """One of each control, hostile values and all."""

    text = forms.CharField(initial=HOSTILE, widget=forms.TextInput(attrs={"class": HOSTILE, "data-x": SafeString("&")}))
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput)
    number = forms.IntegerField(initial=12345, min_value=1)
    date = forms.DateField(initial=dt.date(2026, 11, 20))
    hidden = forms.CharField(initial=HOSTILE, widget=forms.HiddenInput)
    area = forms.CharField(initial=f"{HOSTILE}\nline", widget=forms.Textarea(attrs={"rows": 4}))
    empty_area = forms.CharField(widget=forms.Textarea, disabled=True)
    chosen = forms.ChoiceField(choices=[("", "any"), ("1", HOSTILE), ("Group", [("2", "two"), (3, 1234)])], initial="2")
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], initial=["b"])
    known = forms.NullBooleanField()
    ticked = forms.BooleanField(initial=True)
    radio = forms.ChoiceField(choices=[("a", HOSTILE)], widget=forms.RadioSelect)
    file = forms.FileField()


def test_every_control_is_drawn_as_django_draws_it() -> None:
    ours, theirs = Everything(renderer=QuickRenderer()), Everything(renderer=DjangoTemplates())
    for name in Everything.base_fields:
        assert str(ours[name].as_widget()) == str(theirs[name].as_widget()), name


def test_a_filled_form_is_drawn_as_django_draws_it() -> None:
    data = {"text": HOSTILE, "number": "x", "chosen": "3", "many": ["a", "b"], "area": HOSTILE, "known": "true"}
    ours, theirs = Everything(data, renderer=QuickRenderer()), Everything(data, renderer=DjangoTemplates())
    for name in Everything.base_fields:
        assert str(ours[name].as_widget()) == str(theirs[name].as_widget()), name
