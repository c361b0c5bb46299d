"""What tests of people share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture
def fresh_counts(db: None) -> Iterator[None]:
    """No tries of an earlier test count."""
    cache.clear()
    yield
    cache.clear()
