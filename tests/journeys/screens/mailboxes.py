"""The pages of mailboxes, of the services that give them tokens, and of the rules by which mail is sorted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from quietmonday.post.actions.mailboxes import connect_mailbox, pause_mailbox, reading_worked
from quietmonday.post.actions.services import add_service
from quietmonday.post.models import Mailbox, MailService
from quietmonday.support.actions.routing import add_rule
from quietmonday.support.models import RoutingRule
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import NOW
from tests.support.scene import actor

DAY = dt.timedelta(days=1)


def mailboxes(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights: of Ines, who has none, of Asha, who has some, and of Ada, who has those of everybody."""
    cast = world.cast
    yield sight("mailboxes-none", cast.ines, "support:mailboxes")
    yield sight("mailboxes-not-allowed", cast.sam, "support:mailboxes", status=403)
    yield sight("mailbox-new", cast.asha, "support:connect_mailbox")
    yield sight("mailbox-new-refused", cast.asha, "support:connect_mailbox", then=sent("main form"))
    yield sight("mailbox-new-for-everybody", cast.ada, "support:connect_mailbox")
    yield sight("mail-services-none", cast.ines, "support:mail_services")
    yield sight("mail-services-refused", cast.ines, "support:mail_services", then=sent("main form"))
    service = _service(cast)
    paused, by_token, handed = _boxes(cast, service)
    yield sight("mailboxes", cast.asha, "support:mailboxes")
    yield sight("mailbox-fails", cast.asha, "support:mailbox", (world.mailbox.pk,))
    yield sight("mailbox-paused", cast.asha, "support:mailbox", (paused.pk,))
    yield sight("mailbox-by-token", cast.asha, "support:mailbox", (by_token.pk,))
    yield sight("mailbox-handed-over", cast.asha, "support:mailbox", (handed.pk,))
    yield sight("mailbox-refused", cast.asha, "support:mailbox", (world.mailbox.pk,), then=_without_host)
    yield sight(
        "mailbox-way-to-sign-in", cast.asha, "support:mailbox", (by_token.pk,), then=sent("form[action$='sign-in/']")
    )
    yield sight("mailbox-not-begun-here", cast.asha, "support:signed_in_there", query="?code=a&state=b", status=422)
    yield sight("mail-services", cast.asha, "support:mail_services")
    yield sight("mail-service", cast.asha, "support:mail_service", (service.pk,))
    yield sight("mail-service-refused", cast.asha, "support:mail_service", (service.pk,), then=_nameless)

    yield sight("sorting-none", cast.ines, "support:routing")
    yield sight("sorting-new", cast.asha, "support:add_rule")
    yield sight("sorting-new-refused", cast.asha, "support:add_rule", then=sent("main form"))
    rule = _rules(cast)
    yield sight("sorting", cast.asha, "support:routing")
    yield sight("sorting-of-everybody", cast.ada, "support:routing")
    yield sight("sorting-rule", cast.asha, "support:rule", (rule.pk,))
    yield sight("sorting-tried", cast.asha, "support:rule", (rule.pk,), then=_try)


def _service(cast: Any) -> MailService:
    values = {
        "name": "Microsoft 365",
        "kind": "microsoft",
        "flow": "person",
        "authorise_url": "https://sign.example/in",
        "exchange_url": "https://sign.example/token",
        "client_id": "11111111-2222-3333-4444-555555555555",
        "scopes": "https://mail.example/IMAP.AccessAsUser.All offline_access",
    }
    return add_service(
        supplier=cast.fennimore, values=values, secret="open sesame", actor=actor(cast.asha), now=NOW - DAY
    )


def _boxes(cast: Any, service: MailService) -> tuple[Mailbox, Mailbox, Mailbox]:
    def connected(address: str, **more: Any) -> Mailbox:
        return connect_mailbox(
            supplier=cast.fennimore,
            business=cast.oakhurst,
            address=address,
            actor=actor(cast.asha),
            now=NOW - 20 * DAY,
            **more,
        )

    place = {"host": "mail.oakhurst.example", "user": "help@oakhurst.example"}
    paused = connected("help@oakhurst.example", **place, password="nobody uses it", folders=("INBOX", "Requests"))
    reading_worked(mailbox=paused, now=NOW - DAY)
    pause_mailbox(mailbox=Mailbox.objects.get(pk=paused.pk), actor=actor(cast.asha), now=NOW - DAY)
    by_token = connected("orders@oakhurst.example", **place, service=service)
    handed = connected("calls@oakhurst.example", way="handed")
    return paused, by_token, handed


def _rules(cast: Any) -> RoutingRule:
    values: list[dict[str, Any]] = [
        {
            "plus_tag": "printers",
            "sender_domain": "oakhurst.example",
            "subject_words": "printer label ribbon",
            "action": "place",
            "engagement": cast.engagement,
            "priority": 2,
            "tags": "printer, labels",
            "assignee": cast.sam.person,
        },
        {"header_name": "X-Newsletter", "header_words": "yes", "action": "aside", "engagement": None},
    ]
    rows = [
        add_rule(supplier=owner, values=each, actor=actor(cast.asha), now=NOW)
        for owner, each in ((cast.fennimore, values[0]), (cast.fennimore, values[1]), (None, values[1]))
    ]
    return rows[0]


def _without_host(visitor: Visitor) -> None:
    visitor.page.fill("[name=host]", "")
    _send(visitor, "form:has([name=host])")


def _nameless(visitor: Visitor) -> None:
    visitor.page.fill("[name=name]", "")
    _send(visitor, "form:has([name=name])")


def _try(visitor: Visitor) -> None:
    with visitor.next_page():
        visitor.page.click("main form button:not([name=save])")


def _send(visitor: Visitor, selector: str) -> None:
    with visitor.next_page():
        visitor.page.eval_on_selector(selector, "form => { form.noValidate = true; form.requestSubmit() }")
