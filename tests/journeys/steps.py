"""Deeds that have no command, done in a process of their own: `step NAME ARGUMENTS` (forks.py)."""

from django.db import transaction
from django.db.models import QuerySet

from quietmonday.journal.logic.hashing import commitment, entry_hash
from quietmonday.journal.models import Chain, Entry, Payload, Seal
from quietmonday.kit import clock
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.models import Address, Person, Supplier
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox, pause_mailbox
from quietmonday.support.actions.indexing import index_again
from quietmonday.support.models import Message
from tests.cast import make_cast
from tests.journeys.mails import made_mails
from tests.journeys.servers import PASSWORD
from tests.journeys.story import HELP


def seed(staff: str) -> None:
    """Write the cast and `staff` more people at Oakhurst (staff0@oakhurst.example …)."""
    cast = make_cast(clock.now())
    persons = [Person(business=cast.oakhurst, name=f"Staff {n}", since=clock.now()) for n in range(int(staff))]
    Person.objects.bulk_create(persons)
    Address.objects.bulk_create(
        Address(business=cast.oakhurst, person=person, email=f"staff{n}@oakhurst.example")
        for n, person in enumerate(persons)
    )


def connect(port: str) -> None:
    """Connect Fennimore's mailbox for all its clients."""
    connect_mailbox(
        supplier=Supplier.objects.get(name="Fennimore IT"),
        business=None,
        address=HELP,
        host="127.0.0.1",
        port=int(port),
        security="none",
        user=HELP,
        password=PASSWORD,
        actor=SYSTEM,
        now=clock.now(),
    )


def hand(address: str, paused: str = "") -> None:
    """Connect a mailbox of Fennimore's that mail is handed over to."""
    mailbox = connect_mailbox(
        supplier=Supplier.objects.get(name="Fennimore IT"),
        business=None,
        address=address,
        way="handed",
        actor=SYSTEM,
        now=clock.now(),
    )
    if paused:
        pause_mailbox(mailbox=mailbox, actor=SYSTEM, now=clock.now())


def keep(count: str, seed_of_mails: str, first: str, last: str) -> None:
    """Keep made mails `first` to `last` (not included) raw, as if a mailbox had brought them."""
    supplier = Supplier.objects.get(name="Fennimore IT")
    mails = made_mails(int(count), int(seed_of_mails))
    with transaction.atomic():
        for n in range(int(first), int(last)):
            keep_raw(data=mails[n], source="mailbox", origin=f"made:{n}", now=clock.now(), supplier=supplier)


def rewrite() -> None:
    """Rewrite an answer on its page, in the search and in the journal, and make every hash and every stored seal fit
    again, past the ORM's refusals: all that somebody with the database can do."""
    victim = Entry.objects.filter(verb="ticket.said_to_customer").order_by("recorded_at", "seq").first()
    assert victim is not None
    words = Payload.objects.get(entry=victim)
    body = {**words.body, "text": "We were never told."}
    QuerySet(Payload).filter(entry=victim).update(body=body)
    Message.objects.filter(pk=body["message"]).update(text=body["text"])
    index_again(tickets=[victim.subject_id])
    head = victim.previous_hash
    for entry in Entry.objects.filter(chain=victim.chain_id, seq__gte=victim.seq).order_by("seq"):
        entry.previous_hash = head
        if entry.id == victim.id:
            entry.commitment = commitment(salt=words.salt, actor_name=words.actor_name, body=body)
        head = entry_hash(entry.facts())
        fitting = {"previous_hash": entry.previous_hash, "commitment": entry.commitment, "hash": head}
        QuerySet(Entry).filter(pk=entry.id).update(**fitting)
        QuerySet(Seal).filter(chain=victim.chain_id, count=entry.seq).update(head_hash=head)
    QuerySet(Chain).filter(pk=victim.chain_id).update(head_hash=head)
