"""Speaking with a token server: a code becomes tokens, an old token becomes a new one."""

from __future__ import annotations

import datetime as dt

from quietmonday.kit import outside
from quietmonday.kit.clock import now as present
from quietmonday.kit.envelope import SecretUnreadable
from quietmonday.kit.faults import reached
from quietmonday.kit.sentences import gettext_noop
from quietmonday.post.actions.mailboxes import password_of
from quietmonday.post.actions.services import client_of
from quietmonday.post.actions.tokens import (
    SIGN_IN_AGAIN,
    access_token_of,
    begin_renewing,
    end_renewing,
    keep_tokens,
    refresh_token_of,
    refuse_tokens,
)
from quietmonday.post.jobs.imap import Key, Trouble, in_words
from quietmonday.post.logic.tokens import (
    NoTokens,
    Tokens,
    ask_as_firm,
    ask_with_code,
    ask_with_refresh_token,
    read_answer,
)
from quietmonday.post.models import Mailbox, MailService, SignIn

TIMEOUT = 15
MAX_ANSWER = 64 * 1024
EARLY = dt.timedelta(minutes=5)  # a token that is as good as over is renewed before anybody notices

AWAY = gettext_noop("the token server cannot be asked")
REGISTRATION_REFUSED = gettext_noop("the service refuses our registration")
ASKED_FOR_ALREADY = gettext_noop("a new token is being asked for")


def key_of(mailbox: Mailbox, *, fresh: bool = False) -> Key:
    """Return what we sign in with at the mail server; `fresh`: the token at hand was refused. Raises Trouble."""
    try:
        if mailbox.sign_in == SignIn.PASSWORD:
            return Key(password_of(mailbox))
        mailbox.refresh_from_db(fields=["sealed_access_token", "sealed_refresh_token", "access_until"])
        at_hand = access_token_of(mailbox)
        if at_hand and not fresh and mailbox.access_until and mailbox.access_until > present() + EARLY:
            return Key(at_hand, is_token=True)
        return Key(_renewed(mailbox), is_token=True)
    except SecretUnreadable as error:
        raise Trouble(in_words(error)) from None


def _renewed(mailbox: Mailbox) -> str:
    """Return a new token, or refuse the mailbox if the service wants a person. One process asks at a time."""
    service = mailbox.service
    if service is None:
        raise Trouble(SIGN_IN_AGAIN)
    client = client_of(service)
    old = refresh_token_of(mailbox)
    if service.flow == "person" and not old:
        raise Trouble(SIGN_IN_AGAIN)
    if not begin_renewing(mailbox=mailbox, now=present()):
        raise Trouble(ASKED_FOR_ALREADY)
    try:
        said = _ask(service, ask_as_firm(client) if service.flow == "firm" else ask_with_refresh_token(client, old))
    except Trouble:
        end_renewing(mailbox_id=mailbox.pk)
        raise
    reached("post.renew.before_keep")
    if isinstance(said, Tokens):
        keep_tokens(mailbox=mailbox, tokens=said, now=present())
        return said.access
    if said.for_good:
        refuse_tokens(mailbox=mailbox, code=said.code, now=present())
        raise Trouble(SIGN_IN_AGAIN)
    end_renewing(mailbox_id=mailbox.pk)
    raise Trouble(AWAY)


def key_of_firm(service: MailService) -> Key:
    """Return a token that the client gets for itself, to try a mailbox before it is stored. Raises Trouble."""
    try:
        said = _ask(service, ask_as_firm(client_of(service)))
    except SecretUnreadable as error:
        raise Trouble(in_words(error)) from None
    if isinstance(said, Tokens):
        return Key(said.access, is_token=True)
    raise Trouble(REGISTRATION_REFUSED if said.for_good else AWAY)


def tokens_for_code(service: MailService, *, code: str, redirect_uri: str, verifier: str) -> Tokens | NoTokens:
    """Return what the service gives for the code that somebody brought back. Raises Trouble, SecretUnreadable."""
    body = ask_with_code(client_of(service), code=code, redirect_uri=redirect_uri, verifier=verifier)
    return _ask(service, body)


def _ask(service: MailService, body: bytes) -> Tokens | NoTokens:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = outside.fetch(
            "POST", service.exchange_url, headers=headers, body=body, timeout=TIMEOUT, max_bytes=MAX_ANSWER
        )
    except outside.Refused as refused:
        raise Trouble(_WHY.get(refused.reason, AWAY)) from None
    return read_answer(answer.status, answer.body if answer.whole else b"")


_WHY = {
    outside.Reason.INSIDE: gettext_noop("the token server's address leads inside a network, which we do not ask"),
    outside.Reason.NOT_HTTPS: gettext_noop("the token server's address must begin with https://"),
    outside.Reason.CERTIFICATE: gettext_noop("the token server's certificate is not good"),
    outside.Reason.TOO_SLOW: gettext_noop("the token server did not answer in time"),
    outside.Reason.NO_SUCH_NAME: gettext_noop("there is no token server of this name"),
}
