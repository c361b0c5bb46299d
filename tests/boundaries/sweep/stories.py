"""What happened at one business and its supplier: one of everything, made by the product's own verbs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import struct
import zlib
from collections.abc import Callable
from typing import Any, Protocol

import pyotp
from django.db import transaction
from fido2.utils import websafe_encode

from quietmonday.integrations.actions.taking_out import ask_for_export, make_export
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.ids import new_id
from quietmonday.kit.keeping import kinds
from quietmonday.outbox.actions import put
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.codes import set_code_app
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.people.actions.failing import Returned, mark_failed
from quietmonday.people.actions.history import end_history, grant_history
from quietmonday.people.actions.keeping import set_period
from quietmonday.people.actions.merging import merge_persons
from quietmonday.people.actions.persons import add_person
from quietmonday.people.actions.sign_in_links import make_link
from quietmonday.people.models import (
    Business,
    Engagement,
    HistoryGrant,
    Holiday,
    Identity,
    Passkey,
    Person,
    Role,
    SignIn,
    SignInLink,
    Supplier,
)
from quietmonday.post.actions.files import store_file
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox, pause_mailbox, reading_failed
from quietmonday.post.actions.services import add_service
from quietmonday.post.actions.subscriptions import MONDAY, unsubscribe
from quietmonday.post.actions.tokens import sign_in_mailbox
from quietmonday.post.logic.tokens import Tokens
from quietmonday.post.models import InboxItem, Mailbox, MailService
from quietmonday.reports.actions.monday_mail import keep_monday
from quietmonday.support.actions.answering import dispute, give_feedback
from quietmonday.support.actions.deciding import silence_sender
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.importing import keep_mail_file
from quietmonday.support.actions.intake import take_in
from quietmonday.support.actions.keeping_ready import keep_ready
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.presence import seen_here
from quietmonday.support.actions.routing import add_rule
from quietmonday.support.actions.scheduling import When, schedule
from quietmonday.support.actions.settling import link_repeat, reopen, resolve, set_aside
from quietmonday.support.actions.sheet_imports import begin_import, hand_in, run_import
from quietmonday.support.actions.snoozing import snooze
from quietmonday.support.actions.talking import note_for_colleagues, say_to_customer, say_to_supplier
from quietmonday.support.actions.telling import ask_whether_solved, feedback_path, tell_opened, tell_said
from quietmonday.support.actions.undelivered import note_undelivered
from quietmonday.support.actions.waiting import promise_word
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import Attachment, FeedbackQuestion, Message, SheetImport, Ticket
from tests.cast import SINCE, Cast, Member
from tests.people.device import SEED, Device

NOW = dt.datetime(2026, 11, 25, 10, 20, tzinfo=dt.UTC)  # a Wednesday; last week is 2026-W47
EARLIER = dt.datetime(2026, 10, 28, 9, 30, tzinfo=dt.UTC)  # in a week that has been settled since
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


class Holder(Protocol):
    """What the stories fill: the standing cast, and objects by name."""

    cast: Cast
    objects: dict[str, Any]

    def __getitem__(self, name: str) -> Any: ...


@dataclasses.dataclass
class Table:
    """One business with the supplier across the table, and how they word what they write."""

    business: Business
    supplier: Supplier
    engagement: Engagement
    owner: Member
    staff: Member
    technician: Member
    prefix: str
    says: Callable[[str], str]
    notes: Callable[[str], str]
    mails: Callable[[str], str]


def fill(world: Holder, table: Table, copies: int = 1) -> None:
    """One of everything for one business and its supplier, or `copies` of everything; the last one has the names."""
    for number in range(copies):
        _people_and_post(world, table, number)
        settled, last_week = _history(table, copies)
    kind = next(kind for kind in kinds() if kind.name == "words")
    unsubscribe(business=table.business, person=table.staff.person, topic=MONDAY, actor=_by(table), now=NOW - DAY)
    set_period(business=table.business, kind=kind, months=120, actor=actor_of(table.owner), now=NOW - DAY)
    for week, monday in (("2026-W44", 2), ("2026-W46", 16), ("2026-W47", 23)):
        at = dt.datetime(2026, 11, monday, 7, 30, tzinfo=dt.UTC)
        keep_monday(business=table.business, week=week_from_key(week), now=at)
    for each in Ticket.objects.filter(business=table.business, opened_at=EARLIER).order_by("id"):
        reopen(ticket=each, note=table.says("reopening"), actor=_by(table), now=NOW - DAY)  # a correction of W44
        _resolved(table, each, NOW - 5 * HOUR)
    question = FeedbackQuestion.objects.get(ticket=settled, resolution__at=NOW - 5 * HOUR)
    ask_whether_solved(question_id=question.id, now=NOW - 5 * HOUR)
    world.objects |= {
        f"{table.prefix}_settled": settled,
        f"{table.prefix}_last_week": last_week,
        f"{table.prefix}_text_file": Attachment.objects.filter(message__ticket=settled, name="notes.txt").latest("id"),
        f"{table.prefix}_question": question,
        f"{table.prefix}_feedback_path": feedback_path(question),
    }
    for _ in range(copies):
        _present(world, table, copies)
    for _ in range(copies):
        _logs(world, table, copies)


def _history(table: Table, copies: int) -> tuple[Ticket, Ticket]:
    """A request of a week that is settled, with everything that can be said of it; and one of last week."""
    files = [(f"plan{number}.png", picture()) for number in range(copies)]
    settled = _asked(table, EARLIER, files=[*files, ("notes.txt", table.says("file").encode())])
    for _ in range(copies):
        _answered(table, settled, EARLIER + HOUR, waits_for="customer", next_word_by=EARLIER + 3 * HOUR)
        _wrote(table, settled, EARLIER + 2 * HOUR)
        _noted(table, settled, EARLIER + 2 * HOUR)
    _resolved(table, settled, EARLIER + 4 * HOUR)
    question = FeedbackQuestion.objects.get(ticket=settled)
    for number in range(copies):
        give_feedback(
            question=question, answer="partly", text=table.says("feedback"), actor=actor_of(table.staff),
            now=EARLIER + DAY, device="telephone",
        )  # fmt: skip
        dispute(
            ticket=settled, about="effective", note=f"{table.says('dispute')} {number}", actor=_by(table),
            now=EARLIER + 2 * DAY,
        )  # fmt: skip
    last_week = _asked(table, NOW - 7 * DAY)
    _resolved(table, last_week, NOW - 7 * DAY + HOUR)
    return settled, last_week


def _present(world: Holder, table: Table, copies: int) -> None:
    """Requests that are open, held by a workaround, waiting, set aside."""
    held = _asked(table, NOW - 3 * DAY)
    _resolved(table, held, NOW - 2 * DAY, kind="workaround", workaround_until=dt.date(2026, 11, 24))
    fresh = _asked(table, NOW - 3 * HOUR, files=[("photo.png", picture())])
    assign(ticket=fresh, person=table.technician.person, actor=_by(table), now=NOW - 2 * HOUR)
    for _ in range(copies):
        message = _answered(table, fresh, NOW - 2 * HOUR)
        note = _noted(table, fresh, NOW - HOUR, files=[("secret.txt", table.notes("file").encode())])
    tell_said(message_id=message.id, now=NOW - 2 * HOUR)
    for back in OutgoingMessage.objects.filter(key__startswith=f"ticket:{message.id}:said:"):
        note_undelivered(mail_id=back.id, rule="full", for_good=False, now=NOW - HOUR)
    promise_word(ticket=fresh, due_at=NOW + HOUR, actor=_by(table), now=NOW - HOUR)
    tell_opened(ticket_id=fresh.id, now=NOW - 2 * HOUR)
    tell_said(message_id=message.id, now=NOW - 2 * HOUR)
    waiting = _asked(table, NOW - 2 * DAY)
    _answered(table, waiting, NOW - 2 * DAY + HOUR, waits_for="third_party")
    aside = _asked(table, NOW - 2 * DAY)
    set_aside(ticket=aside, state="spam", note=table.says("aside"), actor=_by(table), now=NOW - DAY)
    link_repeat(earlier=held, later=fresh, actor=_by(table), now=NOW - HOUR)
    _kept_for_later(world, table, fresh, copies)
    world.objects |= {
        f"{table.prefix}_held": held,
        f"{table.prefix}": fresh,
        f"{table.prefix}_waiting": waiting,
        f"{table.prefix}_aside": aside,
        f"{table.prefix}_file": Attachment.objects.get(message__ticket=fresh, name="photo.png"),
        f"{table.prefix}_note_file": Attachment.objects.get(message=note),
    }


def _kept_for_later(world: Holder, table: Table, ticket: Ticket, copies: int) -> None:
    """What a supplier keeps by itself on a request: texts, a reply for tomorrow, a snooze, who looks."""
    by, person, supplier = _by(table), table.technician.person, table.supplier.pk
    for number in range(copies):
        text = f"{table.notes('canned')} {{{{ first_name }}}}"
        canned, own = (
            keep_ready(supplier=supplier, person=whose, title=f"Text {number}", text=text, actor=by, now=NOW - DAY)
            for whose in (None, person)
        )
        file = store_file(business=table.business, data=f"{table.notes('later')} {number}".encode(), now=NOW - HOUR)
        words = Words(
            text=table.notes("later"), channel="web", author=person, author_name=person.name,
            occurred_at=NOW - HOUR, files=[(table.notes("name"), file)],
        )  # fmt: skip
        later = schedule(
            ticket=ticket, words=words, person=person, supplier_id=supplier, when=When(send_at=NOW + DAY), actor=by,
            now=NOW - HOUR,
        )  # fmt: skip
        seen_here(
            ticket=ticket.pk, supplier=supplier, person=new_id(), name=table.notes("presence"), writing=True, now=NOW
        )
    snooze(
        ticket=ticket, person=person, supplier_id=supplier, until=NOW + 2 * DAY, why=table.notes("snooze"), actor=by,
        now=NOW - HOUR,
    )  # fmt: skip
    world.objects |= {
        f"{table.prefix}_canned": canned,
        f"{table.prefix}_own_canned": own,
        f"{table.prefix}_later": later,
    }


def _people_and_post(world: Holder, table: Table, number: int) -> None:
    engagement, host = table.engagement, f"{table.prefix}{number or ''}.example"
    Holiday.objects.create(
        business=table.business, calendar=engagement.calendar, date=dt.date(2026, 12, 24 - number), name="Christmas Eve"
    )
    quiet = add_person(
        place=table.business, name="Quiet Person", job="Accounts", phone="+44 20 7946 0999",
        emails=[f"quiet@{host}", f"second@{host}"], actor=SYSTEM, now=SINCE,
    )  # fmt: skip
    coming = add_person(
        place=table.business, name="Ivy Coming", emails=[f"ivy@{host}"], role=Role.STAFF, actor=actor_of(table.owner),
        now=NOW - 2 * DAY, invite=True,
    )  # fmt: skip
    double, twice = (
        add_person(place=table.business, name=name, emails=[f"{at}@{host}"], actor=SYSTEM, now=SINCE)
        for name, at in (("QUIET PERSON", "quiet.person"), ("Q. Person", "q.person"))
    )
    merge = merge_persons(kept=quiet, merged=twice, actor=actor_of(table.owner), now=NOW - DAY)
    link = make_link(account=table.owner.account, now=NOW - HOUR)
    mailbox = connect_mailbox(
        supplier=table.supplier, business=table.business, address=f"help@{host}",
        host="imap.example", port=993, security="tls", user="help", password="correct horse",
        actor=SYSTEM, now=NOW - 30 * DAY,
    )  # fmt: skip
    services = {name: _service(table, name) for name in ("service", "old_service")}
    by_token = connect_mailbox(
        supplier=table.supplier, business=table.business, address=f"token@{host}", host="imap.example", user="help",
        service=services["service"], actor=SYSTEM, now=NOW - 30 * DAY,
    )  # fmt: skip
    sign_in_mailbox(mailbox=by_token, tokens=Tokens("abc", "def", 3600), actor=SYSTEM, now=NOW - 30 * DAY)
    pause_mailbox(mailbox=by_token, actor=actor_of(table.technician), now=NOW - DAY)
    for minutes in (9, 5):
        reading_failed(mailbox=mailbox, error=table.mails("error"), now=NOW - DAY - dt.timedelta(minutes=minutes))
    mails = {}
    for place, (sender, look) in enumerate(
        ((table.staff.email, True), ("stranger@elsewhere.example", True), ("late@elsewhere.example", False))
    ):
        item, _new = keep_raw(
            data=_mail(sender, f"help@{host}", table.mails("subject"), table.mails("text")),
            source="mailbox", origin=f"{host}:{place}", now=NOW - 4 * HOUR, business=table.business,
            supplier=table.supplier, mailbox=mailbox, name=table.mails("name"),
        )  # fmt: skip
        mails[place] = take_in(item_id=item.id, now=NOW - 4 * HOUR) if look else item
    asks = {
        name: _from_nobody(table, f"{name}@{host}.elsewhere.example", business, mailbox)
        for name, business in (
            ("kept_never", table.business), ("pool", None), ("pool_never", None),
        )
    }  # fmt: skip
    doubted = _doubted(table, host)
    rules = [
        add_rule(
            supplier=table.supplier, actor=SYSTEM, now=NOW - 30 * DAY,
            values={"plus_tag": f"printers{n}", "subject_words": table.mails("words"), "recipient": f"help@{host}",
                    "sender_domain": host, "header_name": "X-Kind", "header_words": table.mails("words"),
                    "action": "place", "engagement": table.engagement, "assignee": table.technician.person},
        )
        for n in range(2)
    ]  # fmt: skip
    silenced = {
        name: silence_sender(item=asks[f"{name}_never"], actor=actor_of(by), now=NOW - HOUR)
        for name, by in (("kept", table.owner), ("pool", table.technician))
    }
    mark_failed(
        returned=[Returned(email=f"second@{host}", rule="full", said=table.mails("refusal"), for_good=False)], now=NOW
    )
    imported, _new = keep_mail_file(
        engagement=engagement, name=table.mails("file"), data=_mail("old@elsewhere.example", f"x@{host}",
        table.mails("subject"), table.mails("text")), now=NOW - 4 * HOUR,
    )  # fmt: skip
    failed = _put_failed(table.business)
    exports = {}
    for name, asked_at in ((f"{table.prefix}_old_export", NOW - 9 * DAY), (f"{table.prefix}_export", NOW - HOUR)):
        asked_for = ask_for_export(business=table.business, actor=actor_of(table.owner), now=asked_at)
        exports[name] = make_export(export_id=asked_for.pk, now=asked_at)
    device = Device()
    before = NOW - DAY
    known_at = Identity.objects.filter(account=table.owner.account).count()  # one account, one identity at a provider
    set_code_app(account=table.owner.account, seed=SEED, typed=pyotp.TOTP(SEED).at(before), now=before)
    world.objects |= exports
    world.objects |= {
        f"{table.prefix}_passkey": Passkey.objects.create(
            account=table.owner.account, name="Phone", credential_id=websafe_encode(device.credential_id),
            attested=bytes(device.attested()), made_at=NOW - DAY,
        ),
        f"{table.prefix}_identity": Identity.objects.create(
            account=table.owner.account, issuer=f"https://login{known_at or ''}.example", subject=f"{table.prefix}-1",
            email=table.owner.email, made_at=NOW - DAY, last_used_at=NOW - DAY,
        ),
        f"{table.prefix}_sign_in": SignIn.objects.create(
            account=table.owner.account, session_key=new_id().hex, browser="Firefox",
            network=host, how="password", at=NOW - DAY,
        ),
    }  # fmt: skip
    world.objects |= {
        f"{table.prefix}_business": table.business,
        f"{table.prefix}_supplier": table.supplier,
        f"{table.prefix}_engagement": engagement,
        f"{table.prefix}_quiet": quiet,
        f"{table.prefix}_coming": coming,
        f"{table.prefix}_double": double,
        f"{table.prefix}_merged": twice,
        f"{table.prefix}_merge": merge,
        f"{table.prefix}_invited": coming.memberships.get(),
        f"{table.prefix}_address": quiet.addresses.get(email=f"second@{host}"),
        f"{table.prefix}_link": link.rpartition("/once/")[2].strip("/"),
        f"{table.prefix}_sign_in_link": SignInLink.objects.filter(account=table.owner.account).latest("id"),
        f"{table.prefix}_doubted": doubted,
        f"{table.prefix}_first_rule": rules[0],
        f"{table.prefix}_rule": rules[1],
        f"{table.prefix}_service": services["service"],
        f"{table.prefix}_old_service": services["old_service"],
        f"{table.prefix}_token_mailbox": Mailbox.objects.get(pk=by_token.pk),
        f"{table.prefix}_mailbox": Mailbox.objects.get(pk=mailbox.pk),
        f"{table.prefix}_taken": InboxItem.objects.get(pk=mails[0].pk),
        f"{table.prefix}_kept": InboxItem.objects.get(pk=mails[1].pk),
        f"{table.prefix}_imported": imported,
        f"{table.prefix}_pool": InboxItem.objects.get(pk=asks["pool"].pk),
        f"{table.prefix}_silenced": silenced["kept"],
        f"{table.prefix}_pool_silenced": silenced["pool"],
        f"{table.prefix}_failed": failed,
    }


def _doubted(table: Table, host: str) -> InboxItem:
    """Return a mail in the name of somebody known that a mail server took for spam, with a file."""
    head = f"X-Spam-Flag: YES\r\nFrom: <{table.staff.email}>\r\nSubject: {table.mails('subject')}\r\n"
    files = f'Content-Type: text/plain; name="a.txt"\r\n\r\n{table.mails("file")}'
    item, _new = keep_raw(
        data=(
            f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n{table.mails("text")}\r\n'
            f"--b\r\n{files}\r\n--b--\r\n"
        ).encode(),
        source="smtp", origin=f"doubted:{host}", now=NOW - 3 * HOUR, supplier=table.supplier,
    )  # fmt: skip
    return take_in(item_id=item.id, now=NOW - 3 * HOUR)


def _service(table: Table, name: str, **more: str) -> MailService:
    values = {
        "name": table.mails("service"), "kind": "other", "flow": "person", "authorise_url": "https://sign.example/in",
        "exchange_url": "https://sign.example/token", "client_id": f"{table.prefix} {name}", "scopes": "imap", **more,
    }  # fmt: skip
    return add_service(supplier=table.supplier, values=values, secret="correct horse", actor=SYSTEM, now=NOW - 30 * DAY)


def everybodys_mailboxes(world: Holder, copies: int) -> None:
    """Mailboxes and services of the installation: of no supplier, for every business."""
    for number in range(copies):
        values = {"name": "Everybody’s", "kind": "microsoft", "authorise_url": "https://sign.example/in",
                  "exchange_url": "https://sign.example/token", "client_id": "everybody", "scopes": "imap"}  # fmt: skip
        for name, flow in (("service", "person"), ("firm", "firm")):
            world.objects[f"everybodys_{name}"] = add_service(
                supplier=None, values={**values, "flow": flow}, secret="x", actor=SYSTEM, now=NOW - 30 * DAY
            )
        world.objects["everybodys_mailbox"] = connect_mailbox(
            supplier=None, business=None, address=f"all{number}@everybody.example", host="imap.example", user="all",
            password="correct horse", actor=SYSTEM, now=NOW - 30 * DAY,
        )  # fmt: skip
        world.objects["everybodys_rule"] = add_rule(
            supplier=None, values={"subject_words": "newsletter", "action": "aside", "engagement": None},
            actor=SYSTEM, now=NOW - 30 * DAY,
        )  # fmt: skip
        for name in ("pool", "never"):
            data = _mail(f"{name}{number}@nobody.example", f"all{number}@everybody.example", "Hello", "Who am I?")
            item, _new = keep_raw(
                data=data, source="mailbox", origin=f"everybody:{name}{number}", now=NOW - 3 * HOUR,
                mailbox=world["everybodys_mailbox"],
            )  # fmt: skip
            world.objects[f"everybodys_{name}"] = take_in(item_id=item.id, now=NOW - 3 * HOUR)
        world.objects["everybodys_silenced"] = silence_sender(
            item=world["everybodys_never"], actor=actor_of(world.cast.ada), now=NOW - HOUR
        )


def _from_nobody(table: Table, sender: str, business: Business | None, mailbox: Mailbox) -> InboxItem:
    """Return a mail from an unknown sender: to the mailbox of the business, or to its supplier's for all clients."""
    item, _new = keep_raw(
        data=_mail(sender, "help@supplier.example", table.mails("subject"), table.mails("text")), source="mailbox",
        origin=f"nobody:{sender}", now=NOW - 3 * HOUR, business=business, supplier=table.supplier,
        mailbox=mailbox if business else None,
    )  # fmt: skip
    return take_in(item_id=item.id, now=NOW - 3 * HOUR)


def _logs(world: Holder, table: Table, copies: int) -> None:
    """A log of calls that was taken in, and one that somebody looks through."""
    heads = "No;Date;Who;What;Done on"
    lines = [f"{n};04.11.2026 10:00;{table.mails('who')};{table.mails('what')};05.11.2026" for n in range(copies)]
    lines += [f"left {n};soon;{table.mails('who')};{table.mails('what')};" for n in range(copies)]
    for name, more in (("log", []), ("draft", [f"new {n};06.11.2026;;{table.mails('what')};" for n in range(copies)])):
        row = hand_in(
            engagement=table.engagement, name=table.mails("name"), now=NOW - 3 * HOUR, actor=actor_of(table.owner),
            chunks=["\n".join([heads, *lines, *more]).encode()],
        )  # fmt: skip
        if name == "log":
            begin_import(import_id=row.id, actor=actor_of(table.owner), now=NOW - 3 * HOUR, here=True)
            for _done in run_import(import_id=row.id, clock=lambda: NOW - 3 * HOUR):
                pass
        world.objects[f"{table.prefix}_{name}"] = SheetImport.objects.get(pk=row.pk)


def _put_failed(business: Business) -> Any:
    """Return a piece of background work of the business that failed for good."""
    with transaction.atomic():
        item = put(topic="support.take_in", ids={"item": str(business.pk)}, now=NOW - HOUR, business_id=business.pk)
    item.failed_at, item.last_error = NOW, "KeyError in a job"
    item.save()
    return item


def requests_with_other_suppliers(world: Holder) -> None:
    """One request with both suppliers, one with Norvane alone, one with the supplier that has gone."""
    cast = world.cast
    lines = Table(
        cast.oakhurst, cast.norvane, cast.line_engagement, cast.ruth, cast.bill, cast.ines, "line",
        says=lambda place: "The line: marksharedx", notes=lambda place: "marknotenorvanex", mails=str,
    )  # fmt: skip
    shared = _asked(lines, NOW - 6 * HOUR, by=cast.ruth, engagements=[cast.engagement, cast.line_engagement])
    assign(ticket=shared, person=cast.sam.person, actor=actor_of(cast.sam), now=NOW - 5 * HOUR)
    _noted(lines, shared, NOW - 5 * HOUR, files=[("line.txt", b"marknotenorvanex")])
    note_for_colleagues(
        ticket=shared, words=_words(cast.sam, "marknotefennimorex", NOW - 5 * HOUR), supplier_id=cast.fennimore.pk,
        actor=actor_of(cast.sam), now=NOW - 5 * HOUR,
    )  # fmt: skip
    own = {"person": cast.sam.person, "supplier_id": cast.fennimore.pk, "actor": actor_of(cast.sam), "now": NOW - HOUR}
    later = _words(cast.sam, "Later: marknotefennimorex", NOW - HOUR)
    schedule(ticket=shared, words=later, when=When(send_at=NOW + DAY), **own)
    snooze(ticket=shared, until=NOW + DAY, why="marknotefennimorex", **own)
    lines.says = lambda place: "The other line: marklinex"
    line = _asked(lines, NOW - 7 * DAY, by=cast.bill)
    _resolved(lines, line, NOW - 5 * HOUR)
    harrow = Table(
        cast.oakhurst, world["harrow"], world["past_engagement"], cast.ruth, cast.ruth, world["hal"], "past",
        says=lambda place: "Long ago: markpastx", notes=lambda place: "markpastx", mails=str,
    )  # fmt: skip
    past = _asked(harrow, NOW - 20 * DAY, by=cast.ruth)
    _answered(harrow, past, NOW - 19 * DAY)
    harrow.says = lambda place: "Not so long ago: markkeptx"
    harrow.notes = lambda place: "Between us at Harrow: marknoteharrowx"
    kept = _asked(harrow, NOW - 15 * DAY, by=cast.ruth, files=[("kept.txt", b"markkeptx")])
    _answered(harrow, kept, NOW - 14 * DAY)
    _noted(harrow, kept, NOW - 14 * DAY)
    _resolved(harrow, kept, NOW - 13 * DAY)
    end_engagement(engagement=world["past_engagement"], actor=SYSTEM, now=NOW - DAY)
    harrow.says = lambda place: "After its end: markafterx"
    after = _wrote(dataclasses.replace(harrow, staff=cast.ruth), kept, NOW - HOUR)
    for name, reader in (("own_grant", world["harrow"]), ("new_grant", cast.norvane)):
        world.objects[name] = grant_history(
            engagement=world["past_engagement"], reader=reader, since=NOW - 17 * DAY, actor=actor_of(cast.ruth),
            now=NOW - HOUR,
        )  # fmt: skip
    taken_back = grant_history(
        engagement=world["past_engagement"], reader=cast.fennimore, since=None, actor=actor_of(cast.ruth),
        now=NOW - 2 * HOUR,
    )  # fmt: skip
    world.objects["theirs_grant"] = HistoryGrant.objects.create(
        business=cast.tilden, engagement=cast.tilden_engagement, reader=cast.brightwell, until=NOW - DAY,
        given_at=NOW - DAY, by_name="Jo Marsh",
    )  # fmt: skip
    world.objects["ended_grant"] = end_history(grant=taken_back, actor=actor_of(cast.ruth), now=NOW - HOUR)
    world.objects |= {
        "shared": shared,
        "line": line,
        "past": past,
        "kept": kept,
        "after_message": after,
        "kept_file": Attachment.objects.get(name="kept.txt"),
        "line_engagement": cast.line_engagement,
        "line_supplier": cast.norvane,
        "shared_note_file": Attachment.objects.get(name="line.txt"),
    }


def actor_of(member: Member) -> Actor:
    return Actor(id=member.person.pk, name=Person.objects.get(pk=member.person.pk).name)


def _by(table: Table) -> Actor:
    return actor_of(table.technician)


def _words(member: Member, text: str, at: dt.datetime, business: Business | None = None, files: Any = ()) -> Words:
    stored = [(name, store_file(business=business, data=data, now=at)) for name, data in files] if business else []
    name = Person.objects.get(pk=member.person.pk).name
    return Words(text=text, channel="web", author=member.person, author_name=name, occurred_at=at, files=stored)


def _asked(
    table: Table, at: dt.datetime, *, by: Member | None = None, engagements: Any = (), files: Any = ()
) -> Ticket:
    member = by or table.staff
    return open_ticket(
        business=table.business, engagements=list(engagements) or [table.engagement], subject=table.says("subject"),
        words=_words(member, table.says("text"), at, table.business, files), source="web", actor=actor_of(member),
        now=at, requester=member.person, reported_at=at,
    )  # fmt: skip


def _answered(table: Table, ticket: Ticket, at: dt.datetime, **more: Any) -> Message:
    return say_to_customer(
        ticket=ticket, words=_words(table.technician, table.says("answer"), at), supplier_id=table.supplier.pk,
        actor=_by(table), now=at, **more,
    )  # fmt: skip


def _wrote(table: Table, ticket: Ticket, at: dt.datetime) -> Message:
    return say_to_supplier(
        ticket=ticket, words=_words(table.staff, table.says("writing"), at), actor=actor_of(table.staff), now=at
    )


def _noted(table: Table, ticket: Ticket, at: dt.datetime, files: Any = ()) -> Message:
    return note_for_colleagues(
        ticket=ticket, words=_words(table.technician, table.notes("note"), at, table.business, files),
        supplier_id=table.supplier.pk, actor=_by(table), now=at,
    )  # fmt: skip


def _resolved(table: Table, ticket: Ticket, at: dt.datetime, kind: str = "fixed", **more: Any) -> None:
    resolve(ticket=ticket, kind=kind, note=table.says("resolution"), actor=_by(table), now=at, **more)


def _mail(sender: str, to: str, subject: str, text: str) -> bytes:
    at = (NOW - 5 * HOUR).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"From: Somebody <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {at}\r\n"
        f"Message-ID: <{abs(hash((sender, to)))}@{to.rpartition('@')[2]}>\r\n\r\n{text}\r\n"
    ).encode()


def picture() -> bytes:
    """Return a PNG of one pixel."""
    chunk = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"\x00\xff\x00\x00")),
            (b"IEND", b""),
        )
    )
    return b"\x89PNG\r\n\x1a\n" + chunk
