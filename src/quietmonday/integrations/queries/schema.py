"""Which migrations the tables here have been through, and which this version knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from quietmonday.integrations.logic.manifest import Unfit
from quietmonday.kit.tables import make_tables_at_once, one_at_a_time


def our_areas() -> set[str]:
    """Return the labels of our areas that have tables."""
    return {config.label for config in apps.get_app_configs() if config.name.startswith("quietmonday.")}


def states_here() -> dict[str, str]:
    """Return area → the newest migration that the database has been through; areas without one are left out."""
    loader = MigrationLoader(connection)
    return _newest(loader, {key for key in loader.applied_migrations if key[0] in our_areas()})


def states_known() -> dict[str, str]:
    """Return area → the newest migration of this version."""
    loader = MigrationLoader(connection)
    return {app: name for app, name in loader.graph.leaf_nodes() if app in our_areas()}


def refuse_older_tables() -> None:
    """Raise NotMigrated if the tables here are not those of this version, or there are none."""
    if states_here() != states_known():
        raise NotMigrated("The tables here are not those of this version yet. Make them first: quietmonday migrate")


class NotMigrated(RuntimeError):
    """The tables here are of an older version, or there are none; the message says what to do."""


def refuse_newer(states: Mapping[str, str]) -> None:
    """Raise Unfit if a file's tables have been through a migration that this version does not have."""
    loader = MigrationLoader(connection)
    for area, name in states.items():
        if (area, name) not in loader.graph.nodes:
            raise Unfit(
                f"The file was made by a newer version of Quiet Monday (it has {area[:40]} {name[:80]}). Bring this "
                "installation to that version, then try again. Nothing was changed."
            )


def is_before(states: Mapping[str, str], later: Mapping[str, str]) -> bool:
    """Return whether tables at `states` come to `later` by going forward, or are there already."""
    graph = MigrationLoader(connection).graph
    return all(
        area in later and (area, name) in graph.forwards_plan((area, later[area])) for area, name in states.items()
    )


def models_at(states: Mapping[str, str]) -> Any:
    """Return the registry of models as they were at `states`."""
    loader = MigrationLoader(connection)
    return loader.project_state(list(states.items())).apps


def migrate_to(states: Mapping[str, str]) -> None:
    """Bring the empty tables here to `states`; areas that did not exist then get none. Others' tables: newest."""
    with one_at_a_time():
        if states == states_known():
            make_tables_at_once()
        executor = MigrationExecutor(connection)
        others = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in our_areas()]
        executor.migrate([*others, *states.items()])


def _newest(loader: MigrationLoader, applied: set[tuple[str, str]]) -> dict[str, str]:
    nodes = loader.graph.node_map
    return {
        app: name
        for app, name in applied
        if (app, name) in nodes
        and not any(child.key in applied and child.key[0] == app for child in nodes[(app, name)].children)
    }
