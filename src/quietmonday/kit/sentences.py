"""A finding is a rule and its parameters, stored language-neutral and said in the reader's language."""

from __future__ import annotations

import dataclasses
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark `message` for translation and return it as it is: for rules, which must not know Django."""
    return message


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """What was found: `rule` (permanent name), `params` (JSON values, no words of any language)."""

    rule: str
    params: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {"rule": self.rule, "params": self.params}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Finding:
        """Return the finding from its stored form."""
        return cls(rule=stored["rule"], params=dict(stored["params"]))
