"""A log of calls comes in, comes in again, and is taken back: every line once, nothing lost, nothing made up."""

from __future__ import annotations

import datetime as dt
import gc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietmonday.journal.models import Entry
from quietmonday.kit.sheets import UnreadableSheet
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.people.models import Person
from quietmonday.post.models import File
from quietmonday.support.actions.sheet_imports import (
    CannotImport,
    begin_import,
    hand_in,
    run_import,
    tell_columns,
)
from quietmonday.support.actions.sheet_taking import take_in_calls
from quietmonday.support.actions.sheet_undoing import begin_undo, run_undo
from quietmonday.support.actions.stating import state_past_weeks
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.logic.facts_json import facts_as_json
from quietmonday.support.models import (
    Correction,
    Message,
    SheetImport,
    SheetRow,
    Statement,
    Ticket,
    Verdict,
)
from quietmonday.support.queries.facts import facts_of
from quietmonday.support.queries.sheets import items_of, preview
from quietmonday.support.queries.tickets import locked
from quietmonday.work.models import WorkItem
from tests.cast import Cast, make_cast
from tests.support.logs import CALLS, HEADS, handed_in, log, taken_in
from tests.support.scene import TUESDAY, actor, answered

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast(TUESDAY)


def tickets() -> dict[str, Ticket]:
    rows = SheetRow.objects.select_related("ticket__work_item", "ticket__requester", "ticket__verdict")
    return {row.stated.get("number", row.key): row.ticket for row in rows}


def found(ticket: Ticket) -> tuple[str, str, dict[str, Any]]:
    quick = ticket.verdict.findings["quick"]
    return quick["value"], quick["rule"], quick["params"]


def test_every_line_becomes_a_request_with_its_talk_and_its_end(cast: Cast) -> None:
    row = taken_in(cast)
    assert (row.state, row.made, row.rejected, row.cursor) == ("done", 6, 0, 6)
    one = tickets()["1"]
    assert (one.subject, one.source, one.priority, one.state) == ("Printer prints blank", "sheet", 2, "resolved")
    assert one.requester == cast.bill.person
    assert [(m.side, m.author_name, m.text, m.clock_quality) for m in one.messages.all()] == [
        ("customer", "Bill Hartley", "Printer prints blank", "stated"),
        ("supplier", "Fennimore IT", "New toner", "stated"),
    ]
    (end,) = one.resolutions.all()
    assert (end.kind, end.at, end.by_name) == ("unknown", dt.datetime(2026, 10, 13, 10, tzinfo=dt.UTC), "Fennimore IT")
    assert sorted(WorkItem.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_nobody_is_mailed_and_each_line_has_its_entry(cast: Cast) -> None:
    taken_in(cast)
    assert not OutgoingMessage.objects.exists()
    assert not OutboxItem.objects.exclude(topic="support.take_in_sheet").exists()
    entries = Entry.objects.filter(verb="ticket.imported").select_related("payload")
    assert len(entries) == 6
    assert {entry.clock_quality for entry in entries} == {"stated"}
    assert {entry.payload.body["line"] for entry in entries} == {2, 3, 4, 5, 6, 7}


def test_whom_nobody_knew_is_made_known_once(cast: Cast) -> None:
    before = Person.objects.count()
    taken_in(cast, [*CALLS, ["7", "15/10/2026 09:00", "nora new", "Again", "", "", "", "", ""]])
    assert Person.objects.count() == before + 1
    assert tickets()["2"].requester == tickets()["7"].requester
    assert tickets()["3"].requester is None


def test_with_all_times_stated_it_can_be_told_whether_it_was_quick(cast: Cast) -> None:
    taken_in(cast)
    value, rule, _ = found(tickets()["1"])
    assert (value, rule) == ("yes", "Q6")


def test_a_day_without_a_time_cannot_be_judged_and_says_so(cast: Cast) -> None:
    taken_in(cast)
    three = tickets()["3"]
    assert three.reported_at is None
    assert found(three) == ("not_known", "Q1", {"missing": ["start_time", "end_time"]})
    assert [m.clock_quality for m in three.messages.all()] == ["day", "unknown"]
    assert [r.clock_quality for r in three.resolutions.all()] == ["day"]


def test_an_answer_without_its_time_is_not_held_against_anybody(cast: Cast) -> None:
    taken_in(cast)
    assert found(tickets()["4"]) == ("not_known", "Q1", {"missing": ["answer_time"]})


def test_a_fix_after_its_deadline_is_late_whatever_was_answered_before(cast: Cast) -> None:
    taken_in(cast, [["1", "13/10/2026 09:00", "Bill", "Slow", "", "", "30/10/2026 10:00", "1", "done"]])
    value, rule, params = found(tickets()["1"])
    assert (value, rule, params["case"]) == ("no", "Q2", "restored_late.own")


def test_what_was_settled_nobody_knows_when_has_no_end_made_up(cast: Cast) -> None:
    taken_in(cast)
    six = tickets()["6"]
    assert (six.state, six.resolved_at, six.work_item.closed_at, six.resolutions.count()) == ("resolved", None, None, 0)
    assert found(six) == ("not_known", "Q1", {"missing": ["end_time"]})
    refresh(ticket=locked(six.id), now=TUESDAY)
    assert Ticket.objects.get(pk=six.pk).attention_at is None


def test_what_is_open_stands_in_the_queue_and_what_is_settled_does_not(cast: Cast) -> None:
    taken_in(cast)
    live = Ticket.objects.filter(attention_at__isnull=False)
    assert {ticket.subject for ticket in live} == {"=Excel+will not open"}
    for ticket in Ticket.objects.all():
        before = (ticket.attention_at, ticket.move, ticket.restore_by, ticket.respond_by)
        refresh(ticket=locked(ticket.id), now=TUESDAY)
        after = Ticket.objects.get(pk=ticket.pk)
        assert (after.attention_at, after.move, after.restore_by, after.respond_by) == before


@pytest.mark.parametrize("chunk", [1, 2, 5, 500])
def test_facts_at_hand_are_those_that_the_tables_tell(cast: Cast, chunk: int) -> None:
    taken_in(cast, chunk=chunk)
    rows = list(Ticket.objects.select_related("work_item", "requester", "verdict"))
    told = facts_of(rows, TUESDAY)
    assert {t.id: t.verdict.inputs for t in rows} == {t.id: facts_as_json(told[t.id]) for t in rows}
    assert len(rows) == 6


def test_the_same_log_again_changes_nothing(cast: Cast) -> None:
    taken_in(cast)
    before = Entry.objects.filter(subject_kind="ticket").count()
    again = taken_in(cast, at=TUESDAY + HOUR)
    assert (again.made, again.updated, again.same) == (0, 0, 6)
    assert (Ticket.objects.count(), Entry.objects.filter(subject_kind="ticket").count()) == (6, before)
    assert File.objects.count() == 1


def test_a_log_that_has_grown_brings_up_to_date_what_is_here(cast: Cast) -> None:
    taken_in(cast)
    grown = [list(row) for row in CALLS]
    grown[1][4:] = ["Reinstalled", "14/10/2026 10:10", "14/10/2026 12:00", "3", "done"]
    grown.append(["7", "19/10/2026 09:00", "Bill Hartley", "New one", "", "", "", "3", "open"])
    again = taken_in(cast, grown, at=TUESDAY + HOUR)
    assert (again.made, again.updated, again.same) == (1, 1, 5)
    two = tickets()["2"]
    assert (two.state, two.work_item.number, two.messages.count()) == ("resolved", 2, 2)
    assert found(two)[0] == "yes"
    entry = Entry.objects.select_related("payload").get(verb="ticket.import_updated")
    assert entry.payload.body["before"]["state"] == "open"
    told = facts_of([two], TUESDAY + HOUR)
    assert two.verdict.inputs == facts_as_json(told[two.id])
    assert Verdict.objects.filter(ticket=two).count() == 1


def test_without_numbers_a_call_is_known_by_its_day_person_and_words(cast: Cast) -> None:
    heads = ["Date", "Who", "What", "Answer", "Done on"]
    taken_in(
        cast, [["2026-10-14", "Bill", "Printer", "", ""], ["2026-10-14", "Bill", "Printer", "", ""]][:1], heads=heads
    )
    again = taken_in(cast, [["2026-10-14", "Bill", "Printer", "Toner", "2026-10-15"]], heads=heads, at=TUESDAY + HOUR)
    assert (again.made, again.updated, Ticket.objects.count()) == (0, 1, 1)


def test_what_somebody_worked_on_is_not_overwritten_and_is_named(cast: Cast) -> None:
    taken_in(cast)
    answered(cast, tickets()["2"], "We are on it", at=TUESDAY)
    grown = [list(row) for row in CALLS]
    grown[1][8] = "done"
    again = taken_in(cast, grown, at=TUESDAY + HOUR)
    assert (again.updated, again.left) == (0, [2])
    assert tickets()["2"].state == "open"
    assert Message.objects.filter(text="We are on it").exists()


def test_the_columns_somebody_told_are_kept_for_the_next_log_with_these_heads(cast: Cast) -> None:
    heads = ["Datum/Tag", "Spalte A", "Spalte B"]
    rows = [["3/4/2026", "Bill Hartley", "Drucker druckt leere Blätter"]]
    draft = handed_in(cast, rows, heads=heads)
    assert draft.orders == {"date": ""}
    tell_columns(
        import_id=draft.id, columns={"date": 0, "what": 1, "answer": 2}, orders={"date": "mdy"}, unsaid="resolved"
    )
    begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    list(run_import(import_id=draft.id, clock=lambda: TUESDAY))
    following = handed_in(cast, [["5/4/2026", "x", "y"]], heads=heads, at=TUESDAY + HOUR)
    assert (following.columns, following.orders, following.unsaid) == (
        {"date": 0, "what": 1, "answer": 2},
        {"date": "mdy"},
        "resolved",
    )


def test_a_log_without_a_day_or_a_text_does_not_begin(cast: Cast) -> None:
    draft = handed_in(cast)
    for columns, rule in (({"what": 3}, "no_date"), ({"date": 1}, "no_what")):
        tell_columns(import_id=draft.id, columns=columns, orders={}, unsaid="open")
        with pytest.raises(CannotImport) as refused:
            begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY)
        assert refused.value.rule == rule
    assert SheetImport.objects.get().state == "draft"


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(cast: Cast) -> None:
    taken_in(cast)
    rows = [*CALLS[:2], ["8", "19/10/2026", "", "new", "", "", "", "", ""], ["9", "", "", "no day", "", "", "", "", ""]]
    draft = handed_in(cast, rows, at=TUESDAY + HOUR)
    seen = preview(draft)
    assert (seen.new, seen.known, seen.calls, seen.told, seen.rejections) == (1, 2, 3, 3, 1)
    assert [(each.line, each.rule) for each in seen.rejected] == [(5, "empty_date")]
    assert Ticket.objects.count() == 6


def test_an_import_is_taken_back_but_for_what_somebody_worked_on(cast: Cast) -> None:
    people = Person.objects.count()
    row = taken_in(cast)
    answered(cast, tickets()["1"], "Once more", at=TUESDAY)
    begin_undo(import_id=row.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    row = run_undo(import_id=row.id, clock=lambda: TUESDAY)
    assert (row.state, row.kept) == ("undone", [1])
    assert [ticket.work_item.number for ticket in Ticket.objects.select_related("work_item")] == [1]
    assert WorkItem.objects.count() == 1
    assert Person.objects.count() == people
    assert Entry.objects.filter(verb="ticket.import_undone").count() == 5
    with pytest.raises(CannotImport):
        begin_undo(import_id=row.id, actor=actor(cast.ruth), now=TUESDAY)
    again = taken_in(cast, at=TUESDAY + HOUR)
    assert (again.made, again.same) == (5, 1)


def test_what_a_later_log_told_of_and_what_a_stated_week_names_is_not_taken_back(cast: Cast) -> None:
    old = [["1", "5/1/2026 09:00", "Bill Hartley", "Old", "", "", "", "3", "open"],
           ["2", "13/10/2026 09:00", "Bill Hartley", "Late", "", "", "", "3", "open"],
           ["3", "14/11/2026 09:00", "Bill Hartley", "Fresh", "", "", "", "3", "open"]]  # fmt: skip
    row = taken_in(cast, old)
    old[1][8] = "done"
    taken_in(cast, old, at=TUESDAY + HOUR)
    state_past_weeks(engagement_id=cast.engagement.id, now=TUESDAY + HOUR)
    begin_undo(import_id=row.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    assert run_undo(import_id=row.id, clock=lambda: TUESDAY).kept == [1, 2]
    assert Ticket.objects.count() == 2


def test_past_weeks_are_stated_once_and_say_when_and_of_what(cast: Cast) -> None:
    taken_in(cast)
    done = state_past_weeks(engagement_id=cast.engagement.id, now=TUESDAY)
    assert done == ["2026-W42"]
    (statement,) = Statement.objects.all()
    assert (statement.kind, statement.basis, statement.frozen_at, len(statement.rows)) == (
        "settled",
        "import",
        TUESDAY,
        6,
    )
    assert state_past_weeks(engagement_id=cast.engagement.id, now=TUESDAY + HOUR) == []
    assert not OutgoingMessage.objects.exists()
    entry = Entry.objects.select_related("payload").get(verb="statement.frozen")
    assert entry.payload.body["basis"] == "import"


def test_a_week_settled_before_the_log_came_gets_corrections(cast: Cast) -> None:
    taken_in(cast, CALLS[:1])
    state_past_weeks(engagement_id=cast.engagement.id, now=TUESDAY)
    taken_in(cast, CALLS, at=TUESDAY + HOUR)
    assert Correction.objects.count() == 5
    assert {correction.before == {} for correction in Correction.objects.all()} == {True}


def test_a_chunk_that_was_taken_in_already_is_not_taken_in_again(cast: Cast) -> None:
    draft = handed_in(cast)
    begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    items = list(items_of(SheetImport.objects.get(pk=draft.pk)))
    for _ in range(2):
        row = take_in_calls(import_id=draft.id, items=items[:2], at=0, is_last=False, now=TUESDAY)
    assert (row.cursor, row.made, Ticket.objects.count()) == (2, 2, 2)
    list(run_import(import_id=draft.id, clock=lambda: TUESDAY, chunk=3))
    assert Ticket.objects.count() == 6


def test_the_same_file_while_its_import_is_a_draft_or_runs_is_that_import(cast: Cast) -> None:
    draft = handed_in(cast)
    assert handed_in(cast, at=TUESDAY + HOUR).id == draft.id
    begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    assert handed_in(cast).id == draft.id


def test_a_worker_hands_on_after_its_chunks(cast: Cast) -> None:
    draft = handed_in(cast)
    begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY)
    seen = [row.cursor for row in run_import(import_id=draft.id, clock=lambda: TUESDAY, most=2, chunk=1)]
    assert seen == [1, 2]
    assert set(OutboxItem.objects.values_list("key", flat=True)) == {
        f"support.take_in_sheet:{draft.id}:0",
        f"support.take_in_sheet:{draft.id}:2",
    }


def test_an_import_that_is_left_alone_gives_the_collector_back(cast: Cast) -> None:
    draft = handed_in(cast)
    begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    steps = run_import(import_id=draft.id, clock=lambda: TUESDAY, chunk=1)
    next(steps)
    assert not gc.isenabled()
    steps.close()  # type: ignore[attr-defined]  # a generator, as is every iterator that a function with yield returns
    assert gc.isenabled()
    list(run_import(import_id=draft.id, clock=lambda: TUESDAY))
    assert gc.isenabled()


def test_a_file_that_is_gone_stops_the_import_and_says_so(cast: Cast) -> None:
    from quietmonday.post.actions.files import path_of

    draft = handed_in(cast)
    begin_import(import_id=draft.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    path_of(cast.oakhurst, draft.file.sha256).unlink()
    (row,) = run_import(import_id=draft.id, clock=lambda: TUESDAY)
    assert (row.state, row.problem) == ("stopped", ["gone", {}])


def test_what_is_no_log_is_kept_and_refused(cast: Cast) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        hand_in(engagement=cast.engagement, name="x", chunks=[b"%PDF-1.7"], actor=actor(cast.ruth), now=TUESDAY)
    assert refused.value.rule == "wrong_type"
    assert (File.objects.count(), SheetImport.objects.count()) == (1, 0)
    with pytest.raises(UnreadableSheet) as refused:
        hand_in(engagement=cast.engagement, name="x", chunks=[log([])], actor=actor(cast.ruth), now=TUESDAY)
    assert refused.value.rule == "no_rows"


def test_calls_of_one_business_never_meet_those_of_another(cast: Cast) -> None:
    taken_in(cast)
    theirs = hand_in(
        engagement=cast.tilden_engagement, name="x", chunks=[log(CALLS)], actor=actor(cast.jo), now=TUESDAY + HOUR
    )
    begin_import(import_id=theirs.id, actor=actor(cast.jo), now=TUESDAY + HOUR, here=True)
    assert list(run_import(import_id=theirs.id, clock=lambda: TUESDAY + HOUR))[-1].made == 6
    assert Ticket.objects.filter(business=cast.tilden).count() == 6
    assert not Ticket.objects.filter(business=cast.tilden, requester=cast.bill.person).exists()


_days = st.sampled_from(["12/10/2026 09:00", "13/10/2026", "14/10/2026 17:45", "31/10/2026 08:00", "soon", ""])
_lines = st.lists(
    st.tuples(st.sampled_from("123456"), _days, st.sampled_from(["Bill Hartley", "Nora", ""]), st.text(max_size=12),
              st.sampled_from(["", "Toner"]), _days, _days, st.sampled_from(["1", "4", "x"]),
              st.sampled_from(["", "open", "done", "cancelled"])),
    max_size=7,
)  # fmt: skip


@given(first=_lines, more=_lines, chunk=st.integers(1, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_log_and_any_later_one_leave_each_line_once_and_facts_that_the_tables_tell(
    cast: Cast, first: list[Any], more: list[Any], chunk: int
) -> None:
    from django.db import transaction

    with transaction.atomic():
        for rows, at in ((first, TUESDAY), ([*first, *more], TUESDAY + HOUR)):
            if not rows:
                continue
            row = taken_in(cast, rows, at=at, heads=HEADS, chunk=chunk)
            assert row.made + row.updated + row.same + row.rejected == len(rows)
        found = list(Ticket.objects.select_related("work_item", "requester", "verdict"))
        told = facts_of(found, TUESDAY + HOUR) if found else {}
        # Hours look ahead by the moment of the import: of the tickets made an hour apart they hold the same years.
        assert {t.id: t.verdict.inputs for t in found} == {t.id: facts_as_json(told[t.id]) for t in found}
        assert len({each.key for each in SheetRow.objects.all()}) == len(found)
        transaction.set_rollback(True)
