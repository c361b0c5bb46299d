"""One way to draw a form field: label above, hint, control, error; tied together by ids for screen readers."""

from collections.abc import Collection, Iterable
from html import escape

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quietmonday.kit.marks import mark_svg


def render_field(
    bound: BoundField, *, label: str = "", hint: str = "", hide_label: bool = False, pick: str = ""
) -> SafeString:
    """Return `bound` as HTML. `label` and `hint` replace the form's own; `pick` is an extra class of the choices."""
    if bound.is_hidden:
        return SafeString(bound.as_widget())
    label, hint = label or str(bound.label), hint or str(bound.help_text)
    below = _notes(bound, hint)
    described = _described_by(bound, hint)
    if isinstance(bound.field.widget, RadioSelect):
        return _choices(bound, label, below, described, hide_label=hide_label, pick=pick)
    control = bound.as_widget(attrs=_attributes(bound, described))
    if isinstance(bound.field.widget, CheckboxInput):
        return format_html(
            '<div class="field tickbox"><label>{} <span>{}</span></label>{}</div>', control, label, below
        )
    return format_html(
        '<div class="field"><label for="{}"{}>{}</label>{}{}</div>',
        bound.id_for_label, _hidden(hide_label), label, control, below,
    )  # fmt: skip


def render_list(
    name: str, label: str, options: Iterable[tuple[str, str]], chosen: str = "", *, hide_label: bool = False
) -> SafeString:
    """Return a list to choose one of (value, word) from, as `render_field` draws it, without a form around it.

    For lists that narrow pages: what is sent is read elsewhere, and a form for it took a tenth of the page's time.
    """
    inside = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(word)}</option>'
        for value, word in options
    )
    hidden = ' class="vh"' if hide_label else ""
    return SafeString(
        f'<div class="field"><label for="list_{name}"{hidden}>{escape(label)}</label>'
        f'<select name="{name}" id="list_{name}">{inside}</select></div>'
    )


def render_checks(name: str, label: str, options: Iterable[tuple[str, str]], chosen: Collection[str]) -> SafeString:
    """Return boxes to choose any of (value, word), as `render_field` draws them, without a form around them.

    None chosen sends the name without a value, which is another thing than saying nothing.
    """
    inside = "".join(
        f'<label><input type="checkbox" name="{name}" value="{escape(value)}"{" checked" if value in chosen else ""}>'
        f" <span>{escape(word)}</span></label>"
        for value, word in options
    )
    return SafeString(
        f'<fieldset class="field"><legend>{escape(label)}</legend><input type="hidden" name="{name}" value="">'
        f'<div class="pick">{inside}</div></fieldset>'
    )


def render_date(name: str, label: str, value: str = "") -> SafeString:
    """Return a field for a date, as `render_field` draws it, without a form around it."""
    return SafeString(
        f'<div class="field"><label for="list_{name}">{escape(label)}</label>'
        f'<input type="date" name="{name}" id="list_{name}" value="{escape(value)}"></div>'
    )


def _choices(
    bound: BoundField, label: str, below: SafeString, described: str, *, hide_label: bool, pick: str
) -> SafeString:
    # A radiogroup may carry aria-invalid, a group of checkboxes may not; Django derives those from RadioSelect.
    radio = not isinstance(bound.field.widget, CheckboxSelectMultiple)
    extra = format_html(' aria-describedby="{}"', described) if described else SafeString("")
    if radio and bound.errors:
        extra += SafeString(' aria-invalid="true"')
    options = format_html_join(
        "", "<label>{} <span>{}</span></label>", ((option.tag(), option.choice_label) for option in bound.subwidgets)
    )
    return format_html(
        '<fieldset class="field"{}{}><legend{}>{}</legend><div class="{}">{}</div>{}</fieldset>',
        SafeString(' role="radiogroup"') if radio else "",
        extra,
        _hidden(hide_label),
        label,
        f"pick {pick}".strip(),
        options,
        below,
    )


def _notes(bound: BoundField, hint: str) -> SafeString:
    below = format_html('<p class="hint" id="{}_hint">{}</p>', bound.auto_id, hint) if hint else SafeString("")
    if bound.errors:
        words = format_html_join(" ", "<span>{}</span>", ((message,) for message in bound.errors))
        below += format_html(
            '<p class="err" id="{}_error">{} <span>{}</span></p>', bound.auto_id, mark_svg("no"), words
        )
    return below


def _described_by(bound: BoundField, hint: str) -> str:
    ids = [f"{bound.auto_id}_hint"] if hint else []
    return " ".join(ids + ([f"{bound.auto_id}_error"] if bound.errors else []))


def _attributes(bound: BoundField, described: str) -> dict[str, str | bool]:
    attributes: dict[str, str | bool] = {}
    if described:
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if isinstance(bound.field.widget, FileInput):
        attributes["class"] = "file"
    return attributes


def _hidden(hide: bool) -> SafeString:
    return SafeString(' class="vh"') if hide else SafeString("")
