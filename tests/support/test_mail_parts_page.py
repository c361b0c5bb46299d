"""What came along with a kept mail: named for what it is, and handed out as a download."""

import pytest

from quietmonday.kit import clock
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.intake import take_in
from quietmonday.support.models import Attachment
from tests.cast import Cast
from tests.support.scene import client_of

pytestmark = pytest.mark.django_db
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmQEN\r\n-----END PGP PUBLIC KEY BLOCK-----"


def part(kind: str, data: str, name: str = "") -> str:
    return f"--b\r\nContent-Type: {kind}{f'; name={name}' if name else ''}\r\n\r\n{data}\r\n"


def came(cast: Cast, kind: str, *parts: str, sender: str = "x@nowhere.example") -> InboxItem:
    data = (
        f"From: {sender}\r\nTo: help@f.example\r\nSubject: Sealed\r\nMessage-ID: <{sender}@x>\r\n"
        f'Content-Type: {kind}; boundary="b"\r\n\r\n' + "".join(parts) + "--b--\r\n"
    ).encode()
    item, _ = keep_raw(data=data, source="smtp", origin=f"p:{hash(data)}", now=clock.now(), supplier=cast.fennimore)
    return take_in(item_id=item.id, now=clock.now())


SMIME = part("application/pkcs7-signature", "MIIB", "smime.p7s")


def test_each_part_says_what_it_is_and_can_be_fetched(cast: Cast) -> None:
    signed = 'multipart/signed; protocol="application/pkcs7-signature"'
    item = came(cast, signed, part("text/plain", "Hello"), SMIME, part("application/pgp-keys", KEY, "dele.asc"))
    page = client_of(cast.sam).get(f"/inbox/{item.id}/").content.decode()
    for words in (
        *("smime.p7s", "the signature (S/MIME)", "dele.asc", "a public key (PGP)"),
        "It is signed (S/MIME). Nobody has checked the signature here.",
    ):
        assert words in page, words
    response = client_of(cast.sam).get(f"/inbox/{item.id}/parts/2/")
    assert response.content.decode().strip() == KEY
    assert response["Content-Disposition"] == 'attachment; filename="dele.asc"'
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("number", ["0", "3", "4000000000", "-1", "x", "²"])
def test_a_part_that_is_not_there_is_a_404(cast: Cast, number: str) -> None:
    item = came(cast, "multipart/mixed", part("text/plain", "Hello"), SMIME, SMIME)
    assert client_of(cast.sam).get(f"/inbox/{item.id}/parts/{number}/").status_code == 404


def test_parts_are_for_who_may_see_the_mail(cast: Cast) -> None:
    item = came(cast, "multipart/mixed", part("text/plain", "Hello"), SMIME)
    path = f"/inbox/{item.id}/parts/1/"
    assert {client_of(who).get(path).status_code for who in (cast.ruth, cast.ines, cast.lee, cast.dele)} == {404}


def test_an_encrypted_mail_becomes_a_request_that_says_so_with_its_parts(cast: Cast) -> None:
    sealed = 'multipart/encrypted; protocol="application/pgp-encrypted"'
    version = part("application/pgp-encrypted", "Version: 1")
    body = part("application/octet-stream", "-----BEGIN PGP MESSAGE-----\r\nx", "encrypted.asc")
    item = came(cast, sealed, version, body, sender="dele@oakhurst.example")
    assert item.state == "taken"
    assert Attachment.objects.filter(name="encrypted.asc").exists()
    page = client_of(cast.sam).get(f"/requests/{item.outcome_id}/").content.decode()
    assert "This mail is encrypted." in page
    assert "encrypted (PGP): open it with the key it is for" in page
