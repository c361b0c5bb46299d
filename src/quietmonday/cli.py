"""The `quietmonday` command: ours first, then every command of Django."""

import argparse
import difflib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

HELP = """\
Quiet Monday: one record of IT support that a business and its suppliers share.
  quietmonday COMMAND [--help]

{commands}
Django's own commands work too (check, shell, makemigrations, …). Settings come from the environment; README lists them.
"""

OURS = {
    "run": "Start web, worker and scheduler together on this machine.",
    "serve": "The same behind a proxy with a public address; refuses settings that do not fit that.",
    "web": "Start the web server only.",
    "health": "Ask this machine's web server whether all is well; ends with 0 if so.",
    "upgrade": "Back up, then bring tables and static files to this version.",
    "migrate": "Bring the database to this version.",
}
"""The commands that are no management command of an area, or Django's with a sense of its own here."""


def main() -> None:
    """Run the command in sys.argv; leave with 2 and one line when there is no such command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    words = sys.argv[1:]
    try:
        sys.exit(_run(words))
    except KeyboardInterrupt:
        sys.exit(130)


def _run(words: list[str]) -> int:
    if words[:1] == ["intake"]:
        return _intake(words)
    _set_up()
    if not words or words in (["help"], ["--help"], ["-h"]):
        print(HELP.format(commands=_commands_in_words()), end="")
        return 0
    if words[0] in ("--version", "version"):
        from importlib.metadata import version

        print(f"Quiet Monday {version('quietmonday')}")
        return 0
    if words[0] in ("run", "serve", "web"):
        return _serve(words)
    if words == ["health"]:
        from quietmonday.config.web import health

        trouble = health()
        print(trouble or "All is well.")
        return 1 if trouble else 0
    if words[0] == "upgrade":
        return _upgrade(words[1:])
    return _manage(words)


def _intake(words: list[str]) -> int:
    """Take a mail from a mail server's pipe. What goes wrong and is not the mail's fault ends with 75 (sysexits): the
    mail server keeps it and tries again. Any other code would send it back to who wrote it."""
    try:
        try:
            _set_up()
        except SystemExit:  # a setting that cannot be read; its message is printed
            return TRY_AGAIN
        return _sysexit(_manage(words))
    except SystemExit as end:
        return _sysexit(end.code)
    except Exception as error:  # noqa: BLE001  # a mail must not come back because we are in trouble
        print(f"quietmonday intake: {type(error).__name__}. Try again later.", file=sys.stderr)
        return TRY_AGAIN


def _sysexit(code: str | int | None) -> int:
    """Return the exit code of a command as mail servers read it: Django ends with 2 for wrong words, and with 1 for
    anything that it knows no better."""
    if not isinstance(code, int):
        return TRY_AGAIN if code else 0
    return {0: 0, 1: TRY_AGAIN, 2: 64}.get(code, code)


TRY_AGAIN = 75


def _set_up() -> None:
    import django

    try:
        django.setup()
    except ValueError as error:  # a setting that cannot be read: its message is for people
        print(f"quietmonday: a setting in the environment is wrong: {error}", file=sys.stderr)
        sys.exit(2)


def _serve(words: list[str]) -> int:
    name, rest = words[0], words[1:]
    if rest:
        print(f"quietmonday {name}: {OURS[name]} It takes no further words; README lists its settings.")
        return 0 if rest[0] in ("--help", "-h") else 2
    from quietmonday.config.listening import CannotStart

    try:
        if name == "web":
            from quietmonday.config.web import serve as become_web

            become_web()
        from quietmonday.config import running

        start = running.serve if name == "serve" else running.run
        start(say=lambda line: print(line, flush=True))
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _upgrade(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="quietmonday upgrade", description=OURS["upgrade"])
    parser.add_argument("--backup", type=Path, metavar="FILE", help="where to (a file in VAR/backups)")
    parser.add_argument("--while-running", action="store_true", help="although others are at work on the record")
    options = parser.parse_args(words)
    from quietmonday.config.listening import CannotStart
    from quietmonday.config.upgrading import upgrade
    from quietmonday.kit.clock import now

    try:
        upgrade(
            backup=options.backup,
            while_running=options.while_running,
            now=now(),
            say=lambda line: print(line, flush=True),
        )
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _manage(words: list[str]) -> int:
    from django.core.management import execute_from_command_line, get_commands

    known = get_commands()
    words = _joined(words, known)
    name = words[0].replace("-", "_") if words[0] != "help" else "help"
    if name not in known and name != "help":
        close = difflib.get_close_matches(words[0], [spoken(each) for each in [*known, *OURS]], n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        print(f"quietmonday: there is no command {words[0]!r}.{hint} `quietmonday --help` lists them.", file=sys.stderr)
        return 2
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(["quietmonday", name, *words[1:]])
    except (OperationalError, ProgrammingError) as error:
        if not _tables_missing():
            raise
        print(
            f"There is no record here yet ({type(error).__name__}). Make it first: quietmonday migrate", file=sys.stderr
        )
        return 1
    return 0


def _joined(words: list[str], known: Iterable[str]) -> list[str]:
    """Take two words that are one command as one: `import business` is the module import_business."""
    if len(words) > 1 and f"{words[0]}_{words[1]}" in known and words[0].isalpha() and words[1].isalpha():
        return [f"{words[0]}_{words[1]}", *words[2:]]
    return words


def _tables_missing() -> bool:
    """Whether the database is empty, or cannot be asked."""
    from django.db import DatabaseError, connection

    try:
        return "people_account" not in connection.introspection.table_names()
    except DatabaseError:
        return False


def _commands_in_words() -> str:
    from django.core.management import get_commands, load_command_class

    lines = dict(OURS)
    for name, app in get_commands().items():
        if isinstance(app, str) and app.startswith("quietmonday."):
            lines[spoken(name)] = load_command_class(app, name).help
    return "\n".join(f"  {name:<15} {line}" for name, line in lines.items())


def spoken(name: str) -> str:
    """Return a command's name as people type it: sign-in-link for sign_in_link, import business for import_business."""
    first, _, second = name.partition("_")
    return f"{first} {second}" if first in ("import", "export") and second else name.replace("_", "-")
