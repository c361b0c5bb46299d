"""@Name: who is meant."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.support.logic.mentions import MOST, mentions_in

PEOPLE = [
    ("sam", "Sam Kessler"),
    ("samuel", "Samuel Okoro"),
    ("asha", "Asha Fennimore"),
    ("jo1", "Jo Marsh"),
    ("jo2", "Jo Marsh-Webb"),
    ("lukasz", "Łukasz Wójcik"),
    ("ann", "Ann"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Sam please look", [("@Sam", "sam")]),
        ("@sam kessler, please", [("@sam kessler", "sam")]),
        ("ask @Asha and @Sam Kessler.", [("@Asha", "asha"), ("@Sam Kessler", "sam")]),
        ("@Samuel knows", [("@Samuel", "samuel")]),
        ("@Sammy", []),
        ("@Jo, which one?", []),  # two of them: nobody
        ("@Jo Marsh can", [("@Jo Marsh", "jo1")]),
        ("@Jo Marsh-Webb can", [("@Jo Marsh-Webb", "jo2")]),
        ("(@Łukasz)", [("@Łukasz", "lukasz")]),
        ("@ŁUKASZ WÓJCIK!", [("@ŁUKASZ WÓJCIK", "lukasz")]),
        ("write to help@sam.example or x@Sam", []),
        ("@@Sam", []),
        ("@ Sam", []),
        ("@Sam @sam @SAM", [("@Sam", "sam")]),
        ("@Sam\nKessler", [("@Sam", "sam")]),
        ("", []),
    ],
)
def test_who_is_meant(text: str, found: list[tuple[str, str]]) -> None:
    assert mentions_in(text, PEOPLE) == found


def test_at_most_so_many_are_named() -> None:
    many = [(number, f"Person{number}") for number in range(100)]
    text = " ".join(f"@{name}" for _number, name in many)
    assert [key for _written, key in mentions_in(text, many)] == list(range(MOST))


def test_a_text_full_of_signs_is_read_in_no_time() -> None:
    people = [(number, f"Person {number}") for number in range(1_000)]
    begun = time.process_time()
    assert mentions_in("@Person x " * 100_000, people) == []
    assert time.process_time() - begun < 2


@given(st.text(alphabet=st.sampled_from("@SamJo shi\n-.é"), max_size=200))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    for written, key in mentions_in(text, PEOPLE):
        assert written in text
        assert key in dict(PEOPLE)
