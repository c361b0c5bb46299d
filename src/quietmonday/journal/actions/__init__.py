"""Verbs of the journal: append, erase, seal."""

from quietmonday.journal.actions.append import Event as Event
from quietmonday.journal.actions.append import NotInTransaction as NotInTransaction
from quietmonday.journal.actions.append import append as append
from quietmonday.journal.actions.append import append_many as append_many
from quietmonday.journal.actions.append import append_told as append_told
from quietmonday.journal.actions.append import hold_chains as hold_chains
from quietmonday.journal.actions.append import register_listener as register_listener
from quietmonday.journal.actions.erase import UNTOUCHED as UNTOUCHED
from quietmonday.journal.actions.erase import erase_payload as erase_payload
from quietmonday.journal.actions.erase import erase_payloads as erase_payloads
from quietmonday.journal.actions.seal import WeekNotOver as WeekNotOver
from quietmonday.journal.actions.seal import seal_week as seal_week
