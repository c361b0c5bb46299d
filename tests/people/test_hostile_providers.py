"""A provider that lies, stalls or swells: nobody is signed in, in bounded time, and the page says so."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from quietmonday.people.actions import providers
from quietmonday.people.logic.id_tokens import Untrusted, judged
from quietmonday.people.models import Identity
from tests.people.hostile_provider import (
    KEY,
    OTHER_KEY,
    Hostile,
    Writes,
    dripping,
    endless,
    hostile,
    public,
    written,
)
from tests.people.providers import CONTOSO, asks, comes_back
from tests.people.signing_in import is_in

pytestmark = [pytest.mark.usefixtures("fresh_counts", "cast"), pytest.mark.one_engine]

PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
CONTOSO_WITH_MFA = dataclasses.replace(CONTOSO, mfa=("amr", "mfa"))
SHORT_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505  # to be refused
Change = Callable[[Hostile], Any]


@pytest.fixture
def evil(settings: Any) -> Iterator[Hostile]:
    with hostile() as running:
        settings.SIGN_IN_PROVIDERS = {"contoso": running.provider()}
        yield running


def outcome(evil: Hostile) -> tuple[int, str, bool]:
    """What somebody sees who signs in there: status, page, and whether they are in."""
    client = Client()
    answer = comes_back(client, evil.goes_to(asks(client)))
    return answer.status_code, answer.content.decode(), is_in(client)


def by_hand(header: Any, evil: Hostile, signature: str = "") -> str:
    return f"{written(header)}.{written(evil.claims())}.{signature}"


SOUND: dict[str, Change] = {
    "as it should be": lambda evil: evil.token(),
    "for us among others, asked for by us": lambda evil: evil.token(aud=["quiet-monday", "x"], azp="quiet-monday"),
    "half a minute late": lambda evil: evil.token(exp=time.time() - 30),
    "by a clock that is half a minute ahead": lambda evil: evil.token(iat=time.time() + 30),
    "without the name of its key": lambda evil: evil.token(kid=None),
    "of a longer sort": lambda evil: evil.token(algorithm="PS512"),
}

LIES: dict[str, Change] = {
    "unsigned": lambda evil: jwt.encode(evil.claims(), "", algorithm="none"),
    "unsigned, in other letters": lambda evil: by_hand({"alg": "nOnE", "kid": "one"}, evil),
    "signed with our secret": lambda evil: jwt.encode(evil.claims(), "s" * 40, "HS256", headers={"kid": "one"}),
    "signed with its public key as a secret": lambda evil: _with_public_key_as_secret(evil),
    "signed with another key": lambda evil: evil.token(key=OTHER_KEY),
    "signed with a key that it names itself": lambda evil: jwt.encode(
        evil.claims(), OTHER_KEY, "RS256", headers={"kid": "two", "jwk": public(OTHER_KEY), "jku": evil.issuer}
    ),
    "with a key of another kind": lambda evil: jwt.encode(
        evil.claims(), ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "one"}
    ),
    "signature cut off": lambda evil: evil.token().rpartition(".")[0] + ".",
    "other claims under its signature": lambda evil: _swapped(evil.token(sub="m-1"), evil.token()),
    "with an extension that must be understood": lambda evil: jwt.encode(
        evil.claims(), KEY, "RS256", headers={"kid": "one", "crit": ["x"], "x": 1}
    ),
    "over": lambda evil: evil.token(exp=time.time() - 61),
    "without an end": lambda evil: evil.token(exp=None),
    "that ends in no number": lambda evil: evil.token(exp="soon"),
    "that ends never": lambda evil: by_numbers(evil, exp=1e400),
    "from the future": lambda evil: evil.token(iat=time.time() + 3600),
    "not valid yet": lambda evil: evil.token(nbf=time.time() + 3600),
    "for somebody else": lambda evil: evil.token(aud="another-client"),
    "for several, and nobody asked": lambda evil: evil.token(aud=["quiet-monday", "another"]),
    "asked for by somebody else": lambda evil: evil.token(azp="another-client"),
    "for nobody": lambda evil: evil.token(aud=None),
    "of another issuer": lambda evil: evil.token(iss="https://evil.example"),
    "of an issuer that looks alike": lambda evil: evil.token(iss=evil.issuer + "/"),
    "without an issuer": lambda evil: evil.token(iss=None),
    "for another question": lambda evil: evil.token(nonce="another"),
    "for no question": lambda evil: evil.token(nonce=None),
    "for a question that is no text": lambda evil: evil.token(nonce=["x"]),
    "of nobody": lambda evil: evil.token(sub=None),
    "of somebody empty": lambda evil: evil.token(sub=""),
    "of somebody long": lambda evil: evil.token(sub="x" * 256),
    "of somebody with NUL": lambda evil: evil.token(sub="r\u0000"),
    "of a number": lambda evil: by_numbers(evil, sub=7),
    "long": lambda evil: evil.token(more="x" * 30_000),
    "nested": lambda evil: (
        f"{written({'alg': 'RS256', 'kid': 'one'})}.{written(b'[' * 9000)}.{evil.token().rpartition('.')[2]}"
    ),
    "of no parts": lambda evil: "x",
    "of dots": lambda evil: "...",
    "no text": lambda evil: 7,
    "missing": lambda evil: None,
}


def by_numbers(evil: Hostile, **odd: Any) -> str:
    """A token with a sound signature over claims that no library would write."""
    body = json.dumps(evil.claims() | odd).encode()
    return jwt.api_jws.encode(body, KEY, "RS256", headers={"kid": "one"})


def _with_public_key_as_secret(evil: Hostile) -> str:
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head = f"{written({'alg': 'HS256', 'kid': 'one'})}.{written(evil.claims())}"
    return f"{head}.{written(algorithm.sign(head.encode(), PEM))}"


def _swapped(claims: str, signed: str) -> str:
    return ".".join((signed.split(".")[0], claims.split(".")[1], signed.split(".")[2]))


@pytest.mark.parametrize("what", SOUND)
def test_a_token_that_is_right_opens(evil: Hostile, what: str) -> None:
    evil.says["/token"] = lambda: {"id_token": SOUND[what](evil)}
    assert outcome(evil)[0] == 302


@pytest.mark.parametrize("what", LIES)
def test_a_token_that_is_not_opens_nothing(evil: Hostile, what: str) -> None:
    evil.says["/token"] = lambda: {"id_token": LIES[what](evil)}
    status, page, inside = outcome(evil)
    assert (status, inside) == (422, False)
    assert "What Contoso answered does not fit." in page
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"keys": []},
        {"keys": {"one": public(KEY)}},
        {"keys": ["x", None, 7]},
        {"keys": [public(OTHER_KEY)]},
        {"keys": [{**public(KEY), "use": "enc"}]},
        {"keys": [{**public(KEY), "alg": "RS512"}]},
        {"keys": [public(KEY), public(KEY)]},
        {"keys": [{"kty": "oct", "kid": "one", "k": written(b"secret" * 8)}]},
        {"keys": [{**public(KEY), "n": "A" * 90_000}]},
        {"keys": [{**public(KEY), "e": written(b"\x7f" * 256)}]},
        {"keys": [public(OTHER_KEY, "two")] * 100 + [public(KEY)]},
    ],
)
def test_keys_that_do_not_fit_open_nothing_and_cost_little(evil: Hostile, keys: Any) -> None:
    evil.says["/jwks"] = keys
    begun = time.monotonic()
    assert outcome(evil)[::2] == (422, False)
    assert time.monotonic() - begun < 3


def test_a_short_key_opens_nothing(evil: Hostile) -> None:
    evil.says["/jwks"] = {"keys": [public(SHORT_KEY)]}
    evil.says["/token"] = lambda: {"id_token": evil.token(key=SHORT_KEY)}
    assert outcome(evil)[::2] == (422, False)


def test_a_new_key_is_fetched_once_a_minute_at_most(evil: Hostile) -> None:
    assert outcome(evil)[0] == 302
    evil.says["/jwks"] = {"keys": [public(OTHER_KEY, "two")]}
    evil.says["/token"] = lambda: {"id_token": evil.token(key=OTHER_KEY, kid="two")}
    assert outcome(evil)[0] == 302
    evil.says["/token"] = lambda: {"id_token": evil.token(key=OTHER_KEY, kid="three")}
    assert {outcome(evil)[0] for _ in range(3)} == {422}
    assert evil.asked.count("/jwks") == 2


@pytest.mark.parametrize(
    ("about", "status"),
    [
        (lambda evil: evil.about(issuer="https://evil.example"), 422),
        (lambda evil: evil.about(issuer=evil.issuer + "/"), 422),
        (lambda evil: evil.about(token_endpoint="http://elsewhere.example/token"), 422),
        (lambda evil: evil.about(token_endpoint="ftp://127.0.0.1/"), 422),
        (lambda evil: evil.about(authorization_endpoint="javascript:alert(1)"), 422),
        (lambda evil: evil.about(authorization_endpoint="https://x.example/\r\nSet-Cookie: a=b"), 422),
        (lambda evil: evil.about(jwks_uri=None), 422),
        (lambda evil: ["x"], 422),
        (lambda evil: b"\xff\xfe", 422),
        (lambda evil: b"[" * 100_000, 422),
        (lambda evil: 302, 422),
        (lambda evil: 404, 422),
        (lambda evil: 502, 503),
        (lambda evil: Writes(endless), 503),
        (lambda evil: Writes(lambda handler: handler.wfile.write(b"nonsense\r\n\r\n")), 503),
    ],
)
def test_what_it_says_of_itself_must_fit(evil: Hostile, about: Change, status: int) -> None:
    evil.says["/.well-known/openid-configuration"] = about(evil)
    client = Client()
    page = client.post("/sign-in/with/contoso/")
    assert page.status_code == status and "Refresh" not in page.headers
    assert client.post("/sign-in/with/contoso/").status_code == 503  # for a while nobody asks it again
    assert len(evil.asked) == 1


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize("how", [dripping, endless])
def test_no_answer_takes_longer_than_we_wait(
    evil: Hostile, path: str, how: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "SECONDS", 0.7)
    evil.says[path] = Writes(how)
    begun = time.monotonic()
    if path.startswith("/."):
        assert Client().post("/sign-in/with/contoso/").status_code == 503
    else:
        assert outcome(evil)[::2] == (503, False)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("answer", [302, 400, 401, b"", b"x", ["x"], {}, {"error": "invalid_grant"}])
def test_an_answer_without_a_token_opens_nothing(evil: Hostile, answer: Any) -> None:
    evil.says["/token"] = answer
    assert outcome(evil)[::2] == (422, False)


def test_it_is_sent_on_to_no_inner_place(evil: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs this named the issuer; what the issuer names may not lie inside."""
    for inner in ("https://localhost:1/token", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/"):
        cache.clear()
        evil.says["/.well-known/openid-configuration"] = evil.about(token_endpoint=inner)
        status, _page, inside = outcome(evil)
        assert (status, inside) == (503, False), inner
    assert "/token" not in evil.asked


def test_an_address_told_elsewhere_counts_if_it_is_of_the_same_one(evil: Hostile) -> None:
    about = evil.about(userinfo_endpoint=f"{evil.issuer}/userinfo")
    evil.says["/.well-known/openid-configuration"] = about
    evil.says["/token"] = lambda: {"id_token": evil.token(email=None), "access_token": "abc"}
    for told, status in (
        ({"sub": "m-1", "email": "ruth@oakhurst.example", "email_verified": True}, 422),
        ({"email": "ruth@oakhurst.example", "email_verified": True}, 422),
        ({"sub": "r-1", "email": "ruth@oakhurst.example"}, 422),
        ({"sub": "r-1", "email": "ruth@oakhurst.example", "email_verified": True}, 302),
    ):
        evil.says["/userinfo"] = told
        assert outcome(evil)[0] == status, told


@pytest.mark.parametrize(
    ("domains", "told", "opens"),
    [
        ({"oakhurst.example"}, {"email_verified": None}, True),  # Entra says nothing of its own domain
        ({"oakhurst.example"}, {"email_verified": False}, False),
        ({"contoso.example"}, {"email_verified": None}, False),
        ({"contoso.example"}, {"email_verified": True}, False),
        (set(), {"email_verified": None}, False),
        (set(), {"email_verified": None, "xms_edov": True}, True),
        (set(), {"email_verified": None, "xms_edov": "1"}, True),
        (set(), {"email_verified": None, "xms_edov": False}, False),
        (set(), {"email_verified": False, "xms_edov": True}, False),
        ({"oakhurst.example"}, {"email_verified": None, "email": "ruth@oakhurst.example.evil.example"}, False),
        ({"oakhurst.example"}, {"email_verified": None, "email": "x@evil.example\n@oakhurst.example"}, False),
    ],
)
def test_whose_addresses_it_vouches_for(
    evil: Hostile, settings: Any, domains: set[str], told: dict[str, Any], opens: bool
) -> None:
    settings.SIGN_IN_PROVIDERS = {"contoso": evil.provider(domains=frozenset(domains))}
    evil.says["/token"] = lambda: {"id_token": evil.token(**told)}
    assert outcome(evil)[::2] == ((302, True) if opens else (422, False))


def test_our_secret_goes_where_it_says_and_the_number_with_it(evil: Hostile) -> None:
    evil.says["/.well-known/openid-configuration"] = evil.about(
        token_endpoint_auth_methods_supported=["client_secret_post"]
    )
    outcome(evil)
    sent = evil.sent[evil.asked.index("/token")]
    assert sent["client_secret"] == ["s" * 40] and len(sent["code_verifier"][0]) >= 43
    assert sent["redirect_uri"][0].endswith("/sign-in/with/contoso/back/")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["sub", "email", "email_verified", "xms_edov", "auth_time", "amr", "acr", "nonce", "azp"])


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, JSON), st.dictionaries(NAMES, JSON))
def test_whatever_it_says_is_judged_and_never_taken_for_more_than_it_says(
    said: dict[str, Any], more: dict[str, Any]
) -> None:
    provider = CONTOSO_WITH_MFA
    claims = {**said, "sub": "r-1"}
    try:
        found = judged(claims, more, provider=provider)
    except Untrusted:
        assert more and more.get("sub") != "r-1"
        return
    if found.address is not None:
        told = claims if "email" in claims else more
        verified = told.get("email_verified", told.get("xms_edov"))
        assert verified in (True, "true", "1") and found.address == str(told["email"]).strip().lower()
    assert not found.mfa or "mfa" in claims["amr"]
    assert found.shown_at is None or 0 < found.shown_at < 1e11
