"""What every test stands on: a throw-away folder, the tiers, the standing cast."""

import os
import tempfile

os.environ.setdefault("QUIETMONDAY_VAR", tempfile.mkdtemp(prefix="quietmonday-test-"))
os.environ.setdefault("QUIETMONDAY_PLAIN_STATIC", "1")

from tests.tiers import pytest_addoption as pytest_addoption  # settings read the folder when imported
from tests.tiers import pytest_collection_modifyitems as pytest_collection_modifyitems  # as above
