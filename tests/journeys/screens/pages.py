"""Every page of the product in the states worth looking at, in one table. A URL that is missing here fails a test."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse

from quietmonday.demo.actions.making import ask_for_firm, make_firm
from quietmonday.demo.queries.visitors import visitors
from quietmonday.integrations.actions.taking_out import ask_for_export, make_export
from quietmonday.kit.keeping import kinds
from quietmonday.people.actions.erasing import erase_person
from quietmonday.people.actions.history import grant_history
from quietmonday.people.actions.keeping import set_period
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.merging import merge_persons
from quietmonday.people.actions.persons import add_person
from quietmonday.people.actions.sign_in_links import make_link
from quietmonday.people.models import Membership, Role
from quietmonday.reports.access import stop_mac
from quietmonday.support.actions.erasing import erase_message, erase_words
from quietmonday.support.actions.telling import feedback_path
from quietmonday.support.models import FeedbackQuestion, Ticket
from tests.cast import Member
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.calls import calls
from tests.journeys.screens.lists import lists
from tests.journeys.screens.logs import make_logs
from tests.journeys.screens.mailboxes import mailboxes
from tests.journeys.screens.moments import NOW
from tests.journeys.screens.programs import programs
from tests.journeys.screens.relations import relations
from tests.journeys.screens.replying import replying
from tests.journeys.screens.signing_in import signing_in
from tests.journeys.screens.world import LAST_WEEK, World
from tests.support.scene import actor


@dataclasses.dataclass(frozen=True)
class Sight:
    """One page in one state: who sees it, where, and what is done there first. `url` is the pattern's name."""

    name: str
    who: Member | None
    url: str
    args: tuple[Any, ...] = ()
    query: str = ""
    status: int = 200
    then: Callable[[Visitor], None] = lambda visitor: None

    @property
    def path(self) -> str:
        """Where it is."""
        return reverse(self.url, args=self.args) + self.query


# Answered with GET, but no pages: bytes for a program, or a picture.
NO_PAGES = {"kit:health", "kit:metrics", "support:attachment", "support:picture", "support:raw", "support:mail_part"}


NO_PAGES |= {
    "support:queue_export", "support:requests_export", "support:inbox_export", "support:sheet_rejected",
    "integrations:api", "integrations:openapi",
    "support:sheets_export", "people:people_export", "people:firms_export", "reports:week_export",
    "reports:periods", "reports:period_export",  # one leads on, one is a file
    "support:queue_live",  # a part of the queue, drawn with it
}  # fmt: skip


def sights(world: World) -> Iterator[Sight]:
    """Yield the whole table."""
    yield from _signed_out(world)
    yield from _monday(world)
    yield from _requests(world)
    yield from _logs(world)
    yield from _supplier(world)
    yield from calls(world, Sight, sent)
    yield from _people(world)
    yield from _administrator(world)
    yield from replying(world, Sight, sent)
    yield from signing_in(world, Sight, sent)
    yield from programs(world, Sight, sent)
    yield from lists(world, Sight, sent)
    yield from mailboxes(world, Sight, sent)
    yield from relations(world, Sight, sent)
    yield from _erasing(world)
    yield from _made_up(world)


def _signed_out(world: World) -> Iterator[Sight]:
    yield Sight("sign-in", None, "account_login")
    yield Sight("sign-in-refused", None, "account_login", then=_wrong_password)
    yield Sight("ask-for-code", None, "account_request_login_code")
    yield Sight("type-code", None, "account_confirm_login_code", then=_ask_for_code)
    yield Sight("type-code-wrong", None, "account_confirm_login_code", then=_wrong_code)
    yield Sight("no-role-here", None, "account_inactive")
    token = make_link(account=world.cast.ada.account, now=NOW).rsplit("/", 2)[1]
    yield Sight("sign-in-once", None, "people:sign_in_once", (token,))
    yield Sight("sign-in-once-used", None, "people:sign_in_once", ("used-before",), then=sent("main form"))
    for name, ticket, then in (
        ("feedback", world.held, lambda visitor: None),
        ("feedback-given", world.untold, _answer_partly),
    ):
        question = FeedbackQuestion.objects.filter(ticket=ticket).latest("asked_at")
        mac = feedback_path(question).rstrip("/").rsplit("/", 1)[1]
        yield Sight(name, None, "support:feedback", (question.id, mac), then=then)
    # The same link once more, on a device that did not give the answer above.
    yield Sight("feedback-elsewhere", None, "support:feedback", (question.id, mac))
    yield Sight("nothing-here", None, "support:feedback", (world.cast.oakhurst.id, "0" * 32), status=404)


def _monday(world: World) -> Iterator[Sight]:
    cast, oakhurst = world.cast, world.cast.oakhurst.id
    yield Sight("monday-rich", cast.ruth, "reports:monday", (oakhurst,))
    yield Sight("monday-home", cast.maria, "reports:home")
    yield Sight("monday-of-the-supplier", cast.asha, "reports:monday", (oakhurst,))
    yield Sight("monday-empty", cast.jo, "reports:monday", (cast.tilden.id,))
    yield Sight("week", cast.ruth, "reports:week", (oakhurst, LAST_WEEK))
    yield Sight("week-settled", cast.ruth, "reports:week", (oakhurst, "2026-W45"))
    yield Sight("month", cast.ruth, "reports:period", (oakhurst, "2026-11"))
    yield Sight("quarter-of-the-supplier", cast.asha, "reports:period", (oakhurst, "2026-Q4"))
    yield Sight("month-before-the-record", cast.jo, "reports:period", (cast.tilden.id, "2020-02"))
    mac = stop_mac(oakhurst, cast.ruth.person.id)
    yield Sight("monday-mail", None, "reports:monday_mail", (oakhurst, cast.ruth.person.id, mac))
    yield Sight("week-empty", cast.jo, "reports:week", (cast.tilden.id, "2026-W46"))


def _requests(world: World) -> Iterator[Sight]:
    cast = world.cast
    yield Sight("report", cast.dele, "support:report")
    yield Sight("report-refused", cast.dele, "support:report", then=sent("main form"))
    yield Sight("report-of-the-owner", cast.ruth, "support:report")
    yield Sight("requests", cast.ruth, "support:requests")
    yield Sight("requests-own", cast.dele, "support:requests")
    yield Sight("requests-none", cast.kim, "support:requests")
    yield Sight("requests-not-found", cast.ruth, "support:requests", query="?q=zeppelin")
    yield Sight("search", cast.dele, "support:search")
    yield Sight("search-found", cast.sam, "support:search", query="?q=scanners")
    yield Sight("search-all", cast.ruth, "support:search", query="?q=before:2030&state=open")
    yield Sight("search-not-found", cast.ruth, "support:search", query="?q=zeppelin+!!!&by=dele")
    for name, ticket, who in (
        ("asked-open", world.talk, cast.dele),
        ("asked-waits-for-you", world.paused, cast.maria),
        ("asked-settled", world.untold, cast.maria),
        ("asked-held", world.held, cast.bill),
        ("asked-reopened", world.reopened, cast.ruth),
        ("asked-set-aside", world.aside, cast.ruth),
        ("owner-open", world.talk, cast.ruth),
        ("owner-disputed", world.disputed, cast.ruth),
    ):
        yield Sight(name, who, "support:ticket", (ticket.id,))
    yield Sight("asked-refused", cast.dele, "support:ticket", (world.talk.id,), then=sent("#compose"))
    yield Sight("post", cast.ruth, "support:inbox")
    yield Sight("post-empty", cast.jo, "support:inbox")
    yield Sight("take-in-mails", cast.ruth, "support:import_mail")
    yield Sight("take-in-mails-refused", cast.ruth, "support:import_mail", then=sent("form.form"))
    yield Sight("take-in-mails-not-allowed", cast.sam, "support:import_mail", status=403)
    yield Sight(
        "mails-taken-in",
        cast.ruth,
        "support:import_progress",
        (cast.engagement.id,),
        query="?at=2026-11-23T13:40:00%2B00:00",
    )


def _logs(world: World) -> Iterator[Sight]:
    """In this order: what is looked through, told, taken in, stated and taken back is looked at as it changes."""
    cast, logs = world.cast, make_logs(world.cast)
    yield Sight("logs", cast.ruth, "support:sheets")
    yield Sight("logs-of-the-installation", cast.ada, "support:sheets")
    yield Sight("logs-none", cast.jo, "support:sheets")
    yield Sight("logs-refused", cast.ruth, "support:sheets", then=sent("form.form"))
    yield Sight("logs-not-allowed", cast.sam, "support:sheets", status=403)
    yield Sight("log-looked-through", cast.ruth, "support:sheet", (logs.draft.id,))
    yield Sight("log-with-doubts", cast.ruth, "support:sheet", (logs.doubtful.id,))
    yield Sight("log-refused", cast.ruth, "support:sheet", (logs.draft.id,), then=_told_twice)
    yield Sight("log-of-changes", cast.ruth, "support:sheet", (logs.changes.id,))
    yield Sight("log-nothing-fits", cast.ruth, "support:sheet", (logs.strange.id,))
    yield Sight("log-running", cast.ruth, "support:sheet", (logs.running.id,))
    yield Sight("log-taken-in", cast.ruth, "support:sheet", (logs.done.id,))
    yield Sight("log-taken-back", cast.ruth, "support:sheet", (logs.undone.id,))
    yield Sight("asked-out-of-a-log", cast.ruth, "support:ticket", (logs.day_only.id,))
    yield Sight("worked-out-of-a-log", cast.sam, "support:ticket", (logs.of_changes.id,))
    yield Sight("weeks", cast.ruth, "reports:weeks", (cast.oakhurst.id,))
    yield Sight("weeks-long-ago", cast.asha, "reports:weeks", (cast.oakhurst.id,), query="?year=2016")
    yield Sight("weeks-none", cast.jo, "reports:weeks", (cast.tilden.id,))
    yield Sight("week-out-of-a-log", cast.ruth, "reports:week", (cast.oakhurst.id, "2016-W09"))


def _told_twice(visitor: Visitor) -> None:
    """Say of one column that it is two things."""
    visitor.page.select_option("[name=details]", label="What")
    sent("main form")(visitor)


def _supplier(world: World) -> Iterator[Sight]:
    cast = world.cast
    yield Sight("queue", cast.sam, "support:queue")
    yield Sight("queue-all", cast.sam, "support:queue", query="?view=all")
    yield Sight("queue-dense", cast.sam, "support:queue", query="?view=all&rows=dense")
    yield Sight("queue-held", cast.sam, "support:queue", query="?view=held")
    yield Sight("queue-not-found", cast.sam, "support:queue", query="?q=zeppelin")
    yield Sight("queue-empty", cast.lee, "support:queue")
    for name, ticket in (
        ("work-open", world.talk),
        ("work-paused", world.paused),
        ("work-held", world.held),
        ("work-settled", world.untold),
        ("work-reopened", world.reopened),
        ("work-disputed", world.disputed),
        ("work-set-aside", world.aside),
        ("work-old", world.old),
    ):
        yield Sight(name, cast.sam, "support:ticket", (ticket.id,))
    for name, form in (
        ("work-message-refused", "#compose"),
        ("work-workaround-refused", ".settle details form[action*=resolution]"),
        ("work-promise-refused", "#promise form"),
        ("work-link-refused", "form[action*=repeat]"),
    ):
        yield Sight(name, cast.sam, "support:ticket", (world.talk.id,), then=sent(form))
    yield Sight("report-for-whom", cast.sam, "support:report")
    client = f"?for={cast.oakhurst.id}"
    yield Sight("report-for-a-client", cast.sam, "support:report", query=client)
    yield Sight("report-for-a-client-refused", cast.sam, "support:report", query=client, then=sent("main form"))
    yield Sight("post-of-the-supplier", cast.sam, "support:inbox")
    home, machine = (world.came(sender) for sender in ("dele.adeyemi@home.example", "mailer-daemon@dunmore.example"))
    yield Sight("post-whose-is-it", cast.sam, "support:kept", (home,))
    yield Sight("post-who-is-this", cast.sam, "support:kept", (home,), query=client)
    yield Sight("post-refused", cast.sam, "support:kept", (home,), query=client, then=sent("form[action$='newcomer/']"))
    yield Sight("post-a-machine", cast.sam, "support:kept", (machine,))
    yield Sight("post-an-offer", cast.asha, "support:kept", (world.kept.id,))


def _people(world: World) -> Iterator[Sight]:
    cast = world.cast
    dele, engagement = cast.dele.person.pk, cast.engagement.pk
    yield Sight("people", cast.ruth, "people:people")
    yield Sight("people-of-the-supplier", cast.asha, "people:people")
    yield Sight("person", cast.ruth, "people:person", (dele,))
    yield Sight("person-no-mail-arrives", cast.ruth, "people:person", (cast.bill.person.pk,))
    yield Sight("person-oneself", cast.dele, "people:person", (dele,))
    yield Sight("person-refused", cast.ruth, "people:person", (dele,), then=sent("form[action$='addresses/']"))
    yield Sight("person-add", cast.ruth, "people:add_person")
    yield Sight("person-add-refused", cast.ruth, "people:add_person", then=sent("form.form"))
    yield Sight("person-change", cast.ruth, "people:change_person", (dele,))
    yield Sight("role-end", cast.ruth, "people:end_role", (cast.dele.membership.pk,))
    yield Sight("password", cast.ruth, "people:password")
    yield Sight("password-refused", cast.ruth, "people:password", then=sent("form.form"))
    yield Sight("language", cast.ruth, "people:language")
    yield Sight("language-of-mails", cast.ruth, "people:language_of_mails", (cast.oakhurst.pk,))
    yield Sight("agreement", cast.ruth, "people:agreement", (cast.oakhurst.pk,))
    yield Sight("record-none", cast.jo, "integrations:record", (cast.tilden.pk,))
    export = ask_for_export(business=cast.oakhurst, actor=actor(cast.ruth), now=NOW)
    yield Sight("record-being-made", cast.ruth, "integrations:record", (cast.oakhurst.pk,))
    make_export(export_id=export.pk, now=NOW)
    yield Sight("record-ready", cast.ruth, "integrations:record", (cast.oakhurst.pk,))
    yield Sight("past-to-decide", cast.ruth, "people:past", (cast.oakhurst.pk,))
    yield Sight("granted-history-none", cast.asha, "support:past_tickets")
    grant_history(engagement=cast.engagement, reader=cast.norvane, since=None, actor=actor(cast.ruth), now=NOW)
    yield Sight("past-decided", cast.maria, "people:past", (cast.oakhurst.pk,))
    yield Sight("granted-history", cast.ines, "support:past_tickets")
    yield Sight("granted-history-request", cast.ines, "support:past_ticket", (world.untold.id,))
    yield Sight("relationship", cast.ruth, "people:relationship", (engagement,))
    yield Sight("terms", cast.ruth, "people:terms", (engagement,))
    yield Sight("levels", cast.ruth, "people:levels", (engagement,))
    yield Sight("hours", cast.ruth, "people:hours", (engagement,))
    eve = add_person(
        place=cast.oakhurst,
        name="Eve Adams",
        emails=["eve@oakhurst.example"],
        role=Role.STAFF,
        actor=actor(cast.ruth),
        now=NOW,
        invite=True,
    )
    double = add_person(
        place=cast.oakhurst, name="DELE ADEYEMI", emails=["dele@home.test"], actor=actor(cast.ruth), now=NOW
    )
    yield Sight("people-twice", cast.ruth, "people:people")
    yield Sight("merge-with-whom", cast.ruth, "people:merge", (dele,))
    yield Sight("merge-compared", cast.ruth, "people:merge", (dele,), query=f"?other={double.pk}")
    yield Sight("merge-not-yet", cast.ruth, "people:merge", (dele,), query=f"?other={cast.bill.person.pk}")
    merge_persons(kept=cast.dele.person, merged=double, actor=actor(cast.ruth), now=NOW)
    yield Sight("person-merged", cast.ruth, "people:person", (dele,))
    yield Sight("person-two-again", cast.ruth, "people:person", (dele,), then=sent("form[action$='undo/']"))
    for place, email in ((cast.oakhurst, "rita@oakhurst.example"), (cast.fennimore, "theo@fennimore.example")):
        reader = add_person(
            place=place, name="Rita Reader", emails=[email], role=Role.READER, actor=actor(cast.ruth), now=NOW
        )
        role = reader.memberships.select_related("account").get()
        readers = Member(reader, role.account, role, email)
        home = "reports:home" if place == cast.oakhurst else "support:queue"
        yield Sight(f"reader-home-{place.name}", readers, home)
        yield Sight(f"reader-request-{place.name}", readers, "support:ticket", (world.talk.id,))
        yield Sight(f"reader-settled-{place.name}", readers, "support:ticket", (world.untold.id,))
    yield Sight("reader-people", readers, "people:people")
    yield Sight("person-invited", cast.ruth, "people:person", (eve.pk,))
    yield Sight("person-invited-enough", cast.ruth, "people:person", (eve.pk,), then=_invite_often)


def _invite_often(visitor: Visitor) -> None:
    """More often than a day allows."""
    for _ in range(3):
        sent("form[action$='invite/']")(visitor)


def _administrator(world: World) -> Iterator[Sight]:
    cast, ada = world.cast, world.cast.ada
    yield Sight("set-up", ada, "people:set_up")
    yield Sight("begin", ada, "people:begin")
    yield Sight("begin-refused", ada, "people:begin", then=sent("form.form"))
    yield Sight("firms", ada, "people:installation")
    yield Sight("firms-not-yours", cast.ruth, "people:installation", status=404)
    yield Sight("business-add", ada, "people:add_business")
    yield Sight("supplier-add", ada, "people:add_supplier")
    yield Sight("engage", ada, "people:engage")
    yield Sight("firm-rename", ada, "people:rename_firm", (cast.oakhurst.pk,))
    yield Sight("engagement-end", ada, "people:end_engagement", (cast.line_engagement.pk,))
    yield Sight("background-work", ada, "outbox:work")


def _erasing(world: World) -> Iterator[Sight]:
    """Last: what is erased here is seen nowhere else any more."""
    cast, ruth = world.cast, actor(world.cast.ruth)
    yield Sight("keeping-all", cast.ruth, "people:keeping", (cast.oakhurst.pk,))
    words = next(kind for kind in kinds() if kind.name == "words")
    set_period(business=cast.oakhurst, kind=words, months=60, actor=ruth, now=NOW)
    yield Sight("keeping-some", cast.ruth, "people:keeping", (cast.oakhurst.pk,))
    Ticket.objects.filter(pk=world.old.pk).update(state="resolved", resolved_at=NOW - dt.timedelta(days=200))
    yield Sight("keeping-asked", cast.ruth, "people:keeping", (cast.oakhurst.pk,), then=_for_three_months)
    dele = (cast.dele.person.pk,)
    yield Sight("person-to-erase", cast.ruth, "people:erase_person", dele)
    yield Sight("person-erase-refused", cast.ruth, "people:erase_person", dele, then=sent("form.form"))
    said = world.talk.messages.filter(public=True).earliest("occurred_at")
    yield Sight("message-to-erase", cast.ruth, "support:erase_message", (said.pk,))
    yield Sight("request-to-erase", cast.ruth, "support:erase_words", (world.disputed.pk,))
    erase_message(message=said, actor=ruth, reason="asked for", now=NOW)
    erase_words(tickets=[world.disputed.pk], business=cast.oakhurst, actor=ruth, reason="asked for", now=NOW)
    yield Sight("asked-message-erased", cast.ruth, "support:ticket", (world.talk.id,))
    yield Sight("work-message-erased", cast.sam, "support:ticket", (world.talk.id,))
    yield Sight("work-words-erased", cast.sam, "support:ticket", (world.disputed.id,))
    end_membership(membership=cast.bill.membership, actor=ruth, now=NOW)
    erase_person(person=cast.bill.person, words=False, actor=ruth, reason="asked for", now=NOW)
    yield Sight("people-one-erased", cast.ruth, "people:people")


def _made_up(world: World) -> Iterator[Sight]:
    """A short made-up firm beside the world: asked for, made, and looked around in."""
    ada = world.cast.ada
    yield Sight("made-up-none", ada, "demo:firm")
    ask_for_firm(actor=actor(ada), now=NOW, here=True, weeks=1)
    yield Sight("made-up-being-made", ada, "demo:firm")
    for _row in make_firm(clock=lambda: NOW):
        pass
    yield Sight("made-up-here", ada, "demo:firm")
    yield Sight("set-up-with-made-up", ada, "people:set_up")
    for visitor in visitors():
        role = Membership.objects.select_related("person").get(account=visitor.account)
        assert role.person is not None
        member = Member(role.person, visitor.account, role, visitor.account.email)
        yield Sight(f"made-up-{visitor.part}", member, "reports:home")


def _for_three_months(visitor: Visitor) -> None:
    """Keep words for three months: some are older."""
    visitor.page.select_option("#id_words_months", "3")
    sent("#words form")(visitor)


def sent(selector: str) -> Callable[[Visitor], None]:
    """Return what sends a form as it stands, past the browser's own checks: a way to see our own refusal."""

    def send(visitor: Visitor) -> None:
        with visitor.next_page():
            visitor.page.eval_on_selector(selector, "form => { form.noValidate = true; form.requestSubmit() }")

    return send


def _wrong_password(visitor: Visitor) -> None:
    visitor.page.fill("[name=login]", "ruth@oakhurst.example")
    visitor.page.fill("[name=password]", "not the password")
    sent("#by-password")(visitor)


def _ask_for_code(visitor: Visitor) -> None:
    visitor.go(reverse("account_request_login_code"))
    visitor.page.fill("[name=email]", "ruth@oakhurst.example")
    sent("main form")(visitor)


def _wrong_code(visitor: Visitor) -> None:
    _ask_for_code(visitor)
    visitor.page.fill("[name=code]", "000000")
    sent("main form")(visitor)


def _answer_partly(visitor: Visitor) -> None:
    with visitor.next_page():
        visitor.page.click("button[value=partly]")
