"""clean_text is fast on text made to be slow to normalise, and stays idempotent."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.kit.text import MAX_MARKS, clean_line, clean_text


def test_marks_beyond_the_thirtieth_are_dropped() -> None:
    # Without the cut this line takes minutes: normalising sorts each run of marks in the square of its length.
    text = clean_text("a" + "\u0323\u0301" * 200_000 + "b")
    assert text.startswith("ạ") and text.endswith("b")
    assert sum(1 for char in text if unicodedata.combining(char)) <= MAX_MARKS


def test_a_run_is_found_wherever_it_begins() -> None:
    for before in range(70):
        for marks in (MAX_MARKS, MAX_MARKS + 1, MAX_MARKS + 40):
            cleaned = clean_text("x" * before + "\u0323" * marks + "y")
            assert cleaned.count("\u0323") == min(marks, MAX_MARKS)


def test_a_mark_behind_a_dropped_override_joins_its_letter() -> None:
    assert clean_line("a\u202e\u0301") == "á"


def test_words_with_marks_are_left_alone() -> None:
    for words in ("Grüße", "Việt Nam", "שָׁלוֹם", "नमस्ते", "각"):
        assert clean_text(unicodedata.normalize("NFD", words)) == unicodedata.normalize("NFC", words)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["a", "\u0301", "\u0323", "\u0344", "\u0f73", "é", "\u1100\u1161"]), max_size=90))
def test_cleaning_twice_changes_nothing(pieces: list[str]) -> None:
    once = clean_text("".join(pieces))
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
