"""Who does something, as the journal knows them: an id and the name of the day."""

import dataclasses
import uuid


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is person, system or outsider (somebody without a membership, say by mail)."""

    id: uuid.UUID | None
    name: str
    kind: str = "person"


SYSTEM = Actor(id=None, name="Quiet Monday", kind="system")
