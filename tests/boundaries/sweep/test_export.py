"""What one business takes out is all of its own, and nothing of anybody else: not a word, not an id, not a key."""

from __future__ import annotations

import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import models

from quietmonday.integrations.actions.export import export_business
from quietmonday.integrations.queries.belonging import (
    PARTIES,
    STAYS,
    instead_of,
    keys_between,
    rows_of,
    travelling_models,
)
from quietmonday.integrations.queries.tables import LEFT_AT_HOME, columns_of, our_models
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.engagements import engage
from quietmonday.people.actions.memberships import write_membership
from quietmonday.people.actions.persons import add_address, add_person
from quietmonday.people.models import Business, Membership, Person, Role
from quietmonday.support.models import Message
from tests.boundaries.sweep.canaries import CANARY
from tests.boundaries.sweep.canaries import our_models as every_model
from tests.boundaries.sweep.core import undone
from tests.boundaries.sweep.stories import NOW
from tests.boundaries.sweep.world import World

pytestmark = pytest.mark.django_db


def everything_in(path: Path) -> bytes:
    with zipfile.ZipFile(path) as file:
        return b"\n".join(file.read(name) for name in file.namelist())


def taken_out(world: World, folder: Path) -> bytes:
    """Let the two businesses share a supplier, a person and an address; take Oakhurst's record out."""
    cast = world.cast
    engage(business=cast.tilden, supplier=cast.fennimore, actor=SYSTEM, now=NOW)
    both, account = "jo@both.example", cast.jo.account
    jo = add_person(place=cast.oakhurst, name="Jo at Oakhurst", emails=[both], actor=SYSTEM, now=NOW)
    add_address(person=cast.jo.person, email=both, actor=SYSTEM, now=NOW)
    ruth = add_person(
        place=cast.fennimore, name="Ruth at Fennimore", emails=["ruth@both.example"], actor=SYSTEM, now=NOW
    )
    for person, role, login in ((jo, Role.STAFF, account), (ruth, Role.TECHNICIAN, cast.ruth.account)):
        write_membership(person=person, email="", role=role, actor=SYSTEM, now=NOW, account=login)
    assert Membership.objects.filter(account=account).count() == 2
    assert Person.objects.filter(addresses__email=both).count() == 2
    path = folder / "oakhurst.qm"
    business = Business.objects.get(pk=cast.oakhurst.pk)
    made = export_business(business=business, path=path, now=NOW, progress=lambda what, count: None)
    assert made.tickets >= 10 and made.files.count > 0
    assert str(jo.pk.hex).encode() in everything_in(path)
    return everything_in(path)


def test_nothing_of_another_business_travels(world: World, tmp_path: Path) -> None:
    with undone():
        text = taken_out(world, tmp_path)
        assert b"markoursx" in text  # the words that are ours are there
        assert CANARY.findall(text) == []
        # A supplier's name and its people who worked for us are ours to know; Tilden's own supplier is not ours.
        ids = {each.replace("-", "") for each in world.canaries.ids}
        shared = {world["ours_supplier"].pk.hex, world["ours_engagement"].pk.hex}
        found = {each for each in re.findall(r"[0-9a-f]{32}", text.decode("utf-8", "replace")) if each in ids}
        assert found - shared == set()


def test_no_note_of_a_supplier_and_nothing_that_opens_a_door_travels(world: World, tmp_path: Path) -> None:
    with undone():
        text = taken_out(world, tmp_path)
        assert Message.objects.filter(business=world.cast.oakhurst, public=False).exists()
        for secret in (b"marknotefennimorex", b"marknotenorvanex", b"argon2", b"correct horse", b"session"):
            assert secret not in text.replace(b"session_epoch", b"")
        for label in STAYS:
            assert label.encode() not in text
        for row in rows_of(_model("post.Mailbox"), world.cast.oakhurst.pk).values():
            sealed = [bytes(value) for name, value in row.items() if name.startswith("sealed_") and value]
            assert sealed
            assert not [each for each in sealed if each in text or each.hex().encode() in text]


def test_all_that_belongs_to_the_business_travels(world: World) -> None:
    ours = world.cast.oakhurst.pk
    for model in travelling_models():
        if any(field.attname == "business_id" for field in model._meta.concrete_fields):
            everything = set(model._base_manager.filter(business_id=ours).values_list("pk", flat=True))
            gone = everything - set(rows_of(model, ours).values_list("pk", flat=True))
            # What a supplier keeps to itself.
            kept_back = {"support.Message", "support.Attachment", "post.File", "support.Step", "support.Recurrence"}
            assert not gone or model._meta.label in kept_back, model._meta.label
        assert rows_of(model, ours).exists() or model._meta.label in EMPTY_IN_THE_WORLD, model._meta.label


EMPTY_IN_THE_WORLD: set[str] = {"support.Correction"}
"""Tables of which the world of the sweep has no row at Oakhurst."""


def test_every_key_of_what_travels_points_at_what_travels(world: World) -> None:
    ours = world.cast.oakhurst.pk
    for model in travelling_models():
        told = instead_of(model, ours)
        for column, target in keys_between(model):
            rows: models.QuerySet[Any] = rows_of(model, ours)
            name = "pointed_at"
            ids = set(rows.annotate(**{name: told.get(column, models.F(column))}).values_list(name, flat=True)) - {None}
            assert target._meta.label not in STAYS or not ids, (model, column)
            assert not ids or ids <= set(rows_of(target, ours).values_list("pk", flat=True)), (
                model._meta.label,
                column,
            )


def test_it_is_decided_of_every_table_whether_it_travels_and_is_backed_up() -> None:
    ours = set(our_models())
    assert ours == set(every_model())
    for model in ours:
        assert columns_of(model)
        if model._meta.label not in STAYS:
            rows_of(model, NOBODY)
    labels = {model._meta.label for model in ours}
    assert STAYS.keys() <= labels and LEFT_AT_HOME.keys() <= labels and set(PARTIES) <= labels


NOBODY = uuid.UUID(int=0)


def _model(label: str) -> Any:
    return next(model for model in our_models() if model._meta.label == label)
