"""The standing cast: two businesses, three suppliers, and who is who there. Tests meet these people and no others.

Oakhurst buys from Fennimore IT and has its line from Norvane Telecom. Tilden Garden Centre buys from Brightwell and has
nothing to do with any of them: what a test puts there must never show elsewhere. Passwords are unset.
"""

import dataclasses
import datetime as dt
import pickle

from django.db.models import QuerySet
from django.test import Client

from quietmonday.kit.clock import now as present
from quietmonday.people.models import (
    Account,
    Address,
    Business,
    Calendar,
    Engagement,
    Membership,
    OpenInterval,
    Person,
    Role,
    ServiceLevel,
    Supplier,
)
from quietmonday.people.queries import _hours
from quietmonday.support.queries.standing import forget_counts

SINCE = dt.datetime(2025, 6, 2, 9, tzinfo=dt.UTC)
ENGAGED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

# priority → response, restore, update, in minutes of open hours
LEVELS = {1: (30, 240, 60), 2: (60, 480, 240), 3: (240, 960, 480), 4: (480, 2400, 960)}


@dataclasses.dataclass(frozen=True)
class Member:
    """Somebody with a person, an address, an account and one role."""

    person: Person
    account: Account
    membership: Membership
    email: str


@dataclasses.dataclass(frozen=True)
class Cast:
    """Everybody, by first name; firms by name; `engagement` is Oakhurst's with Fennimore."""

    oakhurst: Business
    ruth: Member  # owner
    maria: Member  # stand-in
    dele: Member  # staff
    bill: Member  # staff

    fennimore: Supplier
    asha: Member  # manager
    sam: Member  # technician
    finn: Member  # was a technician until an hour ago

    norvane: Supplier
    ines: Member  # manager

    tilden: Business
    jo: Member  # owner
    kim: Member  # staff
    brightwell: Supplier
    lee: Member  # technician

    ada: Member  # administrator, of no firm; its person is at Fennimore without a role there

    engagement: Engagement
    line_engagement: Engagement  # Oakhurst and Norvane
    tilden_engagement: Engagement


def make_cast(now: dt.datetime) -> Cast:
    """Write the cast as it stands at `now` (after 1 January 2026) and return it.

    Made row by row once a process; after that the same rows are written again, table by table: thousands of tests begin
    with it, and a hundred rows one by one cost more than most of them.
    """
    if not _kept:
        if any(model.objects.exists() for model in TABLES):
            return _make(now)
        made = _make(now)
        _kept.append(pickle.dumps((made, [list(model.objects.all()) for model in TABLES])))
        return made
    made, tables = pickle.loads(_kept[0])  # noqa: S301  # our own bytes, of this process
    if Business.objects.filter(pk=made.oakhurst.pk).exists():
        return _make(now)
    # The same people in another test: what this process remembers of them is of the one before.
    _hours.cache_clear()
    forget_counts()
    ended = made.finn.membership.ends_at = _an_hour_before(now)
    for model, rows in zip(TABLES, tables, strict=True):
        for row in rows:
            if row.pk == made.finn.membership.pk:
                row.ends_at = ended
        QuerySet(model).bulk_create(rows)  # without the checks of a record, which these rows have passed
    return made


TABLES = (
    *(Business, Supplier, Person, Address, Account, Membership),
    *(Calendar, OpenInterval, Engagement, ServiceLevel),
)
_kept: list[bytes] = []


def _an_hour_before(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(hours=1)


def _make(now: dt.datetime) -> Cast:
    oakhurst = Business.objects.create(name="Oakhurst Joinery", zone="Europe/London", began_at=SINCE)
    tilden = Business.objects.create(name="Tilden Garden Centre", zone="Europe/London", began_at=SINCE)
    fennimore = Supplier.objects.create(name="Fennimore IT", phone="+44 20 7946 0123", began_at=SINCE)
    norvane = Supplier.objects.create(name="Norvane Telecom", began_at=SINCE)
    brightwell = Supplier.objects.create(name="Brightwell", began_at=SINCE)
    ruth = _member("Ruth Okafor", Role.OWNER, business=oakhurst)
    maria = _member("Maria Lindqvist", Role.STAND_IN, business=oakhurst)
    asha = _member("Asha Fennimore", Role.MANAGER, supplier=fennimore)
    ines = _member("Ines Varga", Role.MANAGER, supplier=norvane)
    jo = _member("Jo Marsh", Role.OWNER, business=tilden)
    lee = _member("Lee Brook", Role.TECHNICIAN, supplier=brightwell)
    finn = _member("Finn Ode", Role.TECHNICIAN, supplier=fennimore)
    finn.membership.ends_at = _an_hour_before(now)
    finn.membership.save()
    return Cast(
        oakhurst=oakhurst,
        ruth=ruth,
        maria=maria,
        dele=_member("Dele Adeyemi", Role.STAFF, business=oakhurst),
        bill=_member("Bill Hartley", Role.STAFF, business=oakhurst),
        fennimore=fennimore,
        asha=asha,
        sam=_member("Sam Kessler", Role.TECHNICIAN, supplier=fennimore),
        finn=finn,
        norvane=norvane,
        ines=ines,
        tilden=tilden,
        jo=jo,
        kim=_member("Kim Vale", Role.STAFF, business=tilden),
        brightwell=brightwell,
        lee=lee,
        ada=_administrator("Ada Root", fennimore),
        engagement=_engagement(oakhurst, fennimore, owner=ruth, stand_in=maria, counterpart=asha),
        line_engagement=_engagement(oakhurst, norvane, owner=ruth, stand_in=maria, counterpart=ines),
        tilden_engagement=_engagement(tilden, brightwell, owner=jo, stand_in=None, counterpart=lee),
    )


def sign_in(client: Client, account: Account | Member) -> Client:
    """Sign `account` in and return the client; a way round the sign-in page, not round membership."""
    row = account.account if isinstance(account, Member) else account
    client.force_login(row)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": present().timestamp()}]
    session["account_authentication_methods_user"] = str(row.pk)
    session.save()
    return client


def _member(name: str, role: Role, *, business: Business | None = None, supplier: Supplier | None = None) -> Member:
    place = business or supplier
    assert place is not None
    first = name.split()[0].lower()
    email = f"{first}@{place.name.split()[0].lower()}.example"
    person = Person.objects.create(name=name, business=business, supplier=supplier, since=SINCE)
    Address.objects.create(person=person, business=business, email=email)
    account = _account(email)
    membership = Membership.objects.create(
        account=account, person=person, business=business, supplier=supplier, role=role, starts_at=SINCE
    )
    return Member(person=person, account=account, membership=membership, email=email)


def _administrator(name: str, supplier: Supplier) -> Member:
    email = "ada@fennimore.example"
    person = Person.objects.create(name=name, supplier=supplier, since=SINCE)
    Address.objects.create(person=person, email=email)
    account = _account(email)
    membership = Membership.objects.create(account=account, person=person, role=Role.ADMINISTRATOR, starts_at=SINCE)
    return Member(person=person, account=account, membership=membership, email=email)


def _account(email: str) -> Account:
    account = Account(email=email)
    account.set_unusable_password()
    account.save()
    return account


def _engagement(
    business: Business, supplier: Supplier, *, owner: Member, stand_in: Member | None, counterpart: Member
) -> Engagement:
    calendar = Calendar.objects.create(
        business=business, name="Office hours", zone=business.zone, country="GB", subdivision="ENG", updated_at=ENGAGED
    )
    OpenInterval.objects.bulk_create(
        OpenInterval(business=business, calendar=calendar, weekday=weekday, opens=dt.time(9), closes=dt.time(17))
        for weekday in range(5)
    )
    engagement = Engagement.objects.create(
        business=business,
        supplier=supplier,
        owner=owner.person,
        stand_in=stand_in.person if stand_in else None,
        counterpart=counterpart.person,
        calendar=calendar,
        starts_at=ENGAGED,
    )
    ServiceLevel.objects.bulk_create(
        ServiceLevel(
            business=business,
            engagement=engagement,
            priority=priority,
            response_minutes=response,
            restore_minutes=restore,
            update_minutes=update,
        )
        for priority, (response, restore, update) in LEVELS.items()
    )
    return engagement
