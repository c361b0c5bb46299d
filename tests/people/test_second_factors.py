"""Passkeys, codes of an app, recovery codes: what opens, and what does not."""

import copy
import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietmonday.journal.models import Entry
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.codes import renew_recovery_codes, set_code_app, use_code
from quietmonday.people.actions.passkeys import add_passkey, ask_for_new, ask_to_sign, use_passkey
from quietmonday.people.actions.sign_in_links import make_link
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, CodeApp, Passkey, RecoveryCode
from tests.cast import Cast, sign_in
from tests.people.device import FLAGS, SEED, Device
from tests.people.signing_in import ask, by_password, is_in, last_code, with_password

pytestmark = pytest.mark.usefixtures("fresh_counts")

ORIGIN = "http://testserver"
NOW = dt.datetime(2026, 11, 17, 9, 20, tzinfo=dt.UTC)
STEP = dt.timedelta(seconds=30)


def app_of(account: Account, at: dt.datetime = NOW) -> Callable[[dt.datetime], str]:
    """Set up an app for the account; return what it shows at a moment."""
    app = pyotp.TOTP(SEED)
    set_code_app(account=account, seed=SEED, typed=app.at(at), now=at)
    return app.at


def passkey_of(account: Account, device: Device, at: dt.datetime = NOW) -> Passkey:
    asked = ask_for_new(account, device.origin)
    return add_passkey(
        account=account,
        origin=device.origin,
        state=asked.state,
        answer=device.create(asked.options),
        name="My phone",
        now=at,
    )


def opens(device: Device, account: Account | None = None, origin: str = ORIGIN, **changed: Any) -> bool:
    asked = ask_to_sign(account, origin)
    given = {"state": asked.state, "answer": device.sign(asked.options)} | changed
    try:
        use_passkey(account=account, origin=origin, now=NOW, **given)
    except Refused as refused:
        assert refused.rule == "passkey"
        return False
    return True


@pytest.mark.both_engines
def test_a_passkey_opens_once_for_each_question_and_only_here(cast: Cast) -> None:
    device, other = Device(), Device()
    passkey_of(cast.ruth.account, device)
    assert opens(device) and opens(device, cast.ruth.account)
    assert not opens(device, cast.maria.account)
    assert not opens(other)
    asked, once_more = ask_to_sign(None, ORIGIN), ask_to_sign(None, ORIGIN)
    answer = device.sign(asked.options)
    assert not opens(device, state=once_more.state, answer=answer)
    assert not opens(device, state=None)
    device.origin = "http://evil.testserver"
    assert not opens(device)
    device.origin = "http://testserver:8000"
    assert not opens(device)
    device.origin = ORIGIN
    assert not opens(device, state=asked.state, answer=device.sign(asked.options, flags=FLAGS.UP))
    assert opens(device)


def test_a_copied_device_is_found_by_its_counter(cast: Cast) -> None:
    device = Device()
    passkey_of(cast.ruth.account, device)
    copied = copy.copy(device)
    assert opens(device) and opens(device)
    assert not opens(copied)


def test_a_passkey_is_made_only_in_answer_to_our_question_and_belongs_to_one(cast: Cast) -> None:
    device = Device()
    passkey_of(cast.ruth.account, device)
    asked = ask_for_new(cast.maria.account, ORIGIN)
    for state, answer in (
        (asked.state, device.create(asked.options)),  # Ruth's already
        (None, Device().create(asked.options)),
        (ask_for_new(cast.maria.account, ORIGIN).state, Device().create(asked.options)),
        (asked.state, Device("http://evil.example").create(asked.options)),
        (asked.state, Device().create(asked.options, flags=FLAGS.UP)),
        (asked.state, Device().sign({**asked.options, "rpId": "testserver"})),
    ):
        with pytest.raises(Refused, match="passkey"):
            add_passkey(account=cast.maria.account, origin=ORIGIN, state=state, answer=answer, name="", now=NOW)
    assert Passkey.objects.count() == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "authenticatorData", "signature")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(PARTS), JSON, st.booleans())
def test_whatever_somebody_sends_for_an_answer_is_refused_in_words(
    cast: Cast, part: str, value: Any, whole: bool
) -> None:
    device = Device()
    asked, new = ask_to_sign(None, ORIGIN), ask_for_new(cast.ruth.account, ORIGIN)
    for answer in (device.sign(asked.options), device.create(new.options)):
        for place in (answer, answer["response"]):
            if part in place:
                place[part] = value
        sent: Any = value if whole else answer
        if not whole and value == answer.get(part):
            continue
        with pytest.raises(Refused, match="passkey"):
            use_passkey(account=None, origin=ORIGIN, state=asked.state, answer=sent, now=NOW)
        if part in ("response", "clientDataJSON", "attestationObject") or whole:
            with pytest.raises(Refused, match="passkey"):
                add_passkey(account=cast.ruth.account, origin=ORIGIN, state=new.state, answer=sent, name="x", now=NOW)


@pytest.mark.both_engines
def test_a_code_of_the_app_works_once_and_half_a_minute_around(cast: Cast) -> None:
    account = cast.ruth.account
    shown = app_of(account)

    def works(code: str, at: dt.datetime) -> bool:
        try:
            use_code(account=account, typed=code, now=at)
        except Refused as refused:
            assert refused.rule == "code"
            return False
        return True

    assert not works(shown(NOW), NOW)  # it set the app up
    assert works(shown(NOW + STEP), NOW + STEP)
    assert not works(shown(NOW + STEP), NOW + STEP)
    assert not works(shown(NOW), NOW + STEP)  # older than one that was used
    assert works(shown(NOW + 3 * STEP), NOW + 2 * STEP)
    assert works(" ".join(shown(NOW + 4 * STEP)), NOW + 5 * STEP)
    assert not works(shown(NOW + 6 * STEP), NOW + 8 * STEP)
    assert not works("", NOW) and not works("٠" * 6, NOW)


def test_a_recovery_code_works_once_for_its_account_and_tells_its_owner(cast: Cast) -> None:
    app_of(cast.ruth.account)
    app_of(cast.jo.account)
    first = renew_recovery_codes(account=cast.ruth.account, now=NOW)
    assert len(set(first)) == 10
    assert use_code(account=cast.ruth.account, typed=first[0].lower().replace("-", " "), now=NOW) == "paper"
    assert "recovery code. 9 are left" in content_of(OutgoingMessage.objects.latest("pk")).text
    for account, code in ((cast.ruth.account, first[0]), (cast.jo.account, first[1]), (cast.ruth.account, "")):
        with pytest.raises(Refused, match="code"):
            use_code(account=account, typed=code, now=NOW)
    renew_recovery_codes(account=cast.ruth.account, now=NOW)
    with pytest.raises(Refused, match="code"):
        use_code(account=cast.ruth.account, typed=first[1], now=NOW)


def test_neither_seed_nor_recovery_code_stands_anywhere(cast: Cast) -> None:
    app_of(cast.ruth.account)
    codes = renew_recovery_codes(account=cast.ruth.account, now=NOW)
    rows = [*CodeApp.objects.values_list(), *RecoveryCode.objects.values_list(), *Entry.objects.values_list()]
    rows += [(entry.payload.body,) for entry in Entry.objects.select_related("payload")]
    everything = repr([[bytes(each) if isinstance(each, memoryview) else each for each in row] for row in rows])
    assert not any(secret in everything for secret in (SEED, *codes, *(code.replace("-", "") for code in codes)))


@pytest.mark.parametrize("way", ["password", "code"])
def test_with_a_second_factor_neither_password_nor_mailed_code_opens_alone(cast: Cast, way: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        shown = app_of(cast.ruth.account, NOW - 3 * STEP)
        codes = renew_recovery_codes(account=cast.ruth.account, now=NOW)
        with_password(cast.ruth)
        client = Client()

        def begin() -> Any:
            if way == "password":
                return by_password(client, cast.ruth.email, next="/people/")
            ask(client, cast.ruth.email, next="/people/")
            return client.post("/sign-in/code/confirm/", {"code": last_code(), "next": "/people/"})

        assert begin().headers["Location"] == "/sign-in/second/"
        assert not is_in(client)
        assert client.get("/people/").status_code == 302
        assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 422
        answer = client.post("/sign-in/second/", {"code": shown(NOW)})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/people/")
        assert is_in(client)
        client.logout()
        clock.shift(60)
        begin()
        assert client.post("/sign-in/second/", {"code": shown(NOW)}).status_code == 422
        assert client.post("/sign-in/second/", {"code": codes[0]}).status_code == 302
        assert is_in(client)


def test_the_second_step_leads_nowhere_without_the_first(cast: Cast) -> None:
    app_of(cast.ruth.account)
    client = Client()
    assert client.get("/sign-in/second/").headers["Location"] == "/sign-in/"
    assert client.post("/sign-in/second/", {"code": "123456"}).headers["Location"] == "/sign-in/"
    assert not is_in(client)


def test_tries_of_the_second_step_are_few(cast: Cast) -> None:
    app_of(cast.ruth.account)
    with_password(cast.ruth)
    client = Client()
    by_password(client, cast.ruth.email)
    got = [client.post("/sign-in/second/", {"code": "000000"}).status_code for _ in range(11)]
    assert got == [422] * 10 + [429]
    other = Client()
    by_password(other, cast.ruth.email)
    assert other.post("/sign-in/second/", {"code": "000000"}).status_code == 429


def test_signing_in_by_passkey_alone(cast: Cast) -> None:
    device = Device()
    passkey_of(cast.ruth.account, device)
    client = Client()
    asked = client.post(reverse("account_by_passkey")).json()
    assert asked.get("allowCredentials", []) == [] and asked["userVerification"] == "required"
    answer = json.dumps(device.sign(asked))
    done = client.post(reverse("account_by_passkey"), {"credential": answer, "next": "/people/"})
    assert (done.status_code, done.headers["Location"]) == (302, "/people/")
    assert is_in(client)
    stranger = Client()
    assert stranger.post(reverse("account_by_passkey"), {"credential": answer}).status_code == 422
    asked = stranger.post(reverse("account_by_passkey")).json()
    away = stranger.post(
        reverse("account_by_passkey"), {"credential": json.dumps(device.sign(asked)), "next": "//evil.example"}
    )
    assert away.headers["Location"] == "/"


def test_somebody_without_a_role_opens_nothing_by_passkey(cast: Cast) -> None:
    device = Device()
    passkey_of(cast.bill.account, device)
    cast.bill.membership.ends_at = NOW
    cast.bill.membership.save()
    client = Client()
    asked = client.post(reverse("account_by_passkey")).json()
    client.post(reverse("account_by_passkey"), {"credential": json.dumps(device.sign(asked))})
    assert not is_in(client)


def test_a_link_from_the_shell_helps_who_lost_everything(cast: Cast) -> None:
    app_of(cast.ada.account)
    client = Client()
    client.post(make_link(account=cast.ada.account, now=dt.datetime.now(dt.UTC)).replace("http://localhost:8000", ""))
    assert is_in(client)
    client.post(reverse("people:remove_code_app"))
    assert not CodeApp.objects.exists()


def test_the_pages_set_up_an_app_and_show_the_recovery_codes_once(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    assert "Whoever reads your mail can sign in as you" in client.get(reverse("people:ways")).content.decode()
    url = reverse("people:code_app")
    seed = _seed_on(client.get(url))
    refused = client.post(url, {"code": "000000"})
    assert refused.status_code == 422 and _seed_on(refused) == seed  # the square was read already
    done = client.post(url, {"code": pyotp.TOTP(seed).now()})
    assert done.headers["Location"] == reverse("people:recovery_codes")
    assert "set up for your account" in content_of(OutgoingMessage.objects.latest("pk")).text
    shown = client.post(done.headers["Location"]).content.decode()
    codes = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", shown)
    assert len(codes) == 10
    page = client.get(reverse("people:ways")).content.decode()
    assert "10 are left" in page and not any(code in page for code in codes)
    assert client.post(reverse("people:remove_code_app")).status_code == 302
    assert not CodeApp.objects.exists() and not RecoveryCode.objects.exists()


def _seed_on(response: Any) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", response.content.decode())
    assert found
    return found[1].replace(" ", "")


def test_nobody_takes_anothers_passkey_away(cast: Cast) -> None:
    row = passkey_of(cast.ruth.account, Device())
    url = reverse("people:remove_passkey", args=[row.pk])
    assert sign_in(Client(), cast.maria).post(url).status_code == 404
    assert Passkey.objects.exists()
    assert sign_in(Client(), cast.ruth).post(url).status_code == 302
    assert not Passkey.objects.exists()
