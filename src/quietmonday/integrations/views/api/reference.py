"""What programs can do: for machines as OpenAPI, for people as a page."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quietmonday.kit.clock import now as present
from quietmonday.people.access import viewer_of


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the description. It holds nothing of anybody, so it needs no token."""
    from quietmonday.integrations.views.api.assembly import description  # loaded by whoever needs it: 20 MiB

    return HttpResponse(json.dumps(description()), content_type="application/json; charset=utf-8")


@require_safe
def reference(request: Any) -> HttpResponse:
    """Show every operation on one page."""
    from quietmonday.integrations.views.api.assembly import description  # loaded by whoever needs it: 20 MiB

    if request.user.is_authenticated:
        request.viewer = viewer_of(request.user, present())
    told = description()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_line(path, method, operation, told))
    return render(request, "integrations/api.html", {"groups": groups, "about": told["info"]["description"]})


def _line(path: str, method: str, operation: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    shape: dict[str, Any] = next((each["schema"] for each in body.values()), {})
    answers = [status for status in operation["responses"] if int(status) < 300]
    content = operation["responses"][answers[0]].get("content", {})
    given: dict[str, Any] = next((each["schema"] for each in content.values()), {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "shown": path.replace("/", "/\u200b"),  # may break where a reader would
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "takes": [
            (each["name"], _kind(each["schema"]), each.get("description", ""))
            for each in operation["parameters"]
            if each["in"] == "query"
        ],
        "sends": _fields(shape, told),
        "gives": _fields(given, told),
        "status": answers[0],
        "refuses": ", ".join(status for status in operation["responses"] if int(status) >= 400),
    }


def _fields(shape: dict[str, Any], told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (name, kind, what it is) of the fields of a shape; of a page, those of one of its items."""
    found = _resolved(shape, told)
    if "items" in found.get("properties", {}) and "next" in found.get("properties", {}):
        found = _resolved(found["properties"]["items"]["items"], told)
    needed = found.get("required", [])
    return [
        (name, _kind(each) + ("" if name in needed else ", may be left out"), each.get("description", ""))
        for name, each in found.get("properties", {}).items()
    ]


def _resolved(shape: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in shape:
        named: dict[str, Any] = told["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
        return named
    return shape


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("const") or schema.get("type") or "")
