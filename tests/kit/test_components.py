"""Every component of every page, drawn; and the promises of docs/look.md kept."""

import enum
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation
from pytest_django import Settings

from quietmonday.kit.marks import ICONS, MARKS
from quietmonday.kit.templatetags import quiet

KIT = Path(quiet.__file__).resolve().parents[1]
STATIC = KIT / "static" / "kit"
ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]
PLACES = [
    SimpleNamespace(url="/", label="Monday", short="", current=True, go="m"),
    SimpleNamespace(url="/report", label="Tell us what is wrong", short="Report", current=False, go=""),
]


PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def static_storage(backend: str) -> dict[str, dict[str, str]]:
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": backend},
    }


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    settings.STORAGES = static_storage(PLAIN)


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load quiet %}" + source).render(context)


def page(**context: object) -> str:
    source = '{% extends "kit/base.html" %}{% block title %}T{% endblock %}{% block main %}<h1>H</h1>{% endblock %}'
    return engines["django"].from_string(source).render(context)


class Door(forms.Form):
    name = forms.CharField(label="Name on the door card", help_text="As on their badge")
    work = forms.ChoiceField(choices=[("no", "No"), ("yes", "Yes")], widget=forms.RadioSelect, label="Can you work?")
    days = forms.MultipleChoiceField(choices=[("1", "Mon")], widget=forms.CheckboxSelectMultiple, required=False)
    agreed = forms.BooleanField(label="Ruth may see this")
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        self.add_error(None, "Nobody is expected today.")


# --- marks, icons, verdicts


@pytest.mark.parametrize(
    ("value", "held", "mark", "word"),
    [
        ("yes", False, "m-yes", "Yes"),
        ("partly", False, "m-half", "Partly"),
        ("partly", True, "m-half", "Held by a workaround"),
        ("no", False, "m-no", "No"),
        ("too_early", False, "m-early", "Too early"),
        ("not_known", False, "m-dk", "We cannot tell"),
        ("yes", True, "m-yes", "Yes"),
    ],
)
def test_a_verdict_is_a_mark_its_word_and_its_facts(value: str, held: bool, mark: str, word: str) -> None:
    html = draw("{% verdict value why held=held %}", value=value, why="Answered in 9 min.", held=held)
    assert re.findall(r"#(m-\w+)", html) == [mark]
    assert text_of(html) == f"{word} Answered in 9 min."


def test_a_verdict_may_be_an_enum() -> None:
    class Verdict(enum.Enum):
        YES = "yes"

    assert "m-yes" in draw("{% verdict value %}", value=Verdict.YES)


def test_an_unheard_of_verdict_mark_or_icon_is_an_error_and_not_an_empty_place() -> None:
    for source in ('{% verdict "perhaps" %}', '{% mark "perhaps" %}', '{% icon "perhaps" %}'):
        with pytest.raises(ValueError, match="perhaps"):
            draw(source)


def test_words_of_people_are_escaped_in_every_component() -> None:
    evil = "<script>x</script>&\"'"
    for source in (
        "{% state 'yes' evil evil %}",
        "{% verdict 'yes' evil %}",
        "{% mark 'yes' label=evil %}",
        "{% pager evil evil %}",
        '{% include "kit/_empty.html" with title=evil text=evil url=evil label=evil %}',
        '{% include "kit/_progress.html" with id="p" words=evil done=1 total=2 %}',
    ):
        html = draw(source, evil=evil)
        assert "<script" not in html
        assert 'href="<' not in html
        assert "&lt;script&gt;" in html


def test_a_mark_is_hidden_from_readers_unless_it_stands_without_a_word() -> None:
    assert 'aria-hidden="true"' in draw('{% mark "yes" %}')
    alone = draw('{% mark "yes" label="quiet" %}')
    assert 'role="img" aria-label="quiet"' in alone
    assert "aria-hidden" not in alone


def test_every_mark_and_icon_that_a_page_may_name_is_in_the_sprite_and_nothing_else() -> None:
    sprite = (STATIC / "marks.svg").read_text()
    assert set(re.findall(r'id="m-([\w-]+)"', sprite)) == MARKS
    assert set(re.findall(r'id="i-([\w-]+)"', sprite)) == ICONS
    assert "<script" not in sprite
    assert "style" not in sprite


# --- forms


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    html = draw("{% field form.name %}", form=Door({"name": ""}))
    assert '<label for="id_name">Name on the door card</label>' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert ids_of(html) == ["id_name", "id_name_hint", "id_name_error"]
    assert "m-no" in html


def test_a_field_without_fault_or_hint_carries_no_empty_ties() -> None:
    html = draw("{% field form.agreed %}", form=Door())
    assert "aria-" not in html
    assert 'class="field tickbox"' in html


def test_choices_are_a_group_with_a_name_whose_fault_is_said() -> None:
    html = draw('{% field form.work pick="three" %}', form=Door({"name": "x"}))
    assert html.startswith(
        '<fieldset class="field" role="radiogroup" aria-describedby="id_work_error" aria-invalid="true">'
    )
    assert "<legend>Can you work?</legend>" in html
    assert 'class="pick three"' in html
    assert html.count('type="radio"') == 2


def test_a_group_of_checkboxes_is_no_radiogroup() -> None:
    assert "radiogroup" not in draw("{% field form.days %}", form=Door())


def test_a_hidden_field_is_only_its_control() -> None:
    assert draw("{% field form.key %}", form=Door()) == '<input type="hidden" name="key" id="id_key">'


def test_the_summary_names_every_fault_once_and_links_to_what_exists() -> None:
    form = Door({"name": ""})
    summary = draw("{% error_summary form %}", form=form)
    drawn = draw("{% for f in form %}{% field f %}{% endfor %}", form=form)
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert targets == ["id_name", "id_work_0", "id_agreed"]
    assert set(targets) <= set(ids_of(drawn))
    assert "Nobody is expected today." in summary
    assert ">Name on the door card: This field is required.<" in summary
    assert ">Can you work? This field is required.<" in summary
    assert "4 things need another look." in summary


def test_the_summary_of_a_form_without_faults_is_nothing() -> None:
    assert draw("{% error_summary form %}", form=forms.Form({})).strip() == ""


# --- lists, progress


def test_a_pager_leaves_out_what_does_not_exist() -> None:
    assert draw("{% pager %}") == ""
    html = draw('{% pager "?before=417" %}')
    assert re.findall(r'href="([^"]*)" rel="(\w+)"', html) == [("?before=417", "next")]


def test_progress_is_counted_only_where_the_whole_is_known() -> None:
    counted = draw('{% include "kit/_progress.html" with id="p" words="3 of 5" done=3 total=5 %}')
    assert '<progress aria-labelledby="p" max="5" value="3">' in counted
    assert "<progress" not in draw('{% include "kit/_progress.html" with id="p" words="Waiting" %}')


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(3, 5, "60.00"), (7, 5, "100.00"), (1, 0, "0.00"), (-1, 5, "0.00")]
)
def test_a_bar_never_leaves_its_frame(part: float, whole: float, share: str) -> None:
    assert f'class="fi" width="{share}%"' in draw("{% bar part whole %}", part=part, whole=whole)


# --- pages


def test_a_page_marks_the_current_place_and_gives_phones_a_short_name() -> None:
    html = page(places=PLACES, who="Ruth Okafor, owner", sign_out_url="/out", csrf_token="t")
    assert html.count('aria-current="page"') == 1
    assert '<span class="long">Tell us what is wrong</span><span class="short">Report</span>' in html
    assert '<form method="post" action="/out" data-signs-out>' in html
    assert html.count("<h1") == 1


def test_a_page_without_any_context_has_no_dead_parts() -> None:
    html = page()
    assert "<nav" not in html
    assert "<form" not in html
    assert 'class="who"' not in html


def test_a_page_of_a_language_from_right_to_left_says_so() -> None:
    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl">' in page()


def test_the_report_form_may_leave_out_font_and_scripts() -> None:
    source = '{% extends "kit/base.html" %}{% block font %}{% endblock %}{% block scripts %}{% endblock %}'
    html = engines["django"].from_string(source).render({})
    assert "woff2" not in html
    assert "<script" not in html


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_needs_no_context_and_tells_the_next_step(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1") == 1
    assert html.count("<p>") >= 2
    assert 'class="btn main" href="/"' in html


def test_the_page_of_last_resort_looks_nothing_up(settings: Settings) -> None:
    # A missing manifest of static files is one of the things that may have gone wrong.
    settings.STORAGES = static_storage(HASHED)
    with pytest.raises(ValueError, match="manifest"):
        render_to_string("404.html")
    assert "Something broke on our side." in render_to_string("500.html")


def test_no_template_holds_what_the_content_policy_refuses() -> None:
    for path in sorted((KIT / "templates").rglob("*.html")):
        source = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on|<script(?! src=)", source), path


# --- weight


def test_the_first_load_fits_its_budget() -> None:
    html = page(places=PLACES, who="Ruth Okafor, owner")
    named = set(re.findall(r'(?:href|src)="/static/kit/([^"#]+)', html))
    assert named == {"quiet.css", "quiet.js", "marks.svg", "vendor/htmx.min.js", "fonts/quiet-serif-latin.woff2"}
    weight = sum(size_on_the_line(STATIC / name) for name in named) + 8 * 1024  # a page of 8 KB beside them
    assert weight <= 90_000
    assert len(named) + 1 <= 6


def size_on_the_line(path: Path) -> int:
    raw = path.read_bytes()
    return len(raw) if path.suffix == ".woff2" else len(gzip.compress(raw, 6))


# --- reading HTML


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]


def text_of(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    return " ".join(" ".join(reader.words).split())


def ids_of(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    return reader.ids
