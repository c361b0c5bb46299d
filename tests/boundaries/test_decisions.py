"""DESIGN's decisions that are dear to change later: each has a test that would notice its loss.

1, 2, 6, 7, 12 stand here as rules over every table; 3, 10, 11, 13 and 14 are kept by the tests that docs/attacks.md and
the decision records name, and by the few beside them here.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.ids import new_id
from quietmonday.kit.records import CrossBusinessReference, Record, RecordQuerySet, refuse_cross_business
from quietmonday.people.models import Business
from quietmonday.post.actions.files import path_of, read_file, store_file
from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.post.models import Mailbox
from quietmonday.work.actions.items import open_item
from tests.cast import Cast

SRC = Path(__file__).resolve().parents[2] / "src" / "quietmonday"
NOW = dt.datetime(2026, 11, 17, 9, 20, tzinfo=dt.UTC)
OURS = [model for model in apps.get_models() if model.__module__.startswith("quietmonday.")]
KEYED_BY_ANOTHER = {"Payload"}  # the erasable part of an entry carries the entry's key


# 1: ids


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_key_is_a_uuid_of_version_7_made_before_the_row(model: type[models.Model]) -> None:
    if model.__name__ in KEYED_BY_ANOTHER:
        assert isinstance(model._meta.pk, models.OneToOneField)
        return
    assert isinstance(model._meta.pk, models.UUIDField)
    assert model._meta.pk.default is new_id
    assert model().pk.version == 7


def test_urls_name_things_by_their_id_or_a_signed_or_spoken_key() -> None:
    from tests.boundaries.sweep.core import patterns  # needs the urls

    kinds = {kind for route in patterns().values() for kind in re.findall(r"<(\w+):", route)}
    assert kinds == {"uuid", "str", "path"}
    # One front for the API, whose own addresses hold ids only.
    assert [route for route in patterns().values() if "<path:" in route] == ["/api/v1/<path:rest>"]
    texts = {name for route in patterns().values() for name in re.findall(r"<str:(\w+)>", route)}
    # form: csv or xlsx; name: of a provider, as settings have it; number: of a part of a mail, as the mail counts them
    assert texts == {"token", "mac", "week", "period", "form", "name", "number"}


@pytest.mark.django_db
def test_all_work_of_a_business_draws_from_one_sequence_of_numbers(cast: Cast) -> None:
    kinds = ("ticket", "visit", "ticket", "incident")
    drawn = [open_item(business=cast.oakhurst, kind=kind, opened_at=NOW, origin=None).number for kind in kinds]
    other = open_item(business=cast.tilden, kind="ticket", opened_at=NOW, origin=None).number
    assert (drawn, other) == ([1, 2, 3, 4], 1)


# 2: tenancy


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_write_of_every_table_passes_the_place_where_tenancy_is_checked(model: type[models.Model]) -> None:
    if model.__name__ in KEYED_BY_ANOTHER:
        return
    assert issubclass(model, Record)
    assert isinstance(model._base_manager.get_queryset(), RecordQuerySet)
    assert isinstance(model._default_manager.get_queryset(), RecordQuerySet)
    assert Record.save in {vars(each).get("save") for each in model.__mro__}


@pytest.mark.django_db
def test_no_table_lets_a_row_point_at_a_row_of_another_business() -> None:
    tried = 0
    for model in OURS:
        names = {field.name for field in model._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            target = field.related_model
            if "business" not in names or not isinstance(field, models.ForeignKey) or not isinstance(target, type):
                continue
            if "business" not in {each.name for each in target._meta.concrete_fields}:
                continue
            row = model(**{"business_id": new_id(), field.name: target(business_id=new_id())})
            with pytest.raises(CrossBusinessReference):
                refuse_cross_business([row])
            tried += 1
    assert tried >= 40


# 6: secrets at rest


@pytest.mark.django_db
def test_a_mailbox_password_is_nowhere_in_the_database(cast: Cast) -> None:
    connect_mailbox(
        supplier=cast.fennimore, business=None, address="help@fennimore.example", host="imap.example", port=993,
        security="tls", user="help", password="Correct-Horse-99", actor=SYSTEM, now=NOW,
    )  # fmt: skip
    everything = b""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            values = [value for row in cursor for value in row]
            everything += b"".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values)
    assert b"help@fennimore.example" in everything
    assert b"Correct-Horse-99" not in everything
    assert Mailbox.objects.get().sealed_password


def test_a_column_that_holds_a_secret_says_so_and_is_bytes() -> None:
    words = re.compile(r"password|secret|token|seed|sealed", re.IGNORECASE)
    found = {
        f"{model.__name__}.{field.name}": type(field).__name__
        for model in OURS
        for field in model._meta.concrete_fields
        if words.search(field.name)
    }
    hashes = {"Account.password", "SignInLink.token_hash", "Token.token_hash"}  # of one way only
    # When; whose key it is; the same form sent twice.
    other = {"Seal.sealed_at": "DateTimeField", "IdempotencyKey.token": "ForeignKey"}
    other |= {f"{name}.token": "UUIDField" for name in ("Message", "ScheduledReply")}
    assert {name: kind for name, kind in found.items() if kind != "BinaryField" and name not in hashes} == other
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert settings.VAR not in settings.ROOT_KEY_FILE.parents or settings.ROOT_KEY_FILE.parent.name == "keys"


# 7: files


@pytest.mark.django_db
def test_the_same_bytes_are_one_file_within_a_business_and_two_across(cast: Cast) -> None:
    ours, again = (store_file(business=cast.oakhurst, data=b"plan", now=NOW) for _ in range(2))
    theirs = store_file(business=cast.tilden, data=b"plan", now=NOW)
    assert ours.pk == again.pk != theirs.pk
    assert path_of(cast.oakhurst, ours.sha256) != path_of(cast.tilden, theirs.sha256)
    assert read_file(ours) == b"plan"


@pytest.mark.django_db
def test_a_file_is_written_once_and_nobody_may_write_it_after(cast: Cast) -> None:
    file = store_file(business=cast.oakhurst, data=b"first", now=NOW)
    path = path_of(cast.oakhurst, file.sha256)
    before = path.stat()
    store_file(business=cast.oakhurst, data=b"first", now=NOW)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert path.stat().st_mode & 0o777 == 0o400
    assert not [each for each in path.parent.iterdir() if each.name.startswith(".")], "no draft stays behind"


# 12: time


def test_every_moment_is_stored_with_its_zone_in_utc() -> None:
    assert (settings.USE_TZ, settings.TIME_ZONE) == (True, "UTC")
    assert timezone.get_default_timezone_name() == "UTC"
    for zone in (None, *(database.get("TIME_ZONE") for database in settings.DATABASES.values())):
        assert zone in (None, "UTC")


@pytest.mark.django_db
def test_a_moment_comes_back_as_the_same_moment_in_utc(cast: Cast) -> None:
    tokyo = dt.datetime(2026, 11, 17, 18, 20, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    Business.objects.filter(pk=cast.oakhurst.pk).update(began_at=tokyo)
    read = Business.objects.get(pk=cast.oakhurst.pk).began_at
    assert read == tokyo
    assert read.utcoffset() == dt.timedelta(0)


def test_what_somebody_did_has_two_times_and_says_how_sure_the_first_is() -> None:
    for label in ("support.Message", "journal.Entry"):
        names = {field.name for field in apps.get_model(label)._meta.concrete_fields}
        assert {"occurred_at", "recorded_at", "clock_quality"} <= names


def test_only_the_edge_reads_the_clock() -> None:
    """`logic` and `actions` are told the time; whoever reads the clock there cannot be replayed."""
    reads = re.compile(
        r"datetime\.now\(|utcnow\(|timezone\.now\(|time\.time\(|date\.today\(|\bclock\.now\(|\bpresent\("
    )
    found = {
        str(path.relative_to(SRC)): reads.findall(path.read_text())
        for part in ("logic", "actions", "models", "queries")
        for path in [*SRC.glob(f"*/{part}/**/*.py"), *SRC.glob(f"*/{part}.py")]
        if reads.search(path.read_text())
    }
    assert set(found) <= CLOCKS


CLOCKS = {
    "outbox/actions/beats.py",  # how long ago a process was seen, by the database's clock
    "outbox/actions/running.py",
    "outbox/actions/ticking.py",
    "people/actions/sign_in.py",  # allauth calls it without a time
}


# 3: identity; 14: side effects


def test_a_person_is_no_login_and_no_address() -> None:
    person = {field.name for field in apps.get_model("people.Person")._meta.concrete_fields}
    account = {field.name for field in apps.get_model("people.Account")._meta.concrete_fields}
    assert not person & {"email", "password", "account", "role"}
    assert not account & {"business", "supplier", "role", "person", "is_staff", "is_superuser"}
    assert {"starts_at", "ends_at"} <= {f.name for f in apps.get_model("people.Membership")._meta.concrete_fields}


def test_what_must_happen_once_is_unique_in_the_database() -> None:
    def unique(label: str) -> set[tuple[str, ...]]:
        meta = apps.get_model(label)._meta
        alone = {(field.name,) for field in meta.concrete_fields if field.unique}
        return alone | {tuple(each.fields) for each in meta.constraints if isinstance(each, models.UniqueConstraint)}

    assert ("origin",) in unique("post.InboxItem")
    assert ("inbox_item",) in unique("support.Message")
    assert ("business", "origin") in unique("work.WorkItem")
    assert ("engagement", "week", "kind") in unique("support.Statement")
    assert ("chain", "week") in unique("journal.Seal")
    assert ("key",) in unique("outbox.OutboxItem")
    assert {("key",), ("message_id",)} <= unique("outbox.OutgoingMessage")
    assert ("topic", "key") in unique("outbox.Slot")


def test_the_core_of_the_rules_knows_no_framework() -> None:
    """`logic` runs without Django: it can be read, tested and moved on its own."""
    code = (
        "import sys, pkgutil, importlib, quietmonday\n"
        "for area in ('people', 'post', 'journal', 'support', 'outbox'):\n"
        "    try: logic = importlib.import_module(f'quietmonday.{area}.logic')\n"
        "    except ModuleNotFoundError: continue\n"
        "    for each in pkgutil.walk_packages(logic.__path__, logic.__name__ + '.'):\n"
        "        importlib.import_module(each.name)\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'django'][:5])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=SRC.parent, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
