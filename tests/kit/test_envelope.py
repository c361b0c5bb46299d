"""Secrets at rest open only with the root key, in their place, unchanged."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from quietmonday.kit.envelope import SecretUnreadable, derived_key, ensure_key_file, open_secret, root_key, seal_secret
from quietmonday.kit.signing import sign, signed_by_us

PLACE = "mailbox:1:password"


@given(st.binary(max_size=300), st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_what_is_sealed_opens_in_its_place(secret: bytes, place: str) -> None:
    assert open_secret(seal_secret(secret, place), place) == secret


def test_two_seals_of_one_secret_differ_and_hold_none_of_it() -> None:
    first, second = seal_secret(b"correct horse", PLACE), seal_secret(b"correct horse", PLACE)
    assert first != second
    assert b"correct" not in first + second


def test_a_sealed_secret_put_elsewhere_does_not_open() -> None:
    sealed = seal_secret(b"correct horse", PLACE)
    for other in ("mailbox:2:password", "mailbox:1:passwor", "", PLACE + " "):
        with pytest.raises(SecretUnreadable):
            open_secret(sealed, other)


def test_any_changed_byte_is_noticed() -> None:
    sealed = seal_secret(b"horse", PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SecretUnreadable):
            open_secret(bytes(changed), PLACE)


def test_a_cut_or_stripped_secret_does_not_open() -> None:
    sealed = seal_secret(b"horse", PLACE)
    for cut in (b"", sealed[:1], sealed[:-1], sealed[1:], sealed[:40], sealed + b"x"):
        with pytest.raises(SecretUnreadable):
            open_secret(cut, PLACE)


def test_parts_of_two_secrets_do_not_make_a_third() -> None:
    first, second = seal_secret(b"horse", PLACE), seal_secret(b"zebra", PLACE)
    key_end = 1 + 12 + 48
    with pytest.raises(SecretUnreadable):
        open_secret(first[:key_end] + second[key_end:], PLACE)


def test_another_root_key_opens_nothing(settings: Settings, tmp_path: Path) -> None:
    sealed, mac = seal_secret(b"horse", PLACE), sign("reply", "417")
    settings.ROOT_KEY_FILE = tmp_path / "other.key"
    ensure_key_file(tmp_path / "other.key")
    with pytest.raises(SecretUnreadable, match="another root key"):
        open_secret(sealed, PLACE)
    assert not signed_by_us(mac, "reply", "417")


def test_without_the_root_key_nothing_opens_and_none_is_made_up(settings: Settings, tmp_path: Path) -> None:
    sealed = seal_secret(b"horse", PLACE)
    settings.ROOT_KEY_FILE = missing = tmp_path / "missing.key"
    for call in (lambda: open_secret(sealed, PLACE), lambda: seal_secret(b"x", PLACE), root_key):
        with pytest.raises(SecretUnreadable, match="put back the copy"):
            call()
    assert not missing.exists()
    missing.write_bytes(b"short")
    with pytest.raises(SecretUnreadable, match="5 bytes, not 32"):
        open_secret(sealed, PLACE)


def test_a_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "root.key"
    first = ensure_key_file(path)
    assert ensure_key_file(path) == first
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["root.key"]


def test_keys_of_two_purposes_do_not_stand_in_for_each_other() -> None:
    assert derived_key("reply") != derived_key("feedback")
    assert derived_key("reply") == derived_key("reply")


def test_a_signature_holds_for_its_purpose_and_its_parts_only() -> None:
    mac = sign("reply", "417", "ruth@oakhurst.example")
    assert signed_by_us(mac, "reply", "417", "ruth@oakhurst.example")
    for purpose, parts in (
        ("feedback", ("417", "ruth@oakhurst.example")),
        ("reply", ("418", "ruth@oakhurst.example")),
        ("reply", ("417",)),
        ("reply", ("41", "7ruth@oakhurst.example")),
        ("reply", ("ruth@oakhurst.example", "417")),
    ):
        assert not signed_by_us(mac, purpose, *parts)
    for forged in ("", "x", mac[:-1], mac + "A", "é" * 22):
        assert not signed_by_us(forged, "reply", "417", "ruth@oakhurst.example")
