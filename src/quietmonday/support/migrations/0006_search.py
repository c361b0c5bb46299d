"""The index of the search: two tables that no model stands for, because an engine makes each its own way.

It is made out of requests and messages and holds nothing of its own, so no backup has it and nothing points at it.
`quietmonday run`, `serve` and `upgrade` fill it where requests are there already.
"""

from django.db import migrations

from quietmonday.kit.tables import FROM_THE_START

_STATE = (
    "CREATE TABLE support_search_state (id integer PRIMARY KEY, form integer NOT NULL, is_ready boolean NOT NULL, "
    "done integer NOT NULL, total integer NOT NULL, taken_out integer NOT NULL)"
)
# A row a message, its key the second in which it was said (or the next free one before): the order of the index.
_SQLITE = (
    "CREATE TABLE support_search (place integer PRIMARY KEY, message char(32) NOT NULL, ticket char(32) NOT NULL, "
    "note_of char(32), at integer NOT NULL, words text NOT NULL, writer text NOT NULL, files text NOT NULL, "
    "marks text NOT NULL)",
    "CREATE UNIQUE INDEX support_search_message ON support_search (ticket, message)",
    # No content, no positions: the words stand in the table above and are looked at there.
    "CREATE VIRTUAL TABLE support_search_keys USING fts5(keys, content='', columnsize=0, detail=none, "
    "tokenize=\"ascii tokenchars '_'\")",
)
_POSTGRESQL = (
    "CREATE TABLE support_search (place bigint PRIMARY KEY, message uuid NOT NULL, ticket uuid NOT NULL, "
    "note_of uuid, at bigint NOT NULL, words text NOT NULL, writer text NOT NULL, files text NOT NULL, "
    "marks integer[] NOT NULL, keys integer[] NOT NULL)",
    "CREATE UNIQUE INDEX support_search_message ON support_search (ticket, message)",
    # What waits in a pending list is read from end to end by every search.
    "CREATE INDEX support_search_keys ON support_search USING gin (keys) WITH (fastupdate = off)",
)
_SECURE_DELETE_SINCE = (3, 42)


def make(apps, schema_editor):
    connection = schema_editor.connection
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for statement in (_STATE, *(_SQLITE if sqlite else _POSTGRESQL)):
            cursor.execute(statement)
        if sqlite and connection.Database.sqlite_version_info >= _SECURE_DELETE_SINCE:
            cursor.execute("INSERT INTO support_search_keys(support_search_keys, rank) VALUES ('secure-delete', 1)")
        # Where nothing was said yet, the index is whole.
        ready = not apps.get_model("support", "Message").objects.exists()
        cursor.execute("INSERT INTO support_search_state VALUES (1, 1, %s, 0, 0, 0)", [ready])


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute("DROP TABLE support_search_keys")
        cursor.execute("DROP TABLE support_search")
        cursor.execute("DROP TABLE support_search_state")


class Migration(migrations.Migration):
    dependencies = [("support", "0005_changed_at")]

    operations = [migrations.RunPython(make, drop, hints=FROM_THE_START)]
