"""Signing in at a real provider of OpenID Connect, which runs beside these tests."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from quietmonday.kit.clock import now
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.codes import set_code_app
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.models import Account, Identity, SignIn
from tests.cast import Cast, sign_in
from tests.people.acting import RUTH, entries
from tests.people.device import SEED
from tests.people.providers import Person, Real, asks, comes_back, free_port, signs_in, started
from tests.people.signing_in import is_in, words_of

pytestmark = pytest.mark.usefixtures("fresh_counts", "cast")

RUTHS = {"email": "ruth@oakhurst.example", "email_verified": True}
WAY_BACK = "http://localhost:8000/sign-in/with/{}/back/"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    ways = [WAY_BACK.format(name) for name in ("contoso", "other")]
    with started(tmp_path_factory.mktemp("provider"), *ways) as real:
        yield real


@pytest.fixture
def real(running: Real, settings: Any) -> Real:
    settings.SIGN_IN_PROVIDERS = {"contoso": running.provider()}
    settings.ADDRESS = "http://localhost:8000"
    running.tells(ruth=RUTHS)
    return running


def mails() -> list[str]:
    return [content_of(row).text for row in OutgoingMessage.objects.order_by("made_at", "pk")]


@pytest.mark.both_engines
def test_the_page_offers_it_and_it_signs_in_and_binds_once(cast: Cast, real: Real) -> None:
    client, ruth = Client(), Person("ruth")
    assert "Sign in with Contoso" in client.get("/sign-in/").content.decode()
    answer = signs_in(client, ruth, next="/people/")
    assert answer.headers["Location"] == "/people/" and is_in(client)
    identity = Identity.objects.get()
    assert (identity.account, identity.issuer, identity.ended_at) == (cast.ruth.account, real.issuer, None)
    assert SignIn.objects.get().how == "provider"
    assert [entry.payload.body["provider"] for entry in entries("account.identity_added")] == ["Contoso"]
    assert [text.splitlines()[0] for text in mails()] == ["From now on Contoso can sign you in."]
    second = Client()
    assert signs_in(second, ruth).headers["Location"] == "/" and is_in(second)
    assert Identity.objects.count() == 1
    assert "from a new browser" in mails()[-1]


@pytest.mark.both_engines
def test_what_is_bound_is_the_subject_and_no_address(cast: Cast, real: Real) -> None:
    """Her address there changes, and somebody else gets it: she gets in, they do not."""
    assert is_in(_in(Person("ruth")))
    real.tells(ruth={"email": "r@elsewhere.example", "email_verified": True}, mallory=RUTHS)
    assert is_in(_in(Person("ruth")))
    assert not is_in(_in(Person("mallory")))
    assert Identity.objects.get().account == cast.ruth.account


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"email": "ruth@oakhurst.example"},
        {"email": "ruth@oakhurst.example", "email_verified": False},
        {"email": "ruth@oakhurst.example", "email_verified": "false"},
        {"email": "ruth@oakhurst.example", "email_verified": None},
        {"email": "nobody@oakhurst.example", "email_verified": True},
        {"email": "finn@fennimore.example", "email_verified": True},  # no longer anybody here
        {"email": "administrator@localhost", "email_verified": True},
        {"email": ["ruth@oakhurst.example"], "email_verified": True},
        {"email": "ruth@oakhurst.example\u0000", "email_verified": True},
    ],
)
def test_whatever_keeps_somebody_out_the_page_is_the_same(cast: Cast, real: Real, told: dict[str, Any]) -> None:
    real.tells(ruth=told, bill={"email": "stranger@nowhere.example", "email_verified": True})
    pages = []
    for name in ("ruth", "bill"):
        client = Client()
        answer = signs_in(client, Person(name))
        assert answer.status_code == 422 and not is_in(client)
        pages.append(words_of(answer))
    assert pages[0] == pages[1]
    assert "Nobody here is known by what Contoso says of you." in pages[0]
    assert not Identity.objects.exists() and not OutgoingMessage.objects.exists()
    assert Account.objects.filter(email__contains="nowhere").count() == 0


def test_whose_role_has_ended_gets_the_same_page_though_they_are_bound(cast: Cast, real: Real) -> None:
    real.tells(bill={"email": cast.bill.email, "email_verified": True})
    assert is_in(_in(Person("bill")))
    for membership in cast.bill.account.memberships.all():
        end_membership(membership=membership, actor=RUTH, now=now())
    client = Client()
    assert "Nobody here is known by what Contoso says of you." in signs_in(client, Person("bill")).content.decode()
    assert not is_in(client)


def test_it_is_listed_and_taken_away_and_then_it_does_not_come_back_by_itself(cast: Cast, real: Real) -> None:
    ruth = Person("ruth")
    client = _in(ruth)
    page = client.get(reverse("people:ways")).content.decode()
    assert "Contoso" in page and "ruth@oakhurst.example" in page
    identity = Identity.objects.get()
    assert _in(Person("ruth")).post(reverse("people:end_identity", args=[identity.pk])).status_code == 302
    assert not is_in(_in(ruth))
    identity.refresh_from_db()
    assert identity.ended_at is not None
    assert mails()[-1].startswith("Contoso can no longer sign you in")
    assert len(entries("account.identity_ended")) == 1
    assert "Let it sign me in" in client.get(reverse("people:ways")).content.decode()
    back = comes_back(client, ruth.goes_to(asks(client, reverse("people:bind_identity", args=["contoso"]))))
    assert back.headers["Location"] == reverse("people:ways")
    assert is_in(_in(ruth)) and Identity.objects.filter(ended_at=None).count() == 1


def test_one_binds_only_ones_own_address_and_only_in_ones_own_session(cast: Cast, real: Real) -> None:
    maria, jo = sign_in(Client(), cast.maria), sign_in(Client(), cast.jo)
    url = reverse("people:bind_identity", args=["contoso"])
    assert comes_back(maria, Person("ruth").goes_to(asks(maria, url))).status_code == 422
    address = Person("ruth").goes_to(asks(maria, url))
    sign_in(maria, cast.ruth)  # somebody else sits there now
    assert comes_back(maria, address).status_code in (302, 422)
    assert comes_back(jo, Person("ruth").goes_to(asks(Client()))).status_code == 422
    assert not Identity.objects.exists()


def test_nobody_takes_away_what_is_somebody_elses(cast: Cast, real: Real) -> None:
    _in(Person("ruth"))
    url = reverse("people:end_identity", args=[Identity.objects.get().pk])
    assert sign_in(Client(), cast.maria).post(url).status_code == 404
    assert Identity.objects.get().ended_at is None


def test_our_second_factor_is_asked_for_all_the_same(cast: Cast, real: Real, settings: Any) -> None:
    set_code_app(account=cast.ruth.account, seed=SEED, typed=_code(), now=now())
    real.tells(ruth={**RUTHS, "amr": ["pwd", "mfa"]})
    client = Client()
    answer = signs_in(client, Person("ruth"), next="/people/")
    assert answer.headers["Location"] == "/sign-in/second/" and not is_in(client)
    settings.SIGN_IN_PROVIDERS = {"contoso": real.provider(mfa=("amr", "mfa"))}
    assert signs_in(client, Person("ruth"), next="/people/").headers["Location"] == "/people/" and is_in(client)
    real.tells(ruth={**RUTHS, "amr": ["pwd"]})
    client = Client()
    assert signs_in(client, Person("ruth")).headers["Location"] == "/sign-in/second/" and not is_in(client)


def test_a_session_there_from_this_morning_shows_nothing_now(cast: Cast, real: Real) -> None:
    """Grave acts ask anew after a sign-in for which the provider asked nothing; showing it there is asked for anew."""
    ruth = Person("ruth")
    real.tells(ruth={**RUTHS, "auth_time": 1_700_000_000})
    client = Client()
    signs_in(client, ruth)
    grave = reverse("people:add_person")
    again = client.get(grave).headers["Location"]
    assert again.startswith(reverse("people:again"))
    assert "Show it at Contoso" in client.get(again).content.decode()
    url = reverse("people:show_with", args=["contoso"])
    refused = comes_back(client, ruth.goes_to(asks(client, url, next=grave)))
    assert "does not say that you showed it just now" in refused.content.decode()
    assert client.get(grave).status_code == 302
    real.tells(ruth=RUTHS)  # the provider's own word of when
    asked = ruth.asked_for_password
    answer = comes_back(client, ruth.goes_to(asks(client, url, next=grave)))
    assert answer.headers["Location"] == grave and client.get(grave).status_code == 200
    assert ruth.asked_for_password == asked + 1


def test_nobody_shows_it_as_somebody_else(cast: Cast, real: Real) -> None:
    client = sign_in(Client(), cast.maria)
    url = reverse("people:show_with", args=["contoso"])
    assert comes_back(client, Person("ruth").goes_to(asks(client, url))).status_code == 422
    assert not Identity.objects.exists()


def test_the_answer_belongs_to_the_browser_that_asked_and_to_one_use(real: Real) -> None:
    client, ruth = Client(), Person("ruth")
    address = ruth.goes_to(asks(client))
    stolen = Client()
    page = comes_back(stolen, address)
    assert page.status_code == 422 and "another window, or too long ago" in page.content.decode()
    assert not is_in(stolen)
    stolen.post("/sign-in/with/contoso/")  # a session with a question of its own
    assert comes_back(stolen, address).status_code == 422 and not is_in(stolen)
    assert comes_back(client, address).status_code == 302 and is_in(client)
    assert comes_back(client, address).status_code == 422
    client.logout()
    assert comes_back(client, address).status_code == 422 and not is_in(client)


def test_a_code_put_into_another_question_opens_nothing(real: Real) -> None:
    """Mallory has a code for Ruth from elsewhere and begins here: the number that only the asker holds does not fit."""
    code = parse_qs(urlsplit(Person("ruth").goes_to(asks(Client()))).query)["code"][0]
    mallory = Client()
    own = dict(parse_qs(urlsplit(asks(mallory)).query))
    swapped = urlencode({"code": code, "state": own["state"][0], "iss": real.issuer})
    page = mallory.get(f"/sign-in/with/contoso/back/?{swapped}")
    assert page.status_code == 422 and not is_in(mallory)
    assert "What Contoso answered does not fit." in page.content.decode()


def test_each_provider_answers_for_itself_only(real: Real, settings: Any) -> None:
    settings.SIGN_IN_PROVIDERS["other"] = real.provider(name="other", label="Other")
    client = Client()
    address = Person("ruth").goes_to(asks(client))
    assert comes_back(client, address.replace("/contoso/", "/other/")).status_code == 422
    address = Person("ruth").goes_to(asks(client))
    for iss in ("https://evil.example", ""):
        mixed = re.sub(r"iss=[^&]*", urlencode({"iss": iss}), address)
        assert mixed != address and comes_back(client, mixed).status_code == 422
        address = Person("ruth").goes_to(asks(client))
    unnamed = re.sub(r"&?iss=[^&]*", "", address)
    assert comes_back(client, unnamed).status_code == 422  # it says that it names itself
    assert not is_in(client)


def test_who_breaks_off_there_is_told_and_may_go_another_way(real: Real) -> None:
    client = Client()
    state = parse_qs(urlsplit(asks(client)).query)["state"][0]
    words = {"error": "access_denied", "error_description": "<b>evil</b>", "state": state, "iss": real.issuer}
    page = client.get(f"/sign-in/with/contoso/back/?{urlencode(words)}")
    assert page.status_code == 422 and "Contoso did not say who you are." in page.content.decode()
    assert "evil" not in page.content.decode() and 'href="/sign-in/"' in page.content.decode()


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_it_sends_nobody_to_another_site(real: Real, target: str) -> None:
    client = Client()
    assert signs_in(client, Person("ruth"), next=target).headers["Location"] == "/"
    client = Client()
    address = Person("ruth").goes_to(asks(client))
    assert comes_back(client, f"{address}&{urlencode({'next': target})}").headers["Location"] == "/"


def test_a_provider_that_is_away_leaves_the_other_ways(real: Real, settings: Any) -> None:
    settings.SIGN_IN_PROVIDERS = {"contoso": real.provider()}
    settings.SIGN_IN_PROVIDERS["gone"] = type(real)(free_port(), real.folder).provider(name="gone", label="Gone")
    client = Client()
    page = client.post("/sign-in/with/gone/")
    assert page.status_code == 503 and "Gone does not answer now." in page.content.decode()
    assert client.get("/sign-in/").status_code == 200
    assert is_in(_in(Person("ruth")))


def test_a_secret_that_does_not_fit_is_no_fault_of_who_signs_in(real: Real, settings: Any, tmp_path: Any) -> None:
    for secret in ({"secret": "another"}, {"secret": "", "secret_file": tmp_path / "missing"}):
        cache.clear()
        settings.SIGN_IN_PROVIDERS = {"contoso": real.provider(**secret)}
        client = Client()
        assert "does not fit" in signs_in(client, Person("ruth")).content.decode() and not is_in(client)
    (tmp_path / "secret").write_text("a secret: with / and +\n")
    settings.SIGN_IN_PROVIDERS = {"contoso": real.provider(secret="", secret_file=tmp_path / "secret")}
    assert is_in(_in(Person("ruth")))


def test_without_a_provider_there_is_no_door(client: Client) -> None:
    assert "Sign in with" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/with/contoso/").status_code == 404
    assert client.get("/sign-in/with/contoso/back/?state=x&code=y").status_code == 404


def test_no_other_site_begins_it_and_tries_are_few(real: Real) -> None:
    assert Client(enforce_csrf_checks=True).post("/sign-in/with/contoso/").status_code == 403
    assert Client().get("/sign-in/with/contoso/").status_code == 405
    statuses = [Client().post("/sign-in/with/contoso/").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    client = Client()
    assert client.get("/sign-in/with/contoso/back/?state=x").status_code == 422
    assert not client.session.items()


def _in(person: Person) -> Client:
    client = Client()
    signs_in(client, person)
    return client


def _code() -> str:
    import pyotp

    return pyotp.TOTP(SEED).at(now())
