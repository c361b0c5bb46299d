"""Words by which requests are found again: one spelling, bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.support.logic.tags import LONGEST, NoTag, normal_tag, tags_in


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("Printer", "printer"),
        ("  #Printer ", "printer"),
        ("label   printer", "label printer"),
        ("Straße", "straße"),
        ("ＷＩＦＩ", "ｗｉｆｉ"),
        ("", ""),
        ("##", ""),
        ("a\x00b", "a�b"),
    ],
)
def test_a_tag_has_one_spelling(written: str, tag: str) -> None:
    assert normal_tag(written) == tag


def test_several_are_written_with_commas_and_each_counts_once() -> None:
    assert tags_in("Printer, wifi;printer\n #WiFi, ,") == ["printer", "wifi"]


@pytest.mark.parametrize(
    ("written", "rule"),
    [("x" * 41, "too_long"), ("x" * 10_000, "too_long"), ("a," * 5_000, "too_long"), (" , ;", "nothing")],
)
def test_what_is_no_tag_is_refused(written: str, rule: str) -> None:
    with pytest.raises(NoTag) as refused:
        tags_in(written)
    assert refused.value.rule == rule


@given(st.text())
def test_the_spelling_of_a_spelling_is_itself(text: str) -> None:
    try:
        tag = normal_tag(text)
    except NoTag:
        return
    assert normal_tag(tag) == tag
    assert len(tag) <= LONGEST
