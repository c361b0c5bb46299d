"""New text and quoted text. Losing what somebody wrote is the worse mistake."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.kit.text import clean_text
from quietmonday.post.logic.reply import MAX_LINES, new_text


@pytest.mark.parametrize(
    ("text", "new", "quoted_begins"),
    [
        (
            "It works now.\n\nOn Fri, 20 Nov 2026 at 09:30, Help <h@x.test> wrote:\n> Try again\n",
            "It works now.",
            "On Fri",
        ),
        (
            "It works.\n\nOn Fri, 20 Nov 2026 at 09:30, Help Desk of Client\n<h@x.test> wrote:\n\n> Try\n",
            "It works.",
            "On Fri",
        ),
        ("Geht wieder.\n\nAm 20.11.2026 um 09:30 schrieb Help <h@x.test>:\n> Nochmal\n", "Geht wieder.", "Am 20"),
        ("Ok\n\nLe ven. 20 nov. 2026 à 09:30, Help <h@x.test> a écrit :\n> Encore", "Ok", "Le ven"),
        (
            "Thanks\n\nFrom: Help <h@x.test>\nSent: Friday\nTo: Anna\nSubject: Printer\n\nTry again",
            "Thanks",
            "From: Help",
        ),
        (
            "Danke\n\nVon: Help <h@x.test>\nGesendet: Freitag\nAn: Anna\nBetreff: Drucker\n\nNochmal",
            "Danke",
            "Von: Help",
        ),
        ("Yes\n\n-----Original Message-----\nTry again", "Yes", "-----Original"),
        ("Yes\n> Try again\n> Help", "Yes", "> Try"),
        ("Yes\n\n-- \nAnna Berg\nClient Ltd", "Yes", "-- "),
        ("Yes\n\nSent from my iPhone", "Yes", "Sent from"),
        ("Yes\n\nSent from my iPhone\n\nOn 20 Nov 2026, at 09:30, Help <h@x.test> wrote:\n\n> Try", "Yes", "Sent from"),
    ],
)
def test_what_stands_above_the_quote_is_new(text: str, new: str, quoted_begins: str) -> None:
    found, quoted = new_text(text)
    assert found == new
    assert quoted.startswith(quoted_begins)


@pytest.mark.parametrize(
    "text",
    [
        "Nothing quoted here.\n\nJust two paragraphs.",
        "> Does it work?\n\nNo.\n\n> Is it on?\n\nYes.",
        "On Fri, Help wrote:\n> Does it work?\n\nNo, it does not.",
        "On Fri, 20 Nov 2026, Help <h@x.test> wrote:\n> only a quote",
        "From: me to you, with thanks",
        "The error says:\n> disk full\nand then it stops.",
        "a\n" * (MAX_LINES + 5) + "On Fri, 20 Nov 2026, Help <h@x.test> wrote:\n> x",
        "",
    ],
)
def test_when_unsure_everything_is_new(text: str) -> None:
    assert new_text(text) == (text.strip("\n"), "")


PIECES = (
    "On Fri, 20 Nov 2026, Help <h@x.test> wrote:",
    "> quoted",
    "-- ",
    "words",
    "",
    "From: a",
    "Sent: b",
    "To: c",
    "Sent from my iPhone",
    "Am 1.1.2026 schrieb A B:",
    "  indented",
    "-----Original Message-----",
    "On On On",
    "___" * 12,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=10), max_size=12))
def test_no_word_is_lost_and_none_changes_its_place(lines: list[str]) -> None:
    text = clean_text("\n".join(lines))
    new, quoted = new_text(text)
    assert f"{new} {quoted}".split() == text.split()
    assert new.strip() or not text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "On " * 100_000,
        "On On " + "a " * 100_000,
        ("On On " + "a " * 97 + "\n") * 80,
        "> " * 100_000,
        "From: a\nSent:" * 20_000,
        "\n" * 300_000,
        "Cc: " + " " * 300_000 + "x",
        ("* " * 95 + "\n") * 400,
        "Le a écrit" * 9_000,
        (">" * 190 + "\n") * 400,
    ],
)
def test_text_made_to_be_slow_comes_back_whole(text: str) -> None:
    new, quoted = new_text(text)
    assert f"{new} {quoted}".split() == text.split()
