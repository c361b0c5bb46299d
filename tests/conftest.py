"""What every test stands on: a throw-away folder, the tiers, the standing cast."""

import atexit
import datetime as dt
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast

if "QUIETMONDAY_VAR" not in os.environ:
    _folder = os.environ["QUIETMONDAY_VAR"] = tempfile.mkdtemp(prefix="quietmonday-test-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.setdefault("QUIETMONDAY_PLAIN_STATIC", "1")

from tests.tiers import pytest_addoption as pytest_addoption  # settings read the folder when imported
from tests.tiers import pytest_collection_modifyitems as pytest_collection_modifyitems  # as above


@pytest.fixture
def cast(db: None) -> "Cast":
    """The standing cast, as it stands at the present moment."""
    from tests.cast import make_cast  # models can be imported only once Django is set up

    return make_cast(dt.datetime.now(dt.UTC))
