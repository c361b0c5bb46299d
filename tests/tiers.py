"""Which tests run where: leaves out, by marker, what a run cannot or need not do. Nothing is skipped silently.

A run on SQLite leaves out `postgres`, a run on PostgreSQL leaves out `sqlite`. `--leave-out=MARKER` leaves out more.
`--second-engine` keeps only what depends on the engine: pytest-django refuses the database to a test that does not
ask for it, so a test that asks for none gives the same answer on both. Browser tests run once: what they add is the
browser. So do those marked `one_engine`: they use a database, and what they test lies above it. With `slow` goes, on
PostgreSQL, what is marked `slow_on_postgres`: it runs there in the second tier.
"""

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_user", "admin_client"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare our two options."""
    group = parser.getgroup("tiers")
    group.addoption("--leave-out", action="append", default=[], metavar="MARKER", help="leave out tests so marked")
    group.addoption("--second-engine", action="store_true", help="only tests that depend on the database engine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect; pytest's closing line counts what was deselected."""
    from django.conf import settings

    on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    left_out = {*config.getoption("leave_out"), "postgres" if on_sqlite else "sqlite"}
    if "slow" in left_out and not on_sqlite:
        left_out |= {"slow_on_postgres"}
    kept, deselected = [], []
    for item in items:
        is_left_out = any(item.get_closest_marker(name) for name in left_out)
        if is_left_out or (config.getoption("second_engine") and not depends_on_the_engine(item)):
            deselected.append(item)
        else:
            kept.append(item)
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = kept


def depends_on_the_engine(item: pytest.Item) -> bool:
    """Return whether another engine could change this test's answer."""
    if item.get_closest_marker("browser") or item.get_closest_marker("one_engine"):
        return False
    if any(item.get_closest_marker(name) for name in ("django_db", "both_engines", "postgres")):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
