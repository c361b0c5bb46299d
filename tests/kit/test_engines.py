"""Both engines are what the settings say."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_sqlite_takes_the_write_lock_first_and_keeps_every_commit() -> None:
    if connection.vendor != "sqlite":
        assert connection.settings_dict["ENGINE"] == "django.db.backends.postgresql"
        return
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
