"""What all shapes of the API share. A shape names each field: what is not in it neither comes in nor goes out."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, TypeVar

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, create_model

S = TypeVar("S", bound="Out")


class Out(Schema):
    """What goes out."""


class In(Schema):
    """What comes in: a field that is not known is refused, so that a mistyped one is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


def page_of(shape: type[S]) -> type[Out]:
    """Return the shape of one page of a list."""
    made: Any = create_model(
        f"{shape.__name__}Page",
        __base__=Out,
        items=(list[shape], Field(description="Up to `limit` of them.")),  # type: ignore[valid-type]  # made at run time
        next=(str | None, Field(description="The cursor of the next page; null on the last one.")),
    )
    return made  # type: ignore[no-any-return]  # made at run time


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _written_as(form: re.Pattern[str], like: str) -> BeforeValidator:
    """Return a check of how something is written: the library would take a number for seconds since 1970, too."""

    def check(value: Any) -> Any:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ValueError(f"write it like {like}")
        return value

    return BeforeValidator(check)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("is beyond the years that we can count") from None


Moment = Annotated[
    AwareDatetime,
    Field(description="ISO 8601 with its zone, like 2026-11-26T10:00:00Z.", json_schema_extra={"format": "date-time"}),
    AfterValidator(_in_utc),
    _written_as(_MOMENT, "2026-11-26T10:00:00Z"),
]
Day = Annotated[dt.date, _written_as(_DAY, "2026-11-26")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, Field(min_length=1, max_length=100_000, description="At least a word.")]
Note = Annotated[str, Field(max_length=4_000)]


class Fault(Out):
    """One thing that is wrong with a request."""

    where: str = Field(description="body.text, query.limit")
    says: str


class ProblemOut(Out):
    """An error, as RFC 9457 has it."""

    type: str = Field(description="Says which error it is: permanent.")
    title: str
    status: int
    detail: str = Field(description="What happened, and what to do.")
    errors: list[Fault] | None = None
