"""Verdicts and headlines in the reader's language: the one place where stored rules meet gettext's callables."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.sentences import Translate, TranslatePlural, render
from quietmonday.support.logic.verdict_json import verdict_from_json


@dataclasses.dataclass(frozen=True)
class Speaker:
    """A language (two functions of gettext), a zone and a present moment."""

    translate: Translate
    translate_plural: TranslatePlural
    zone: str
    now: dt.datetime

    def say(self, rule: str, params: Mapping[str, object]) -> str:
        """Return the sentence of a rule."""
        return render(rule, params, self.zone, self.translate, translate_plural=self.translate_plural, now=self.now)


@dataclasses.dataclass(frozen=True)
class Said:
    """A verdict with its sentence, as pages and mails show it."""

    value: str
    sentence: str
    held: bool
    disputed: bool
    rule: str


def said(verdict: Verdict | Mapping[str, Any], speaker: Speaker) -> Said:
    """Return `verdict` (or its stored form) said by `speaker`."""
    known = verdict if isinstance(verdict, Verdict) else verdict_from_json(verdict)
    return Said(
        value=known.value.value,
        sentence=speaker.say(known.rule, known.params),
        held=known.rule == "E3" and known.value.value == "partly",
        disputed=known.disputed,
        rule=known.rule,
    )
