"""Who else has to do with a request, what it has to do with others, and one that is two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from quietmonday.kit.signing import sign
from quietmonday.people.actions.persons import add_person
from quietmonday.support.actions.calling_in import involve, would_call_in
from quietmonday.support.actions.linking import link
from quietmonday.support.actions.merging import merge
from quietmonday.support.actions.tagging import tag
from quietmonday.support.actions.watching import suggest_copied, watch
from quietmonday.support.models import Ticket, Watcher
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import at
from tests.support.scene import actor, answered, asked, wrote


def relations(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights; nothing of what is made here is seen before."""
    cast = world.cast
    alone = asked(cast, "The clock in the hall runs late", by=cast.bill, at=at(23, 8))
    for who in (cast.sam, cast.ruth, cast.bill):
        name = who.person.name.partition(" ")[0].lower()
        yield sight(f"people-nobody-else-{name}", who, "support:people", (alone.pk,))
        yield sight(f"links-none-{name}", who, "support:links", (alone.pk,))
    yield sight("split-nothing-to", cast.sam, "support:split", (alone.pk,))
    main, below = _related(cast)
    for who in (cast.sam, cast.ruth, cast.bill, cast.ines):
        name = who.person.name.partition(" ")[0].lower()
        yield sight(f"people-of-a-request-{name}", who, "support:people", (main.pk,))
        yield sight(f"links-{name}", who, "support:links", (main.pk,))
        yield sight(f"related-{name}", who, "support:ticket", (main.pk,))
    yield sight("people-refused", cast.sam, "support:people", (main.pk,), then=sent("form[action$='/watchers/']"))
    yield sight("links-refused", cast.sam, "support:links", (main.pk,), then=_with_a_stranger)
    yield sight("links-below", cast.sam, "support:links", (below.pk,))
    yield sight("split", cast.sam, "support:split", (main.pk,))
    yield sight("split-refused", cast.ruth, "support:split", (main.pk,), then=sent("main form"))
    watcher = Watcher.objects.filter(ticket=main, person=cast.maria.person).get()
    mac = sign("stop watching", str(watcher.pk))
    yield sight("stop-hearing", None, "support:stop_watching", (watcher.pk, mac))
    yield sight("stopped-hearing", None, "support:stop_watching", (watcher.pk, mac), then=sent("main form"))


def _related(cast: Any) -> tuple[Ticket, Ticket]:
    """A request with everybody and everything around it, and one that another stands below."""
    by, owner = actor(cast.sam), actor(cast.ruth)
    subjects = ("The line to the yard is down", "No phone in the yard", "The gate does not open", "Camera is dark")
    main, same, gate, camera = (
        asked(cast, each, by=cast.bill, at=at(23, 8, 10 + n)) for n, each in enumerate(subjects)
    )
    answered(cast, main, "Is the lamp on the box green?", at=at(23, 8, 40))
    wrote(main, cast.bill, "It is red. And the till prints twice.", at=at(23, 9))
    now = at(23, 9, 30)
    pat, gina = (
        add_person(place=cast.oakhurst, name=name, emails=[email], actor=owner, now=now)
        for name, email in (("Pat Winter", "pat@oakhurst.example"), ("Gina Moss", "gina@oakhurst.example"))
    )
    watch(ticket=main, persons=[cast.maria.person, pat], why="added", actor=owner, now=now)
    suggest_copied(ticket=main, persons=[gina], by=cast.bill.person, now=now)
    tag(ticket=main, names=["line", "yard"], actor=by, now=now)
    link(one=main, other=gate, kind="blocks", note="The gate dials in", actor=by, now=now)
    link(one=camera, other=gate, kind="under", actor=by, now=now)
    merge(one=same, other=main, actor=by, now=now)
    would_call_in(ticket=main, supplier_id=cast.fennimore.pk, note="The box belongs to Norvane.", actor=by, now=now)
    involve(ticket=main, engagement=cast.line_engagement, actor=owner, now=at(23, 10))
    would_call_in(
        ticket=main,
        supplier_id=cast.norvane.pk,
        note="An electrician should look.",
        actor=actor(cast.ines),
        now=at(23, 11),
    )
    return Ticket.objects.get(pk=main.pk), Ticket.objects.get(pk=gate.pk)


def _with_a_stranger(visitor: Visitor) -> None:
    visitor.page.click("details:has(form[action$='/links/add/']) summary")
    visitor.page.fill("form[action$='/links/add/'] [name=number]", "9999")
    with visitor.next_page():
        visitor.page.eval_on_selector(
            "form[action$='/links/add/']", "form => { form.noValidate = true; form.requestSubmit() }"
        )
