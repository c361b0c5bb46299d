"""Errors of the API, as RFC 9457 writes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/problems/"
"""Before the name of a problem: its address, which is a name too and says no more."""

TITLES = {
    "malformed": (400, "The request cannot be read"),
    "no_token": (401, "No token that opens anything"),
    "scope": (403, "The token does not reach so far"),
    "forbidden": (403, "This is not yours to do"),
    "not_found": (404, "There is no such thing here"),
    "no_such_page": (404, "The list does not go on there"),
    "method": (405, "Not with this method"),
    "refused": (409, "As things stand this cannot be done"),
    "in_progress": (409, "The same request is being worked on"),
    "changed": (412, "It was changed meanwhile"),
    "too_large": (413, "Too much at once"),
    "media_type": (415, "Not in this form"),
    "invalid": (422, "The request is not valid"),
    "key_reused": (422, "The key was used for another request"),
    "too_many": (429, "Too many requests"),
    "failed": (500, "We failed"),
}
"""Name → status and title. A name is permanent: programs go by it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: where, and what."""

    where: str  # body.text, query.limit
    says: str


class Problem(Exception):
    """A request that is answered with a problem. `detail`: what happened, and what to do."""

    def __init__(
        self, name: str, detail: str, *, faults: Sequence[Fault] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(name)
        self.name, self.detail, self.faults, self.headers = name, detail, tuple(faults), headers or {}

    @property
    def status(self) -> int:
        """The status of the answer."""
        return TITLES[self.name][0]

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {
            "type": f"{TYPES}{self.name}",
            "title": TITLES[self.name][1],
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            body["errors"] = [dataclasses.asdict(fault) for fault in self.faults]
        return body
