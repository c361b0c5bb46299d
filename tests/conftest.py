"""What every test stands on: a throw-away folder, the standing cast."""

import datetime as dt
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast

os.environ.setdefault("QUIETMONDAY_VAR", tempfile.mkdtemp(prefix="quietmonday-test-"))
os.environ.setdefault("QUIETMONDAY_PLAIN_STATIC", "1")


@pytest.fixture
def cast(db: None) -> "Cast":
    """The standing cast, as it stands at the present moment."""
    from tests.cast import make_cast  # models can be imported only once Django is set up

    return make_cast(dt.datetime.now(dt.UTC))
