"""The first firms, and who begins."""

import pytest
from django.test import Client

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.begin import begin
from quietmonday.people.actions.sign_in_links import first_link
from quietmonday.people.logic.calendar import open_seconds
from quietmonday.people.logic.levels import DEFAULT_LEVELS
from quietmonday.people.models import Account, Business, Membership
from quietmonday.people.queries import levels_of, working_hours_of
from tests.cast import sign_in
from tests.people.acting import utc


@pytest.mark.django_db
def test_begin_makes_everything_the_first_request_needs() -> None:
    began = begin(
        business_name="Oakhurst",
        zone="Europe/London",
        country="GB",
        subdivision="ENG",
        supplier_name="Fennimore",
        owner_name="Ruth Okafor",
        owner_email="Ruth@Oakhurst.example",
        counterpart_name="Asha Fennimore",
        counterpart_email="asha@fennimore.example",
        actor=SYSTEM,
        now=now(),
    )
    engagement = began.engagement
    assert (engagement.owner, engagement.counterpart, engagement.levels_agreed) == (
        began.owner,
        began.counterpart,
        False,
    )
    assert levels_of(engagement) == DEFAULT_LEVELS
    hours = working_hours_of(engagement, [2026])
    assert hours.zone == "Europe/London"
    # Friday 17:00 to Monday 09:00 is closed; 25 December is a holiday
    assert open_seconds(hours, utc("2026-11-20 16:00"), utc("2026-11-23 10:00")) == 2 * 3600
    assert open_seconds(hours, utc("2026-12-25 00:00"), utc("2026-12-26 00:00")) == 0
    roles = {m.account.email: m.role for m in Membership.objects.select_related("account")}
    assert roles == {"ruth@oakhurst.example": "owner", "asha@fennimore.example": "manager"}
    assert sorted((e.verb, e.chain.kind) for e in Entry.objects.select_related("chain")) == [
        ("business.added", "business"),
        ("engagement.began", "engagement"),
        ("membership.granted", "business"),
        ("membership.granted", "installation"),
        ("person.added", "business"),
        ("person.added", "installation"),
        ("supplier.added", "installation"),
    ]


@pytest.mark.django_db
def test_whoever_begins_as_the_owner_gets_a_real_address_for_the_placeholder() -> None:
    first_link(now=now())
    account = Account.objects.get()
    client = sign_in(Client(), account)
    response = client.post(
        "/set-up/begin/",
        {
            "business_name": "Oakhurst",
            "zone": "Europe/London",
            "language": "de",
            "country": "GB",
            "supplier_name": "Fennimore",
            "owner_name": "Ruth Okafor",
            "owner_email": "ruth@oakhurst.example",
            "agreement": "managed",
            "beginner_is": "owner",
        },
    )
    business = Business.objects.get()
    assert response.headers["Location"] == f"/businesses/{business.pk}/agreement/"
    account.refresh_from_db()
    assert account.email == "ruth@oakhurst.example"
    viewer = viewer_of(account, now())
    assert (viewer.home, viewer.administrator, viewer.name) == ("business", True, "Ruth Okafor")
    assert "Nobody has agreed yet" in client.get(response.headers["Location"]).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("owner_email", "nonsense", "This is not an e-mail address"),
        ("zone", "Mars/Base", "Select a valid choice"),
        ("subdivision", "ZZ", "We know these parts: ENG, NIR, SCT, WLS"),
        ("counterpart_email", "x@y.example", "Give the name too"),
        ("counterpart_name", "Asha", "give one"),
        ("beginner_is", "counterpart", "give your name"),
        ("business_name", "   ", "This field is required"),
    ],
)
def test_a_wrong_word_on_the_first_form_is_answered_kindly_and_writes_nothing(
    field: str, value: str, words: str
) -> None:
    first_link(now=now())
    data = {
        "business_name": "Oakhurst",
        "zone": "Europe/London",
        "language": "de",
        "country": "GB",
        "supplier_name": "Fennimore",
        "owner_name": "Ruth",
        "owner_email": "ruth@oakhurst.example",
        "agreement": "managed",
    }
    response = sign_in(Client(), Account.objects.get()).post("/set-up/begin/", {**data, field: value})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Business.objects.count() == 0
