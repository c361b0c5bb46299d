"""Killed at every kind of commit boundary along the slice: the rows are those of an undisturbed telling.

The process that does a chapter's work is killed at the points named below, each time begun again, until the chapter is
through; the web server dies of every form it is sent, after its commit and before its answer, and the form is sent
again. What is compared, and what is left out, says tests/rows.py.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.journeys.place import Place, copies
from tests.journeys.servers import MailServers
from tests.journeys.story import HELP, WEB_FAULT, Story
from tests.rows import Row, differences

pytestmark = [pytest.mark.imap, pytest.mark.both_engines]

IMPORT = [
    "post.keep.before_commit",
    "support.import.after_keep",
    "support.take_in.after_files",
    "support.take_in.before_commit",
    "support.take_in.after_commit",
    "support.import.after_take_in",
]
READING = [
    "outbox.slot.before_commit",
    "outbox.slot.after_commit",
    "outbox.dispatch.before_commit",
    "outbox.dispatch.after_commit",
    "post.keep.before_commit",
    "post.read.after_keep",
    "post.read.before_mark",
]
TAKING_IN = [
    "outbox.run.before_begin",
    "outbox.run.after_begin",
    "support.take_in.after_files",
    "support.take_in.before_commit",
    "support.take_in.after_commit",
]
TELLING = ["support.tell.before_commit", "outbox.run.after_job:3", "outbox.settle.before_commit:3"]
SENDING = [
    "outbox.send.before_smtp",
    "outbox.send.after_smtp",
    "outbox.send.after_commit",
    "outbox.settle.after_commit",
]
MONDAY = [
    "reports.monday.after_statement",
    "reports.monday.after_seal",
    "reports.monday.before_mails",
    "reports.monday.after_mail",
]
# An item is given up after it was lost eight times, so the points are shared out among several tellings.
TELLINGS: dict[str, Mapping[str, Sequence[str]]] = {
    "import and reading": {"old mails": IMPORT, "Dele writes": READING, "Monday": MONDAY[:2]},
    "taking in and telling": {"Dele writes": TAKING_IN, "Dele replies": TAKING_IN[2:], "Bill reports": TELLING},
    "sending, Monday, web": {
        "Dele writes": SENDING,
        "Sam answers": SENDING[1:2],
        "Monday": ["outbox.slot.after_commit", *MONDAY[2:], "outbox.send.after_smtp:2"],
        "settled Monday": ["reports.monday.after_statement:2", "outbox.reap.after_commit"],
        "web": [WEB_FAULT],
    },
}

# Each telling takes half a minute an engine; this one has the web server's kills and most commits of the slice.
FIRST_TIER = "sending, Monday, web"


@pytest.fixture(scope="module")
def undisturbed(
    template: Place, servers: MailServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Place, Counter[tuple[str, str]]]]:
    """The story told without a kill, and what the mail server took."""
    servers.empty()
    with copies(template, tmp_path_factory.mktemp("calm"), "calm") as [calm]:
        Story(calm, servers).tell()
        assert max(Counter(servers.smtp.accepted).values()) == 1
        yield calm, letters(servers)


@pytest.mark.slow_on_postgres
@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(faults, id=name, marks=() if name == FIRST_TIER else pytest.mark.slow)
        for name, faults in TELLINGS.items()
    ],
)
def test_killed_at_commit_boundaries_the_story_ends_with_the_same_rows(
    template: Place,
    servers: MailServers,
    undisturbed: tuple[Place, Counter[tuple[str, str]]],
    rows_of: Callable[..., Counter[Row]],
    tmp_path: Path,
    faults: Mapping[str, Sequence[str]],
) -> None:
    calm, calm_letters = undisturbed
    servers.empty()
    with copies(template, tmp_path, "rough") as [rough]:
        Story(rough, servers, faults).tell()
        assert differences(rows_of(calm), rows_of(rough)) == ""
        assert files(calm) == files(rough)
        rough.must("verify")
        # To the outside at least once, and what came twice came as the same mail.
        assert letters(servers) == calm_letters
        accepted = Counter(servers.smtp.accepted)
        assert max(accepted.values()) <= 2


def letters(servers: MailServers) -> Counter[tuple[str, str]]:
    """To whom what was said and how often, of all mails that came to people; the same mail counts once."""
    people = {recipient for _, recipient, _ in servers.smtp.accepted} - {HELP}
    mails = {
        (address, str(mail["Subject"]), str(mail["Message-ID"]).strip())
        for address in people
        if "+" not in address
        for mail in servers.dovecot.mails(address)
    }
    return Counter((address, subject) for address, subject, _ in mails)


def files(place: Place) -> list[str]:
    """Return the names of stored files; a name is the digest of what is in it."""
    return sorted(path.name for path in (place.var / "files").rglob("*") if path.is_file())
