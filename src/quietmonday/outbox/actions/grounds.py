"""Several machines are one installation only if they share the files and the keys: looked at before each starts."""

import datetime as dt
import hashlib
from pathlib import Path

from django.conf import settings
from django.db import transaction

from quietmonday.kit.envelope import derived_key, ensure_key_file
from quietmonday.outbox.models import CommonGround

MARK = "installation"
"""A file in the folder of files. It holds 32 bytes of chance and no secret."""


class OtherGround(RuntimeError):
    """This machine's files or keys are not those of the database; the message says which, and what to do."""


def stand_on_common_ground(*, now: dt.datetime) -> None:
    """Remember this machine's files and keys if it is the first; else raise OtherGround unless they are the same."""
    if unfinished_restore().exists():
        raise OtherGround(
            "Not started: a restore was broken off, and may have brought back what had ended. Begin anew with an empty "
            "installation and say quietmonday restore again; docs/running.md says how."
        )
    found = _here()
    ground, _ = CommonGround.objects.get_or_create(only=True, defaults=found | {"made_at": now})
    reasons = _differing(found, ground)
    if reasons:
        raise OtherGround(
            "Not started: this machine does not share with the others what they must share.\n"
            + "\n".join(f"- {reason}" for reason in reasons)
            + "\ndocs/running.md says what several machines share. If these files and keys are the right ones from now "
            "on (the others are lost): quietmonday shared --anew"
        )


def unfinished_restore() -> Path:
    """Return the file that is there while a restore is not finished."""
    return Path(settings.VAR) / "restore-not-finished"


@transaction.atomic
def take_ground_anew(*, now: dt.datetime) -> None:
    """Make this machine's files and keys the ones that count."""
    CommonGround.objects.update_or_create(only=True, defaults=_here() | {"made_at": now})


def _here() -> dict[str, str]:
    mark = ensure_key_file(Path(settings.FILES_DIR) / MARK)
    return {
        "files_mark": hashlib.sha256(mark).hexdigest(),
        "root_key_sum": hashlib.sha256(derived_key("common-ground")).hexdigest(),
        "session_key_sum": hashlib.sha256(b"common-ground" + settings.SECRET_KEY.encode()).hexdigest(),
    }


def _differing(found: dict[str, str], ground: CommonGround) -> list[str]:
    words = {
        "files_mark": f"The folder {settings.FILES_DIR} is not the one in which the others keep files: what is sent in "
        "here could not be opened there. Mount theirs, or let QUIETMONDAY_VAR lead to it.",
        "root_key_sum": f"The root key {settings.ROOT_KEY_FILE} is another one: no stored password or mail would open. "
        "Copy theirs.",
        "session_key_sum": f"The key {Path(settings.VAR) / 'keys' / 'session.key'} is another one: whoever signed in "
        "there would be a stranger here. Copy theirs.",
    }
    return [said for name, said in words.items() if found[name] != getattr(ground, name)]
