"""A mailbox read with tokens: a token server that the test starts, a real Dovecot that asks it whose a token is."""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from quietmonday.journal.models import Entry
from quietmonday.kit import clock
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.post.actions.services import add_service
from quietmonday.post.actions.tokens import begin_renewing, refresh_token_of, sign_in_mailbox
from quietmonday.post.jobs import renewing
from quietmonday.post.jobs.reading import read_mailbox
from quietmonday.post.logic.tokens import Tokens
from quietmonday.post.models import InboxItem, IntakeGap, Mailbox, MailService
from tests.cast import Cast
from tests.journeys.servers import PASSWORD, MailServers
from tests.journeys.token_server import TokenServer
from tests.support.scene import actor, client_of

pytestmark = [pytest.mark.imap, pytest.mark.django_db]
HELP = "help@fennimore.test"
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
BACK = "/set-up/mailbox/signed-in/"


@pytest.fixture
def tokens(servers: MailServers, settings: Any) -> Iterator[TokenServer]:
    settings.INSIDE_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    servers.empty()
    server = TokenServer(servers.dovecot.token_port)
    yield server
    server.close()
    servers.empty()


def service_at(cast: Cast, tokens: TokenServer, flow: str = "person") -> MailService:
    values = {
        "name": "Ours", "kind": "other", "flow": flow, "authorise_url": f"{tokens.url}/authorise",
        "exchange_url": f"{tokens.url}/token", "client_id": tokens.client[0], "scopes": "imap offline",
    }  # fmt: skip
    return add_service(
        supplier=cast.fennimore, values=values, secret=tokens.client[1], actor=actor(cast.asha), now=clock.now()
    )


def form(cast: Cast, servers: MailServers, service: MailService) -> dict[str, object]:
    return {
        "serves": f"all:{cast.fennimore.id}", "address": HELP, "way": "imap", "host": "127.0.0.1", "security": "none",
        "port": servers.dovecot.port, "user": HELP, "sign_in": service.id, "password": "", "folders": "INBOX",
        "begins": "all", "after": "leave", "after_folder": "", "trusted_server": "",
    }  # fmt: skip


def way_of(page: str) -> str:
    match = re.search(r'<a class="btn main" href="([^"]+)"', page)
    assert match is not None
    return match[1].replace("&amp;", "&")


def signed_in(client: Client, cast: Cast, servers: MailServers, tokens: TokenServer, user: str = HELP) -> Any:
    """Connect a mailbox on the page, go to the token server, come back; return what the page then answers."""
    response = client.post("/set-up/mailbox/new/", form(cast, servers, service_at(cast, tokens)))
    assert response.status_code == 303, response.content.decode()
    mailbox = Mailbox.objects.get()
    assert mailbox.sign_in_again_since is not None
    page = client.post(f"/set-up/mailbox/{mailbox.id}/sign-in/").content.decode()
    code, state = tokens.code_for(way_of(page), user)
    return client.get(BACK, {"code": code, "state": state})


def connected(cast: Cast, servers: MailServers, tokens: TokenServer, flow: str = "person") -> Mailbox:
    """A mailbox that reads with tokens, as it stands when somebody has just signed in."""
    mailbox = connect_mailbox(
        supplier=cast.fennimore, business=None, address=HELP, host="127.0.0.1", port=servers.dovecot.port,
        security="none", user=HELP, service=service_at(cast, tokens, flow), actor=actor(cast.asha), now=clock.now(),
    )  # fmt: skip
    if flow == "person":
        given = tokens.give(HELP)
        first = Tokens(given["access_token"], given["refresh_token"], 3600)
        sign_in_mailbox(mailbox=mailbox, tokens=first, actor=actor(cast.asha), now=clock.now())
    return mailbox


def read(mailbox: Mailbox, now: dt.datetime | None = None) -> Mailbox:
    row = Mailbox.objects.select_related("business", "supplier", "service").get(pk=mailbox.pk)
    read_mailbox(row, now or clock.now())
    return Mailbox.objects.get(pk=mailbox.pk)


def deliver(servers: MailServers, name: str) -> None:
    data = f"From: dele@oakhurst.example\r\nTo: {HELP}\r\nSubject: {name}\r\nMessage-ID: <{name}@x>\r\n\r\nIt broke\r\n"
    servers.dovecot.deliver(HELP, data.encode())


def test_a_manager_signs_in_on_the_page_and_the_mailbox_is_read(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    response = signed_in(client_of(cast.asha), cast, servers, tokens)
    mailbox = Mailbox.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/set-up/mailbox/{mailbox.id}/")
    deliver(servers, "one")
    assert read(mailbox).last_error == ""
    assert InboxItem.objects.count() == 1
    assert list(Entry.objects.filter(verb__startswith="mailbox.").values_list("verb", flat=True)) == [
        "mailbox.connected", "mailbox.signed_in",
    ]  # fmt: skip
    [asked] = tokens.asked
    assert (asked["grant_type"], len(asked["code_verifier"]) >= 43) == ("authorization_code", True)


def test_no_secret_stands_in_the_database_or_on_a_page(cast: Cast, servers: MailServers, tokens: TokenServer) -> None:
    client = client_of(cast.asha)
    signed_in(client, cast, servers, tokens)
    row = Mailbox.objects.select_related("service").get()
    assert row.service is not None
    secrets = [*tokens.access, *tokens.refresh, tokens.client[1], PASSWORD]
    stored = repr([vars(row), vars(row.service)]).encode() + b"".join(
        bytes(each) for each in (row.sealed_access_token, row.sealed_refresh_token, row.service.sealed_secret)
    )
    pages = [client.get(f"/set-up/{path}").content for path in (
        "mailbox/", f"mailbox/{row.id}/", "mail-services/", f"mail-services/{row.service_id}/"
    )]  # fmt: skip
    for secret in secrets:
        assert not [page for page in (stored, *pages) if secret.encode() in page]
    moved = Mailbox.objects.create(
        supplier=cast.fennimore, address="other@x", connected_at=clock.now(), service=row.service,
        sealed_refresh_token=row.sealed_refresh_token,
    )  # fmt: skip
    with pytest.raises(Exception, match="sealed"):
        refresh_token_of(moved)


def test_a_token_is_renewed_before_it_ends_and_the_new_refresh_token_is_kept(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    mailbox = connected(cast, servers, tokens)
    read(mailbox)
    assert tokens.asked == []
    for _ in range(2):  # each refresh token serves once
        Mailbox.objects.update(access_until=clock.now() + 4 * MINUTE)
        mailbox = read(mailbox)
    assert [each["grant_type"] for each in tokens.asked] == ["refresh_token"] * 2
    assert tokens.asked[0]["refresh_token"] != tokens.asked[1]["refresh_token"]
    assert (mailbox.last_error, mailbox.renewing_until) == ("", None)
    assert mailbox.access_until is not None
    assert mailbox.access_until > clock.now() + 50 * MINUTE


def test_a_token_that_was_taken_back_early_is_renewed_once(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    mailbox = connected(cast, servers, tokens)
    tokens.take_back(HELP)
    deliver(servers, "one")
    assert (read(mailbox).last_error, len(tokens.asked), InboxItem.objects.count()) == ("", 1, 1)


def test_a_refused_refresh_asks_for_a_person_opens_a_gap_and_tells_the_manager_once(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    mailbox = connected(cast, servers, tokens)
    read(mailbox)
    was_read = Mailbox.objects.get().last_ok_at
    tokens.take_back(HELP, refresh_too=True)
    later = clock.now() + MINUTE
    for minutes in (0, 20, 40):
        mailbox = read(mailbox, later + minutes * MINUTE)
    assert mailbox.last_error == "somebody must sign in again"
    assert mailbox.sign_in_again_since is not None
    assert (bytes(mailbox.sealed_refresh_token), len(tokens.asked)) == (b"", 1)
    assert [(gap.from_at, gap.until_at) for gap in IntakeGap.objects.all()] == [(was_read, None)]
    assert Entry.objects.filter(verb="mailbox.sign_in_refused").count() == 1
    for _ in range(2):
        tick(now=later + HOUR, schedule=False)
    mail = OutgoingMessage.objects.get(recipient=cast.asha.email)
    content = content_of(mail)
    assert content.subject == f"Sign in again for {HELP}"
    assert f"/set-up/mailbox/{mailbox.id}/" in content.text
    assert OutgoingMessage.objects.count() == 1
    page = client_of(cast.asha).get(f"/set-up/mailbox/{mailbox.id}/").content.decode()
    assert f"Somebody must sign in for {HELP}." in page


def test_signing_in_again_closes_the_gap_and_what_came_meanwhile_comes_in(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    mailbox = connected(cast, servers, tokens)
    read(mailbox)
    tokens.take_back(HELP, refresh_too=True)
    read(mailbox)
    deliver(servers, "meanwhile")
    client = client_of(cast.asha)
    page = client.post(f"/set-up/mailbox/{mailbox.id}/sign-in/").content.decode()
    code, state = tokens.code_for(way_of(page), HELP)
    assert client.get(BACK, {"code": code, "state": state}).status_code == 303
    mailbox = read(mailbox)
    assert (mailbox.last_error, mailbox.sign_in_again_since, InboxItem.objects.count()) == ("", None, 1)
    assert IntakeGap.objects.get().until_at is not None


@pytest.mark.parametrize("says", [(503, b""), (200, b"<html>"), (429, b'{"error": "invalid_grant"}'), (200, b"[" * 9)])
def test_a_token_server_in_trouble_is_asked_again_and_no_person_is_called(
    cast: Cast, servers: MailServers, tokens: TokenServer, says: tuple[int, bytes]
) -> None:
    mailbox = connected(cast, servers, tokens)
    Mailbox.objects.update(access_until=clock.now())
    tokens.says = says
    mailbox = read(mailbox)
    assert (mailbox.last_error, mailbox.sign_in_again_since) == (renewing.AWAY, None)
    tokens.says = None
    assert read(mailbox).last_error == ""


def test_only_one_process_asks_for_a_new_token(cast: Cast, servers: MailServers, tokens: TokenServer) -> None:
    mailbox = connected(cast, servers, tokens)
    Mailbox.objects.update(access_until=clock.now())
    assert begin_renewing(mailbox=mailbox, now=clock.now())
    mailbox = read(mailbox)  # the other one is at it: nothing is wrong, and nothing is asked
    assert (tokens.asked, mailbox.last_error) == ([], "")
    Mailbox.objects.update(renewing_until=clock.now() - MINUTE)  # it was killed
    assert (read(mailbox).last_error, len(tokens.asked)) == ("", 1)


def test_the_firm_itself_signs_in_without_a_person(cast: Cast, servers: MailServers, tokens: TokenServer) -> None:
    mailbox = connected(cast, servers, tokens, flow="firm")
    tokens.access.clear()
    real = tokens.give

    def give(user: str) -> dict[str, Any]:  # Microsoft lets the client open any mailbox; Dovecot wants its name
        return real(HELP)

    tokens.give = give  # type: ignore[method-assign]  # the test's own server
    deliver(servers, "one")
    mailbox = read(mailbox)
    assert (mailbox.last_error, InboxItem.objects.count()) == ("", 1)
    assert [each["grant_type"] for each in tokens.asked] == ["client_credentials"]
    assert tokens.asked[0]["scope"] == "imap offline"


def test_a_wrong_client_secret_is_a_persons_to_mend(cast: Cast, servers: MailServers, tokens: TokenServer) -> None:
    mailbox = connected(cast, servers, tokens)
    tokens.client = ("quiet", "changed")
    Mailbox.objects.update(access_until=clock.now())
    assert read(mailbox).sign_in_again_since is not None


def test_somebody_elses_mailbox_is_not_taken_for_this_one(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    response = signed_in(client_of(cast.asha), cast, servers, tokens, user="other@fennimore.test")
    assert response.status_code == 422
    assert f"Did you sign in as {HELP}?" in response.content.decode()
    row = Mailbox.objects.get()
    assert (bytes(row.sealed_refresh_token), row.sign_in_again_since is None) == (b"", False)


def test_what_comes_back_must_fit_the_session_that_asked(cast: Cast, servers: MailServers, tokens: TokenServer) -> None:
    service = service_at(cast, tokens)
    client, other = client_of(cast.asha), client_of(cast.asha)
    client.post("/set-up/mailbox/new/", form(cast, servers, service))
    mailbox = Mailbox.objects.get()
    page = client.post(f"/set-up/mailbox/{mailbox.id}/sign-in/").content.decode()
    code, state = tokens.code_for(way_of(page), HELP)
    refused = [
        client.get(BACK, {"code": code, "state": "x" + state}),
        client.get(BACK, {"code": code}),
        client.get(BACK),
        other.get(BACK, {"code": code, "state": state}),  # another session of the same person
        client_of(cast.ines).get(BACK, {"code": code, "state": state}),
    ]
    assert {each.status_code for each in refused} == {422}
    assert tokens.asked == []
    assert client.get(BACK, {"code": code, "state": state}).status_code == 303
    assert client.get(BACK, {"code": code, "state": state}).status_code == 422  # once
    assert len(tokens.asked) == 1


def test_a_code_without_our_verifier_or_for_another_address_is_worth_nothing(
    cast: Cast, servers: MailServers, tokens: TokenServer
) -> None:
    service = service_at(cast, tokens)
    client = client_of(cast.asha)
    client.post("/set-up/mailbox/new/", form(cast, servers, service))
    mailbox = Mailbox.objects.get()
    first = client.post(f"/set-up/mailbox/{mailbox.id}/sign-in/").content.decode()
    code, _ = tokens.code_for(way_of(first), HELP)
    again = client.post(f"/set-up/mailbox/{mailbox.id}/sign-in/").content.decode()  # another verifier
    [state] = parse_qs(urlsplit(way_of(again)).query)["state"]
    assert client.get(BACK, {"code": code, "state": state}).status_code == 422


def test_a_quarter_of_an_hour_later_it_is_too_late(
    cast: Cast, servers: MailServers, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_at(cast, tokens)
    client = client_of(cast.asha)
    client.post("/set-up/mailbox/new/", form(cast, servers, service))
    page = client.post(f"/set-up/mailbox/{Mailbox.objects.get().id}/sign-in/").content.decode()
    code, state = tokens.code_for(way_of(page), HELP)
    session = client.session
    session["mailbox_sign_in"] = {**session["mailbox_sign_in"], "until": clock.now().isoformat()}
    session.save()
    assert client.get(BACK, {"code": code, "state": state}).status_code == 422


def test_a_token_server_inside_the_house_is_not_asked(
    cast: Cast, servers: MailServers, tokens: TokenServer, settings: Any
) -> None:
    mailbox = connected(cast, servers, tokens)
    Mailbox.objects.update(access_until=clock.now())
    settings.INSIDE_NETWORKS = []
    mailbox = read(mailbox)
    assert mailbox.last_error == "the token server's address leads inside a network, which we do not ask"
    assert tokens.asked == []


def test_another_host_or_service_forgets_the_tokens(cast: Cast, servers: MailServers, tokens: TokenServer) -> None:
    mailbox = connected(cast, servers, tokens)
    client = client_of(cast.asha)
    sent = {**form(cast, servers, mailbox.service), "host": "localhost"}  # type: ignore[arg-type]  # it has one
    assert client.post(f"/set-up/mailbox/{mailbox.id}/", sent).status_code == 303
    mailbox.refresh_from_db()
    assert (bytes(mailbox.sealed_refresh_token), bytes(mailbox.sealed_access_token)) == (b"", b"")
    assert mailbox.sign_in_again_since is not None
