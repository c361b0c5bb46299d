"""Plain form controls drawn without templates.

Django draws every input, and every option of a list, from a template file of its own: fifty clients in a list took a
fifth of a page. What is drawn here is the same, byte for byte; everything else goes Django's way.
"""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_INPUTS = frozenset(
    f"{_FOLDER}{kind}.html"
    for kind in ("input", "text", "email", "password", "number", "hidden", "url", "tel", "search", "date", "time")
)


class QuickRenderer(DjangoTemplates):
    """Draws inputs, text areas and lists of choices itself."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return the control as HTML, marked safe."""
        if template_name in _INPUTS:
            return SafeString(_input(context["widget"]))
        if template_name == f"{_FOLDER}select.html":
            return SafeString(_select(context["widget"]))
        if template_name == f"{_FOLDER}textarea.html":
            return SafeString(_textarea(context["widget"]))
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{conditional_escape(str(widget["value"]))}"'
    name = conditional_escape(widget["name"])
    return f'<input type="{conditional_escape(widget["type"])}" name="{name}"{value}{_attributes(widget["attrs"])}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    text = conditional_escape(_shown(widget["value"])) if widget["value"] else ""
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(_shown(group))}">')
        for option in options:
            value = conditional_escape(str(option["value"]))
            label = conditional_escape(_shown(option["label"]))
            parts.append(f'\n  <option value="{value}"{_attributes(option["attrs"])}>{label}</option>\n')
        if group:
            parts.append("\n  </optgroup>")
    return "".join(parts) + "\n</select>"


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )


def _shown(value: Any) -> Any:
    return value if isinstance(value, str) else localize(value, use_l10n=True)
