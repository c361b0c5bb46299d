"""Two catalogues of one language made one, for a merge of two branches: `git config merge.words.driver` names this."""

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from wording.catalogues import written


def merge(base: Path, ours: Path, theirs: Path) -> list[str]:
    """Write into `ours` the messages of both sides; return those to which both gave other words (ours are kept).

    What one side alone said anew is taken. A message that only one side has stays: `bin/words` drops it afterwards
    when no code says it any more.
    """
    before, mine, others = (_read(path) for path in (base, ours, theirs))
    disputed = []
    for message in others:
        if not message.id:
            continue
        here, there = _of(mine, message), _of(before, message)
        if here is None:
            _put(mine, message)
        elif here.string != message.string and (there is None or message.string != there.string):
            if there is None or here.string != there.string:
                disputed.append(str(message.id))
            else:
                here.string = message.string
    ours.write_bytes(written(mine))
    return disputed


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, domain="django")  # the language stands in its head


def _of(catalog: Catalog, message: Message) -> Message | None:
    return catalog.get(message.id, message.context)


def _put(catalog: Catalog, message: Message) -> None:
    catalog.add(
        message.id,
        message.string,
        locations=message.locations,
        flags=message.flags,
        auto_comments=message.auto_comments,
        user_comments=message.user_comments,
        context=message.context,
    )
