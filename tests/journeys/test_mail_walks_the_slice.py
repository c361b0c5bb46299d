"""A mail walks the whole slice and back: real SMTP, a real Dovecot, real processes, real pages."""

import subprocess
import sys
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr
from pathlib import Path

import pytest

from quietmonday.journal.logic.seal_text import parse_seals
from tests.journeys.place import Place, copies
from tests.journeys.servers import MailServers
from tests.journeys.story import ASHA, BILL, DELE, MALLORY, MARIA, RUTH, SAM, Story, text_of
from tests.outbox.installation import ROOT

pytestmark = [pytest.mark.imap, pytest.mark.both_engines]


@pytest.fixture(scope="module")
def story(template: Place, servers: MailServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The whole story, told once; the tests look at what came of it."""
    servers.empty()
    with copies(template, tmp_path_factory.mktemp("walk"), "walk") as [place]:
        story = Story(place, servers)
        story.tell()
        yield story


def test_a_mail_becomes_a_request_and_its_writer_gets_a_receipt_to_answer(story: Story) -> None:
    receipt = story.mail_to(DELE, "We have it: Scanners drop out")
    assert parseaddr(str(receipt["Reply-To"]))[1].startswith("help+r.")
    assert receipt["Auto-Submitted"] == "auto-generated"
    assert "All scanners lose the network." in text_of(story.mail_to(ASHA, "New request: Scanners drop out"))


def test_an_answer_on_the_page_reaches_the_mailbox_and_the_reply_joins_the_request(story: Story) -> None:
    assert "I am looking at the access points now." in text_of(story.mail_to(DELE, "Re: Scanners drop out"))
    assert messages(story) == [
        ("customer", "email", "Dele Adeyemi", "All scanners lose the network."),
        ("supplier", "web", "Sam Kessler", "I am looking at the access points now."),
        ("customer", "email", "Dele Adeyemi", "Thank you, it comes and goes."),
    ]


def test_a_copied_reply_address_and_a_guessed_message_id_are_kept_change_nothing_and_nobody_is_mailed(
    story: Story,
) -> None:
    kept = story.place.rows(
        "SELECT state, rule, outcome_id FROM post_inboxitem WHERE sender = 'm@evil.test' ORDER BY id"
    )
    assert kept == [("kept", "forged_reply", None)] * 2
    assert not [accepted for accepted in story.servers.smtp.accepted if accepted[1] == MALLORY]
    assert not [mail for mail in inbox(story, SAM) + inbox(story, ASHA) + inbox(story, DELE) if "Close it" in mail]


def test_the_outcome_is_asked_for_by_mail_and_the_tap_counts(story: Story) -> None:
    assert story.place.rows("SELECT answer FROM support_feedback") == [("solved",)]
    [(quick, effective)] = story.place.rows(
        "SELECT quick, effective FROM support_verdict v JOIN support_ticket t ON t.id = v.ticket_id"
        " WHERE t.subject = 'Scanners drop out'"
    )
    assert (quick, effective) == ("yes", "yes")


def test_old_mails_are_taken_in_and_nobody_is_told(story: Story) -> None:
    assert not [mail for mail in inbox(story, DELE) + inbox(story, ASHA) + inbox(story, SAM) if "half a label" in mail]
    assert len(story.place.rows("SELECT id FROM support_message WHERE channel = 'email' AND text LIKE '%label%'")) == 1


def test_a_form_becomes_a_request(story: Story) -> None:
    assert "The till is dead." in text_of(story.mail_to(ASHA, "New request: The till is dead"))
    assert story.mail_to(BILL, "We have it: The till is dead")


@pytest.mark.parametrize("address", [RUTH, MARIA, ASHA])
def test_both_sides_get_the_monday_mail_with_the_seal_and_it_verifies(story: Story, address: str) -> None:
    text = text_of(monday_mail(story, address))
    assert parse_seals(text)
    code, said = verify(story.place, text)
    assert (code, said.splitlines()[-1]) == (0, "The record is whole.")


def test_the_week_is_stated_twice(story: Story) -> None:
    weeks = story.place.rows(
        "SELECT s.week, s.kind FROM support_statement s JOIN people_engagement e ON e.id = s.engagement_id"
        " JOIN people_supplier p ON p.id = e.supplier_id WHERE p.name = 'Fennimore IT' AND s.week = '2026-W47'"
        " ORDER BY s.kind"
    )
    assert weeks == [("2026-W47", "provisional"), ("2026-W47", "settled")]


def test_after_a_rewriting_that_recomputes_every_hash_the_mailed_seal_fails(story: Story, tmp_path: Path) -> None:
    story.place.rest()
    text = text_of(monday_mail(story, RUTH))
    with copies(story.place, tmp_path, "rewritten") as [rewritten]:
        rewritten.must("step", "rewrite")
        assert verify(rewritten)[0] == 0  # every hash fits again: only what left the house can tell
        code, said = verify(rewritten, text)
    assert code == 1
    assert "NOT WHOLE" in said


def messages(story: Story) -> list[tuple[object, ...]]:
    return story.place.rows(
        "SELECT side, channel, author_name, text FROM support_message m JOIN support_ticket t ON t.id = m.ticket_id"
        " WHERE t.subject = 'Scanners drop out' ORDER BY m.occurred_at, m.id"
    )


def inbox(story: Story, address: str) -> list[str]:
    return [text_of(mail) for mail in story.servers.dovecot.mails(address)]


def monday_mail(story: Story, address: str) -> Message:
    """The one with the seals of the week in which it all happened."""
    mails = [mail for mail in story.servers.dovecot.mails(address) if str(mail["Subject"]).startswith("Monday at")]
    [found] = [mail for mail in mails if {seal.week for seal in parse_seals(text_of(mail))} == {"2026-W47"}]
    return found


def verify(place: Place, text: str = "") -> tuple[int, str]:
    """Return exit code and output of `quietmonday verify`, with the text of a mail on its standard input."""
    command = [sys.executable, "-m", "quietmonday", "verify", *(["--seal", "-"] if text else [])]
    done = subprocess.run(command, env=place.env, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()
