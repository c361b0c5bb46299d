"""After every test here that writes messages, the search holds what they say: whichever verb wrote them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

DATABASE = {"db", "transactional_db"}


@pytest.fixture(autouse=True)
def the_search_is_what_was_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test after which the index is behind. `search_is_behind` marks those that write round every verb."""
    if not DATABASE & set(request.fixturenames) or request.node.get_closest_marker("search_is_behind"):
        yield
        return
    request.getfixturevalue("db" if "db" in request.fixturenames else "transactional_db")  # goes after us
    yield
    from quietmonday.support.queries.search_check import search_as_said  # models, once Django is set up

    found = [f"{finding.rule} {finding.params}" for finding in search_as_said(None)]
    assert found == [], (
        "a verb wrote or erased words without actions.indexing: index_new, index_again, take_out_of_search"
    )
