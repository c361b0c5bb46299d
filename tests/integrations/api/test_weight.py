"""Pages do not pay for programs: what the API stands on is loaded by the first call that shows a token."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.outbox.installation import ROOT

LOOKED = """
import sys, django
django.setup()
from django.urls import resolve, reverse
reverse("integrations:api", args=["tickets"]), reverse("reports:home"), resolve("/api/v1/tickets")
from quietmonday.integrations.jobs import tell
print(sorted(name for name in ("ninja", "pydantic", "schemathesis") if name in sys.modules))
from quietmonday.integrations.views.api.front import resolver
print(resolver().resolve("tickets").func is not None, "ninja" in sys.modules)
"""


@pytest.mark.one_engine
def test_no_page_and_no_worker_loads_the_library_of_the_api() -> None:
    done = subprocess.run([sys.executable, "-c", LOOKED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "True True"]
