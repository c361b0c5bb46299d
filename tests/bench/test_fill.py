"""A small filled installation is one that the product could have made: whole, sealed, judged, and its pages open."""

import datetime as dt

import pytest
from bench.fill import fill
from bench.sizes import OWNER, PASSWORD, STAFF, TECHNICIAN, Size
from django.test import Client
from django.utils import timezone

from quietmonday.journal.logic.verification import NOTES
from quietmonday.journal.models import Chain, ChainKind, Seal
from quietmonday.journal.queries import check_chain, cross_business_references
from quietmonday.people.models import Account, Business
from quietmonday.support.actions.rechecking import recheck
from quietmonday.support.models import Message, Statement, Ticket, TicketState
from quietmonday.work.models import Numbers

SIZE = Size("T", tickets=50, businesses=2, technicians=2, staff=2, weeks=5)


@pytest.fixture
def filled(db: None) -> dt.datetime:
    """Fill SIZE up to this moment; return the moment."""
    now = timezone.now()
    fill(SIZE, now=now, say=lambda line: None)
    return now


def test_what_is_filled_is_whole_sealed_and_judged_and_its_pages_open(filled: dt.datetime) -> None:
    assert Ticket.objects.count() == SIZE.tickets
    assert Message.objects.count() == 3 * SIZE.tickets
    assert sum(Numbers.objects.values_list("last", flat=True)) == SIZE.tickets
    _chains_are_whole()
    assert list(cross_business_references(None)) == []
    for chain in Chain.objects.filter(kind=ChainKind.ENGAGEMENT):
        assert Seal.objects.filter(chain=chain).count() == SIZE.weeks - _weeks_not_stated(filled)
    assert Statement.objects.filter(kind="settled").exists()
    assert recheck(now=filled) == 0, "a stored verdict is not what the rules say"
    _pages_open()


def test_a_database_that_holds_a_business_is_not_filled(db: None) -> None:
    Business.objects.create(name="Oakhurst Joinery", began_at=timezone.now())
    with pytest.raises(SystemExit, match="empty"):
        fill(SIZE, now=timezone.now(), say=lambda line: None)


def _chains_are_whole() -> None:
    findings = [finding for chain in Chain.objects.all() for finding in check_chain(chain)]
    assert [finding for finding in findings if finding.rule not in NOTES] == []
    assert "journal.clock_went_back" not in {finding.rule for finding in findings}
    assert Chain.objects.filter(kind=ChainKind.ENGAGEMENT, count__gt=5 * SIZE.tickets // SIZE.businesses // 2).exists()


def _weeks_not_stated(now: dt.datetime) -> int:
    """On a Monday before 07:30 last week is not stated yet."""
    local = now.astimezone(dt.UTC)
    return int(local.weekday() == 0 and local.hour < 8)


def _pages_open() -> None:
    owner, staff, technician = (_signed_in(email) for email in (OWNER, STAFF, TECHNICIAN))
    business = Business.objects.order_by("name")[0]
    ticket = Ticket.objects.filter(business=business, state=TicketState.OPEN).first()
    assert ticket is not None
    for client, path in (
        (owner, f"/businesses/{business.id}/monday/"),
        (owner, f"/requests/{ticket.id}/"),
        (technician, f"/requests/{ticket.id}/"),
        (technician, "/queue/"),
        (technician, "/inbox/"),
        (staff, "/report/"),
        (owner, "/requests/"),
    ):
        assert client.get(path).status_code == 200, path


def _signed_in(email: str) -> Client:
    account = Account.objects.get(email=email)
    assert account.check_password(PASSWORD)
    client = Client()
    client.force_login(account)
    return client
