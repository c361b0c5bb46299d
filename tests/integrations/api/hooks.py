"""What schemathesis is to know of the API: a valid Idempotency-Key is of one request, so each gets its own."""

from __future__ import annotations

import re
import uuid
from typing import Any

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    key = (case.headers or {}).get(KEY)
    if key is not None and re.fullmatch(r"[!-~]{1,255}", str(key)):
        case.headers[KEY] = uuid.uuid4().hex
