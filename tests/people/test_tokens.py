"""API tokens: made by who is there, shown once, worth as much as the roles that their maker holds (attacks 3, 13)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.models import Entry, Payload
from quietmonday.kit.clock import now
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.access import caller_of, viewer_of, within
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.actions.tokens import make_token, note_use, revoke_token
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.logic.tokens import GROUPS, SCOPES, hash_of, is_token, new_token, scopes_of
from quietmonday.people.models import Account, Membership, Role, Token
from tests.cast import Cast, Member
from tests.support.scene import actor, client_of

DAY = dt.timedelta(days=1)


def made(member: Member, **changes: Any) -> tuple[Token, str]:
    at = changes.pop("now", now())
    wanted: dict[str, Any] = {"name": "Sync", "scopes": SCOPES, "firm": None, "expires_at": at + 90 * DAY}
    return make_token(account=member.account, now=at, **(wanted | changes))


def test_a_token_is_known_by_its_form_before_anything_is_looked_up() -> None:
    token = new_token()
    assert re.fullmatch(r"qm_[0-9A-Za-z]{46}", token)
    assert is_token(token) and new_token() != token
    for other in ("", "qm_", token[:-1], token + "0", token.upper(), f"x{token}", token[:10] + "!" + token[11:]):
        assert not is_token(other)


@given(st.text())
def test_no_text_that_we_did_not_make_is_a_token(text: str) -> None:
    assert not is_token(text)
    assert not is_token(f"qm_{text}")


@given(st.lists(st.sampled_from([*SCOPES, "admin:write", "tickets:delete", ""])))
def test_scopes_are_ours_in_order_and_who_writes_reads(chosen: list[str]) -> None:
    found = scopes_of(chosen)
    assert found == [scope for scope in SCOPES if scope in found]
    assert set(chosen) & set(SCOPES) <= set(found)
    assert all(scope.replace(":write", ":read") in found for scope in found)
    assert found == scopes_of(found)


@pytest.mark.django_db
class TestMaking:
    def test_only_its_hash_is_kept(self, cast: Cast) -> None:
        row, text = made(cast.ruth)
        stored = Token.objects.get()
        assert (stored.token_hash, stored.begins) == (hash_of(text), text[:8])
        for column in Token._meta.concrete_fields:
            assert text not in str(getattr(row, column.attname))

    def test_the_journal_and_its_owner_hear_of_it(self, cast: Cast) -> None:
        row, text = made(cast.ruth)
        entry = Entry.objects.get(verb="account.token_made")
        assert (entry.subject_id, entry.business_id) == (row.pk, None)
        assert text not in str(Payload.objects.get(entry=entry).body)
        assert OutgoingMessage.objects.get().recipient == cast.ruth.email

    def test_it_lasts_a_year_at_most_and_does_something(self, cast: Cast) -> None:
        at = now()
        for changes, rule in (
            ({"expires_at": at + 366 * DAY}, "token_expiry"),
            ({"expires_at": at}, "token_expiry"),
            ({"scopes": ["everything"]}, "token_scopes"),
        ):
            with pytest.raises(Refused) as refused:
                made(cast.ruth, now=at, **changes)
            assert refused.value.rule == rule
        assert Token.objects.count() == 0

    def test_twenty_are_enough(self, cast: Cast) -> None:
        for _ in range(20):
            made(cast.ruth)
        with pytest.raises(Refused):
            made(cast.ruth)
        revoke_token(token=Token.objects.first(), now=now())  # type: ignore[arg-type]  # there are twenty
        made(cast.ruth)


@pytest.mark.django_db
class TestOpening:
    def test_it_opens_until_its_time_is_over(self, cast: Cast) -> None:
        row, text = made(cast.ruth)
        found = caller_of(text, now())
        assert found is not None and found.viewer.leads == {cast.oakhurst.pk}
        assert caller_of(text, row.expires_at - dt.timedelta(seconds=1)) is not None
        assert caller_of(text, row.expires_at) is None

    def test_taken_back_it_opens_nothing_and_twice_is_once(self, cast: Cast) -> None:
        row, text = made(cast.ruth)
        revoke_token(token=row, now=now())
        revoke_token(token=row, now=now())
        assert caller_of(text, now()) is None
        assert Entry.objects.filter(verb="account.token_revoked").count() == 1

    def test_of_a_former_member_it_opens_nothing_even_once_they_are_back(self, cast: Cast) -> None:
        _row, text = made(cast.sam)
        end_membership(membership=cast.sam.membership, actor=actor(cast.asha), now=now())
        assert caller_of(text, now()) is None
        grant_role(person=cast.sam.person, role=Role.TECHNICIAN, actor=actor(cast.asha), now=now())
        assert viewer_of(cast.sam.account, now()).suppliers == {cast.fennimore.pk}
        assert caller_of(text, now()) is None

    def test_of_a_closed_account_it_opens_nothing(self, cast: Cast) -> None:
        _row, text = made(cast.ruth)
        Account.objects.filter(pk=cast.ruth.account.pk).update(is_active=False)
        assert caller_of(text, now()) is None

    def test_it_is_never_an_administrator(self, cast: Cast) -> None:
        _row, text = made(cast.ada)
        assert caller_of(text, now()) is None  # of no firm: there is nothing left
        both = Membership.objects.create(
            account=cast.ada.account, person=cast.ada.person, supplier=cast.fennimore, role=Role.MANAGER,
            starts_at=now() - DAY,
        )  # fmt: skip
        found = caller_of(text, now())
        assert found is not None and not found.viewer.administrator
        assert found.viewer.manages == {both.supplier_id}

    def test_a_role_that_came_later_is_not_its(self, cast: Cast) -> None:
        _row, text = made(cast.dele)
        grant_role(person=cast.dele.person, role=Role.OWNER, actor=actor(cast.ruth), now=now())
        found = caller_of(text, now())
        assert found is not None and not found.viewer.leads
        assert viewer_of(cast.dele.account, now()).leads == {cast.oakhurst.pk}

    def test_its_use_is_written_down_once_a_day(self, cast: Cast, django_assert_num_queries: Any) -> None:
        row, text = made(cast.ruth)
        note_use(token=row, now=now())
        found = caller_of(text, now())
        assert found is not None and found.token.last_used_on == now().date()
        with django_assert_num_queries(0):
            note_use(token=found.token, now=now())

    def test_it_names_itself_beside_who_acts(self, cast: Cast) -> None:
        _row, text = made(cast.ruth, name="Phone system")
        found = caller_of(text, now())
        assert found is not None
        assert found.viewer.actor(cast.oakhurst.pk).name == "Ruth Okafor (API token “Phone system”)"


@pytest.mark.django_db
class TestHeldToOneFirm:
    def test_within_a_client_only_that_client_exists(self, cast: Cast) -> None:
        other = cast.tilden_engagement
        other.supplier = cast.fennimore  # Fennimore serves two clients
        other.save()
        viewer = viewer_of(cast.asha.account, now())
        assert len(viewer.engagements) == 2
        held = within(viewer, cast.oakhurst.pk)
        assert held.engagements == {cast.engagement.pk: cast.oakhurst.pk}
        assert (held.businesses(), held.manages, held.suppliers) == ({cast.oakhurst.pk}, set(), set())
        assert held.sees.suppliers == {cast.fennimore.pk}  # notes of the own firm on this client's requests
        assert held.person_for(cast.oakhurst.pk) == cast.asha.person.pk

    def test_within_the_own_supplier_all_clients_do(self, cast: Cast) -> None:
        held = within(viewer_of(cast.asha.account, now()), cast.fennimore.pk)
        assert (held.manages, held.suppliers) == ({cast.fennimore.pk}, {cast.fennimore.pk})
        assert held.businesses() == {cast.oakhurst.pk}

    def test_within_somebody_elses_firm_there_is_nothing(self, cast: Cast) -> None:
        for member in (cast.ruth, cast.dele, cast.sam):
            _row, text = made(member, firm=cast.tilden.pk)
            assert caller_of(text, now()) is None

    def test_an_owner_is_held_to_the_own_business(self, cast: Cast) -> None:
        viewer = viewer_of(cast.ruth.account, now())
        assert within(viewer, cast.oakhurst.pk) == viewer


@pytest.mark.django_db
class TestPages:
    CHOSEN = {"name": "Sync", "days": "90", "tickets": "write", "firms": "read"}  # one form

    def test_a_token_is_made_shown_once_and_taken_back(self, cast: Cast) -> None:
        client = client_of(cast.sam)
        assert b"No program acts in your name." in client.get("/me/tokens/").content
        answer = client.post("/me/tokens/new/", self.CHOSEN)
        text = re.search(r"qm_[0-9A-Za-z]{46}", answer.content.decode())
        assert answer.status_code == 200 and text
        row = Token.objects.get()
        assert row.scopes == ["firms:read", "tickets:read", "tickets:write"]
        page = client.get("/me/tokens/").content.decode()
        assert "One program may act in your name." in page and text[0] not in page
        assert caller_of(text[0], now()) is not None
        assert client.post(f"/me/tokens/{row.pk}/revoke/").status_code == 302
        assert caller_of(text[0], now()) is None
        assert "Taken back" in client.get("/me/tokens/").content.decode()

    def test_only_who_was_there_lately_makes_one(self, cast: Cast) -> None:
        client = client_of(cast.sam)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": now().timestamp() - 3600}]
        session.save()
        for answer in (client.get("/me/tokens/new/"), client.post("/me/tokens/new/", self.CHOSEN)):
            assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/again/")
        assert Token.objects.count() == 0

    def test_what_is_not_chosen_is_asked_for(self, cast: Cast) -> None:
        client = client_of(cast.sam)
        for given_ in (
            {},
            {"name": "x", "days": "90"},
            {**self.CHOSEN, "days": "4000"},
            {**self.CHOSEN, "inbox": "write"},
        ):
            assert client.post("/me/tokens/new/", given_).status_code == 422
        assert client.post("/me/tokens/new/", {**self.CHOSEN, "firm": str(cast.tilden.pk)}).status_code == 422
        assert Token.objects.count() == 0

    def test_somebody_elses_is_not_there(self, cast: Cast) -> None:
        row, _text = made(cast.sam)
        assert client_of(cast.asha).post(f"/me/tokens/{row.pk}/revoke/").status_code == 404
        assert Token.objects.get().revoked_at is None


def test_each_group_is_said_in_words() -> None:
    from quietmonday.people.forms.tokens import WORDS

    assert set(WORDS) == set(GROUPS)
