"""PGP inside plain text, keys and certificates that come along: named, shown as far as it can be, and nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.post.logic.mail import Protection, Role, parse
from quietmonday.post.logic.mail.armour import armoured, without_armour

SIGNED = (
    "Hello,\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nIt broke.\n- -- \nDele\n"
    "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n\nSent from my phone"
)
SEALED = "See below\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\nBye"


def test_what_was_signed_is_read_without_the_signature_around_it() -> None:
    text, taken = without_armour(SIGNED)
    assert text.split() == ["Hello,", "It", "broke.", "--", "Dele", "Sent", "from", "my", "phone"]
    assert "iQEz" in taken
    assert "Hash: SHA512" in taken
    assert armoured(SIGNED) == "signed"


def test_what_is_encrypted_goes_aside_and_the_words_around_it_stay() -> None:
    sealed = SEALED.removeprefix("See below\n").removesuffix("\nBye")
    assert without_armour(SEALED) == ("See below\n\nBye", sealed)
    assert armoured(SEALED) == "encrypted"


@pytest.mark.parametrize("text", ["> -----BEGIN PGP MESSAGE-----\n> x", "see -----BEGIN PGP MESSAGE-----", "", "x"])
def test_what_is_quoted_or_spoken_of_is_no_armour(text: str) -> None:
    assert (armoured(text), without_armour(text)) == ("", (text, ""))


@pytest.mark.parametrize("text", ["-----BEGIN PGP SIGNED MESSAGE-----\nno end", "-----BEGIN PGP MESSAGE-----\nno end"])
def test_a_block_without_an_end_loses_nothing(text: str) -> None:
    plain, taken = without_armour(text)
    assert "no end" in plain + taken


@given(st.lists(st.sampled_from([SIGNED, SEALED, "words", "- dash", "-----BEGIN PGP SIGNATURE-----"]), max_size=8))
def test_every_word_is_in_one_of_the_two(parts: list[str]) -> None:
    text = "\n".join(parts)
    plain, taken = without_armour(text)
    there = set(f"{plain}\n{taken}".split()) | {"-"}
    assert set(text.replace("- --", "--").replace("- dash", "dash").split()) <= there


def test_armour_with_words_around_it_marks_the_mail() -> None:
    assert parse(f"From: a@x\n\n{SEALED}".encode()).protection is Protection.ENCRYPTED_PGP
    assert parse(f"From: a@x\n\n{SIGNED}".encode()).protection is Protection.SIGNED_PGP


def with_part(kind: str, data: str = "x", name: str = "") -> bytes:
    named = f'; name="{name}"' if name else ""
    return (
        'From: a@x\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHello\r\n'
        f"--b\r\nContent-Type: {kind}{named}\r\n\r\n{data}\r\n--b--\r\n"
    ).encode()


KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmQEN\r\n-----END PGP PUBLIC KEY BLOCK-----"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (with_part("application/pgp-keys", KEY), "attachment-1.asc"),
        (with_part("application/octet-stream", KEY, "0xABCD.asc"), "0xABCD.asc"),
        (with_part("application/pkix-cert"), "attachment-1.cer"),
        (with_part("application/pkcs7-mime; smime-type=certs-only"), "attachment-1.p7m"),
        (with_part("text/plain", "-----BEGIN CERTIFICATE-----\r\nMIIB", "me.pem"), "me.pem"),
    ],
)
def test_keys_and_certificates_are_named_and_protect_nothing(raw: bytes, name: str) -> None:
    mail = parse(raw)
    [part] = mail.attachments
    assert (part.role, part.name, mail.protection, mail.text.strip()) == (Role.KEY, name, None, "Hello")
