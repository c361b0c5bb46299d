"""Every harness on its seeds, and on what hypothesis makes of them. `bin/fuzz` goes on for as long as one likes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing.harness import Harness
from tests.fuzzing.harnesses import NAMES, harness_of


@pytest.mark.parametrize("name", NAMES)
def test_the_seeds_hold(name: str) -> None:
    harness = harness_of(name)
    for seed in (b"", b"\x00", *harness.seeds):
        assert len(seed) <= harness.longest
        harness.check(seed)


@pytest.mark.parametrize("name", NAMES)
def test_changed_seeds_hold(name: str) -> None:
    harness = harness_of(name)

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(changed(harness))
    def holds(data: bytes) -> None:
        harness.check(data[: harness.longest])

    holds()


def changed(harness: Harness) -> st.SearchStrategy[bytes]:
    """Return seeds with pieces taken out and others put in, words of the parser among them."""
    pieces = st.sampled_from([*harness.words, b""]) | st.binary(max_size=6)
    change = st.tuples(st.floats(0, 1), st.integers(0, 40), pieces)
    return st.builds(_put_in, st.sampled_from(list(harness.seeds)), st.lists(change, max_size=6))


def _put_in(seed: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, piece in changes:
        at = int(where * len(seed))
        seed = seed[:at] + piece + seed[at + length :]
    return seed
