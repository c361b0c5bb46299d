"""Signed addresses and message ids (attack 4)."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.post.logic.addresses import (
    MALFORMED,
    MAX_LOCAL,
    OTHER_SENDER,
    TOKEN_CHARS,
    WRONG_SIGNATURE,
    Forged,
    NotAReply,
    Verified,
    base_address,
    message_id,
    normalise,
    read_references,
    read_reply_address,
    reply_address,
)

KEY = b"k" * 32
OTHER_KEY = b"o" * 32
TICKET = UUID("0191d2a0-1111-7000-8000-000000000001")
OTHER = UUID("0191d2a0-2222-7000-8000-000000000002")
MESSAGE = UUID("0191d2a0-3333-7000-8000-000000000003")
ANNA = "anna@client.test"


def address(ticket: UUID = TICKET, recipient: str = ANNA, key: bytes = KEY) -> str:
    return reply_address("help@host.test", ticket, recipient, key)


def read(*addresses: str, sender: str = ANNA, key: bytes = KEY) -> Verified | Forged | NotAReply:
    return read_reply_address(addresses, sender, key)


def test_who_got_the_mail_can_answer_it() -> None:
    assert read(address()) == Verified(TICKET)
    assert read("x@y.test", f"Help Desk <{address().upper()}>", sender="Anna <ANNA@Client.Test>") == Verified(TICKET)


def test_the_address_fits_a_mail_system() -> None:
    local, _, host = address().partition("@")
    assert host == "host.test"
    assert len(local) <= MAX_LOCAL
    assert local.startswith("help+r.")
    assert local == local.lower()
    longest = reply_address("a" * 16 + "@host.test", TICKET, ANNA, KEY).partition("@")[0]
    assert len(longest) == MAX_LOCAL
    assert reply_address("a" * 17 + "@host.test", TICKET, ANNA, KEY) == "a" * 17 + "@host.test"


def test_another_sender_is_told_from_a_guess() -> None:
    assert read(address(), sender="bo@client.test") == Forged(OTHER_SENDER)
    assert read(address(key=OTHER_KEY)) == Forged(WRONG_SIGNATURE)
    assert read("help+r." + "a" * TOKEN_CHARS + "@host.test") == Forged(WRONG_SIGNATURE)


def test_a_token_does_not_carry_over_to_another_ticket() -> None:
    mine, other = (address(ticket).partition("+r.")[2].partition("@")[0] for ticket in (TICKET, OTHER))
    spliced = {other[:cut] + mine[cut:] for cut in range(TOKEN_CHARS)} - {mine, other}
    assert len(spliced) > 20
    assert {read(f"help+r.{token}@host.test") for token in spliced} <= {Forged(WRONG_SIGNATURE), Forged(OTHER_SENDER)}


@pytest.mark.parametrize(
    "token", ["", "abc", "a" * 200, "1" * TOKEN_CHARS, "ä" * TOKEN_CHARS, "0191d2a0-1111-7000-8000-000000000001", "417"]
)
def test_what_was_never_a_token_is_malformed(token: str) -> None:
    assert read(f"help+r.{token}@host.test") == Forged(MALFORMED)


@pytest.mark.parametrize(
    "plain", ["help@host.test", "help+printer@host.test", "r.abc@host.test", "", "@", "+r.", "help"]
)
def test_an_ordinary_address_is_no_reply(plain: str) -> None:
    assert read(plain) == NotAReply()


def test_a_good_token_counts_beside_bad_ones() -> None:
    assert read("help+r.zzz@host.test", address(), address(OTHER, key=OTHER_KEY)) == Verified(TICKET)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, TOKEN_CHARS - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_any_changed_letter_is_noticed(at: int, letter: str) -> None:
    good = address()
    start = good.index("+r.") + 3
    changed = good[: start + at] + letter + good[start + at + 1 :]
    assert isinstance(read(changed), Forged) or changed == good


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=5), st.text(max_size=40))
def test_any_text_is_read_without_an_exception(addresses: list[str], sender: str) -> None:
    assert not isinstance(read(*addresses, sender=sender), Verified)
    assert not isinstance(read_references(addresses, sender, KEY), Verified)


def own_id(ticket: UUID = TICKET, message: UUID = MESSAGE, recipient: str = ANNA, key: bytes = KEY) -> str:
    return message_id(ticket, message, recipient, key, "host.test")


def test_our_message_id_threads_for_whom_it_was_sent_to() -> None:
    assert own_id() == own_id()
    assert len(own_id()) < 200
    assert read_references(["<else@x.test>", own_id()], ANNA, KEY) == Verified(TICKET)
    assert read_references([own_id()], "bo@client.test", KEY) == Forged(OTHER_SENDER)
    assert read_references([own_id(key=OTHER_KEY)], ANNA, KEY) == Forged(WRONG_SIGNATURE)
    assert read_references(["<else@x.test>", ""], ANNA, KEY) == NotAReply()
    assert read_references(["<qm.abc.def@host.test>"], ANNA, KEY) == Forged(MALFORMED)


@pytest.mark.parametrize(
    "other", ["+" + "0" * 30 + "2", "0_" + "0" * 29 + "2", "{" + "0" * 31 + "2}", "0-" + "0" * 30 + "2"]
)
def test_a_message_id_has_one_spelling(other: str) -> None:
    number = UUID(int=2).hex
    ours = message_id(TICKET, UUID(int=2), ANNA, KEY, "host.test")
    assert read_references([ours.upper()], ANNA, KEY) == Verified(TICKET)
    assert read_references([ours.replace(number, other)], ANNA, KEY) == Forged(MALFORMED)


def test_a_token_serves_one_purpose_and_one_message() -> None:
    of_address = address().partition("+r.")[2].partition("@")[0]
    assert isinstance(read_references([f"<qm.{of_address}.{MESSAGE.hex}@host.test>"], ANNA, KEY), Forged)
    of_message = own_id().split(".")[1]
    assert isinstance(read(f"help+r.{of_message}@host.test"), Forged)
    assert isinstance(read_references([own_id().replace(MESSAGE.hex, OTHER.hex)], ANNA, KEY), Forged)


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Anna <ANNA@Client.TEST>", "anna@client.test"),
        (" anna@client.test\n", "anna@client.test"),
        ("x@Bücher.test", "x@xn--bcher-kva.test"),
        ("x@xn--bcher-kva.test", "x@xn--bcher-kva.test"),
        ("x@" + "ü" * 300, "x@" + "ü" * 300),
        ("a\u0308@x.test", "ä@x.test"),
        ("a+tag@x.test", "a+tag@x.test"),
        ("none", "none"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(written: str, spelled: str) -> None:
    assert normalise(written) == spelled


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_spelling_an_address_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("odd", ["evil\uff20client.test", "a\uff0cb", "a\u00b4b.test", "\uff1cb\uff1e.test"])
def test_no_spelling_of_a_host_makes_two_addresses_of_one(odd: str) -> None:
    spelled = normalise(f"anna@{odd}")
    assert spelled.count("@") == 1
    assert not set(spelled) & set(" ,;<>")
    assert normalise(spelled) == spelled


def test_a_mailbox_is_known_without_its_tag() -> None:
    assert base_address("Help <help+r.abc@Host.test>") == "help@host.test"
