"""One world for all tests of the sweep, and its table at the end of the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from tests.boundaries.sweep.doors_of_providers import SAYS
from tests.boundaries.sweep.world import NOW, World, make_world
from tests.people.providers import CONTOSO


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The two businesses, at one moment; whoever changes anything rolls it back."""
    # A folder of its own: work that expires files, run by a test beside this one, knows nothing of this world's rows.
    apart = override_settings(EXPORTS_DIR=tmp_path_factory.mktemp("exports"), SIGN_IN_PROVIDERS={CONTOSO.name: CONTOSO})
    known = mock.patch("quietmonday.people.actions.providers.ask_about", return_value=SAYS)
    with apart, known, django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests put into their reports."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, text in report.user_properties:
            if name == "sweep table":
                terminalreporter.section("the outsider sweep")
                terminalreporter.write_line(text)
