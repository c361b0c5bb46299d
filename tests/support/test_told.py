"""`verify` notices when a request no longer says what the journal says of it."""

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from quietmonday.kit.ids import new_id
from quietmonday.people.actions.erasing import erase_person
from quietmonday.people.actions.memberships import end_membership
from quietmonday.support.actions.erasing import erase_message, erase_words
from quietmonday.support.models import Dispute, Message, Resolution, Ticket
from quietmonday.support.queries.told import words_as_told
from tests.cast import Cast
from tests.journeys.screens.logs import make_logs
from tests.journeys.screens.moments import NOW
from tests.journeys.screens.world import make_world
from tests.support.scene import TUESDAY, actor, asked, wrote
from tests.support.test_erasing import HOUR, damage, everything, mailed, places_of, settled

pytestmark = [pytest.mark.django_db, pytest.mark.search_is_behind]


def found(cast: Cast) -> set[tuple[str, str]]:
    return {(finding.rule, str(finding.params.get("what", ""))) for finding in words_as_told(cast.oakhurst.pk)}


def test_what_the_product_did_itself_is_as_told(cast: Cast) -> None:
    settled(cast)
    mailed(cast)
    asked(cast, engagements=[cast.engagement, cast.line_engagement])
    assert found(cast) == set()
    assert list(words_as_told(None)) == []


def test_a_full_record_is_as_told_with_logs_that_were_taken_in_and_back(cast: Cast) -> None:
    make_world(cast, weeks=2)
    make_logs(cast)
    assert list(words_as_told(None)) == []


def rewrite(model: type, **values: str) -> Callable[[], object]:
    return lambda: model._base_manager.filter(pk=model._base_manager.latest("pk").pk).update(**values)  # type: ignore[attr-defined]  # any table


TAMPERING = {
    "a message rewritten": (rewrite(Message, text="I was quick"), {("support.not_as_told", "message"),
                                                                   ("support.never_told", "message")}),
    "a subject rewritten": (rewrite(Ticket, subject="All is well"), {("support.not_as_told", "subject"),
                                                                     ("support.never_told", "subject")}),
    "an objection removed": (lambda: Dispute.objects.all().delete(), {("support.not_as_told", "dispute")}),
    "the end rewritten": (rewrite(Resolution, note="Never broken"), {("support.not_as_told", "resolution"),
                                                                     ("support.never_told", "resolution")}),
    "all of it removed": (lambda: Ticket.objects.all().delete(), {("support.ticket_gone", "")}),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERING)
def test_what_somebody_changed_past_the_product_is_found(cast: Cast, how: str) -> None:
    settled(cast)
    tamper, expected = TAMPERING[how]
    if how == "a message rewritten":  # the newest of what both sides see
        Message.objects.filter(public=False).delete()
    tamper()
    assert found(cast) == expected


def test_an_answer_put_in_past_the_product_is_found(cast: Cast) -> None:
    ticket = settled(cast)
    first = Message.objects.filter(ticket=ticket).earliest("pk")
    first.pk, first._state.adding, first.text = None, True, "We answered at once"
    first.save(force_insert=True)
    assert found(cast) == {("support.never_told", "message")}


def test_a_note_put_in_is_found_and_one_that_stayed_with_its_supplier_is_no_damage(cast: Cast) -> None:
    note = Message.objects.get(ticket=settled(cast), public=False)
    Message.objects.filter(pk=note.pk).delete()
    assert found(cast) == set()
    note.pk, note._state.adding = new_id(), True
    note.save(force_insert=True)
    assert found(cast) == {("support.never_told", "note")}


def test_what_was_erased_is_no_damage(cast: Cast) -> None:
    item = mailed(cast)
    one, other = settled(cast), settled(cast)
    erase_message(
        message=Message.objects.get(inbox_item=item), actor=actor(cast.ruth), reason="wish", now=TUESDAY + 9 * HOUR
    )
    erase_words(tickets=[one.pk], business=cast.oakhurst, actor=actor(cast.ruth), reason="wish", now=TUESDAY + 9 * HOUR)
    assert found(cast) == set()
    Message.objects.filter(ticket=other, public=True).latest("pk").delete()
    assert found(cast) == {("support.not_as_told", "message")}


def test_a_request_that_lost_its_name_with_its_first_words_is_no_damage(cast: Cast) -> None:
    asked(cast, "swordfish is the password")
    erase_message(message=Message.objects.get(), actor=actor(cast.ruth), reason="wish", now=TUESDAY + HOUR)
    assert found(cast) == set()


def test_verify_says_so_and_does_not_say_the_text(cast: Cast) -> None:
    settled(cast)
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert "requests say what the journal says" in out.getvalue()
    Message.objects.filter(public=True).update(text="markrewrittenx")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=out)
    assert "holds a message that the journal does not tell of" in out.getvalue()
    assert "markrewrittenx" not in out.getvalue() and "markfirstx" not in out.getvalue()


def test_one_message_of_a_log_goes_and_the_others_are_still_as_told(cast: Cast) -> None:
    make_logs(cast)
    ticket = Ticket.objects.filter(sheet_row__isnull=False, messages__side="supplier").latest("pk")
    first, *others = ticket.messages.exclude(side="system").order_by("occurred_at", "pk")
    erase_message(message=first, actor=actor(cast.ruth), reason="wish", now=NOW)
    assert others and all(Message.objects.get(pk=each.pk).text for each in others)
    assert found(cast) == set()
    assert first.text not in {text for place, text in everything() if place == "Message.text"}
    assert not any(first.text in text for place, text in everything() if place == "Payload.body")


def test_a_message_goes_also_when_who_wrote_it_went_before(cast: Cast) -> None:
    ticket = asked(cast, "My saw is slow", by=cast.bill)
    message = wrote(ticket, cast.bill, "marklaterx", at=TUESDAY + HOUR)
    end_membership(membership=cast.bill.membership, actor=actor(cast.ruth), now=TUESDAY + 2 * HOUR)
    at = TUESDAY + 3 * HOUR
    erase_person(person=cast.bill.person, words=False, actor=actor(cast.ruth), reason="wish", now=at)
    assert places_of("marklaterx") == {"Message.text", "Payload.body"}
    erase_message(message=message, actor=actor(cast.ruth), reason="wish", now=at)
    assert places_of("marklaterx") == set()
    assert found(cast) == set() and damage() == []
