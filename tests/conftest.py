"""What every test stands on: a throw-away folder, the tiers, the standing cast."""

import atexit
import datetime as dt
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

if "QUIETMONDAY_VAR" not in os.environ:
    _folder = os.environ["QUIETMONDAY_VAR"] = tempfile.mkdtemp(prefix="quietmonday-test-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.setdefault("QUIETMONDAY_PLAIN_STATIC", "1")

from tests.tiers import pytest_addoption as pytest_addoption  # settings read the folder when imported
from tests.tiers import pytest_collection_modifyitems as pytest_collection_modifyitems  # as above


@pytest.fixture(autouse=True)
def _no_search_is_left_over(request: pytest.FixtureRequest) -> "Iterator[None]":
    """Empty the search after a test whose rows are flushed: it is no model's table, and a flush passes it over."""
    mark = request.node.get_closest_marker("django_db")
    is_flushed = mark is not None and mark.kwargs.get("transaction", False)
    if not is_flushed and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")  # goes after us
    yield
    from quietmonday.support.actions.index_writing import writer  # models, once Django is set up

    writer().clear()


@pytest.fixture
def cast(db: None) -> "Cast":
    """The standing cast, as it stands at the present moment."""
    from tests.cast import make_cast  # models can be imported only once Django is set up

    return make_cast(dt.datetime.now(dt.UTC))
