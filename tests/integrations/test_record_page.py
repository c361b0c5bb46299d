"""The owner takes the record out on a page: made by a worker, fetched for two days, told in the journal."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from quietmonday.integrations.actions import taking_out
from quietmonday.integrations.actions.taking_out import ask_for_export, expire_exports, make_export
from quietmonday.integrations.models import Export
from quietmonday.integrations.queries.exports import file_of, progress_file_of, progress_of
from quietmonday.journal.models import Entry
from quietmonday.kit.archives import Reader
from quietmonday.outbox.models import OutboxItem
from tests.cast import Cast
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EXPORTS_DIR", tmp_path / "exports")


def verbs(cast: Cast) -> list[str]:
    entries = Entry.objects.filter(chain__kind="business", business_id=cast.oakhurst.pk).order_by("seq")
    return [verb for verb in entries.values_list("verb", flat=True) if verb.startswith("business.export")]


def test_from_the_button_to_the_file(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        asked(cast, "Scanners lose Wi-Fi", at=NOW)
        ruth, page = client_of(cast.ruth), reverse("integrations:record", args=[cast.oakhurst.pk])
        assert "take it with you whenever you want" in ruth.get(page).content.decode()
        assert ruth.post(page).status_code == 302
        assert ruth.post(page).status_code == 302  # a second tap asks for nothing more
        export = Export.objects.get()
        assert "is being put together" in ruth.get(page).content.decode()
        item = OutboxItem.objects.get(topic="integrations.make_export")
        assert item.ids == {"export": str(export.pk)}

        make_export(export_id=export.pk, now=NOW)
        make_export(export_id=export.pk, now=NOW + HOUR)
        assert Export.objects.get().made_at == NOW
        assert "is ready to fetch" in ruth.get(page).content.decode()
        answer: Any = ruth.post(reverse("integrations:fetch_record", args=[export.pk]))
        assert "attachment" in answer.headers["Content-Disposition"]
        copy = Path(settings.EXPORTS_DIR) / "copy.qm"
        copy.write_bytes(b"".join(answer))
        with Reader(copy) as reader:
            reader.check()
            assert reader.manifest["business"]["name"] == "Oakhurst Joinery"
        assert verbs(cast) == ["business.exported", "business.export_fetched"]


def test_after_two_days_it_is_gone(cast: Cast) -> None:
    export = ask_for_export(business=cast.oakhurst, actor=actor(cast.ruth), now=NOW)
    make_export(export_id=export.pk, now=NOW)
    assert file_of(export).exists() and file_of(export).stat().st_mode & 0o777 == 0o600
    fetch = reverse("integrations:fetch_record", args=[export.pk])
    assert expire_exports(now=NOW + 47 * HOUR) == 0
    with time_machine.travel(NOW + 48 * HOUR, tick=False):
        assert client_of(cast.ruth).post(fetch).status_code == 404
    assert expire_exports(now=NOW + 48 * HOUR) == 1
    assert not file_of(export).exists()


def test_nobody_but_the_owner_fetches_it(cast: Cast) -> None:
    export = ask_for_export(business=cast.oakhurst, actor=actor(cast.ruth), now=NOW)
    make_export(export_id=export.pk, now=NOW)
    with time_machine.travel(NOW + HOUR, tick=False):
        fetch = reverse("integrations:fetch_record", args=[export.pk])
        statuses = {
            who: client_of(getattr(cast, who)).post(fetch).status_code for who in ("maria", "dele", "sam", "jo")
        }
        assert set(statuses.values()) == {404}
        assert client_of(cast.ruth).get(fetch).status_code == 405
    assert verbs(cast) == ["business.exported"]


def test_a_maker_that_was_killed_is_followed_by_another(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export = ask_for_export(business=cast.oakhurst, actor=actor(cast.ruth), now=NOW)

    def killed(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(taking_out, "_made", killed)  # the file is there, its row does not know
        with pytest.raises(KeyboardInterrupt):
            make_export(export_id=export.pk, now=NOW)
    (Path(settings.EXPORTS_DIR) / f".{export.pk}.qm.abcd.partial").write_bytes(b"half")
    progress = progress_of(export)
    assert 0 < progress.done <= progress.total
    make_export(export_id=export.pk, now=NOW + HOUR)
    assert Export.objects.get().made_at == NOW + HOUR
    assert [path.name for path in Path(settings.EXPORTS_DIR).iterdir()] == [f"{export.pk}.qm"]
    with Reader(file_of(export)) as reader:
        reader.check()


@pytest.mark.parametrize("said", ["", "{", "[]", '{"done": "x"}', '{"done": 9999}'])
def test_progress_is_never_more_than_known(cast: Cast, said: str) -> None:
    export = ask_for_export(business=cast.oakhurst, actor=actor(cast.ruth), now=NOW)
    assert progress_of(export).done == 0
    progress_file_of(export).parent.mkdir(parents=True, exist_ok=True)
    progress_file_of(export).write_text(said)
    progress = progress_of(export)
    assert 0 <= progress.done <= progress.total
