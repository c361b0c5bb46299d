"""A verdict as it is stored: value, rule, language-neutral parameters, the facts it used."""

from collections.abc import Mapping
from typing import Any

from quietmonday.support.logic.judged import Value, Verdict


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Return `verdict` as JSON values."""
    return {
        "value": verdict.value.value,
        "rule": verdict.rule,
        "params": dict(verdict.params),
        "facts": list(verdict.facts),
        "disputes": list(verdict.disputes),
    }


def verdict_from_json(stored: Mapping[str, Any]) -> Verdict:
    """Return the verdict that `verdict_as_json` stored."""
    return Verdict(
        value=Value(stored["value"]),
        rule=stored["rule"],
        params=dict(stored["params"]),
        facts=tuple(stored["facts"]),
        disputes=tuple(stored.get("disputes", ())),
    )
