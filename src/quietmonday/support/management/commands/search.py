"""`quietmonday search check` and `quietmonday search rebuild`."""

from __future__ import annotations

import itertools
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from quietmonday.journal.management.sentences import said
from quietmonday.support.actions.indexing import rebuild_search
from quietmonday.support.queries.search_check import search_as_said
from quietmonday.support.queries.search_state import state_of_search

MOST_LINES = 20


class Command(BaseCommand):
    """The index is made out of the requests, so making it anew loses nothing. Exit code 1: it is not what they say."""

    help = "Check the index of the search against the requests, or make it anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["check", "rebuild"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "rebuild":
            done = rebuild_search(progress=self._progress)
            self.stdout.write(_("Messages in the search: %(n)s.") % {"n": f"{done:,}"})
            return
        state = state_of_search()
        if not state.is_whole:
            raise CommandError(
                _("The search is not whole: %(done)s of %(total)s messages. Make it: quietmonday search rebuild")
                % {"done": f"{state.done:,}", "total": f"{state.total:,}"}
            )
        found = list(itertools.islice(search_as_said(None), MOST_LINES))
        for finding in found:
            self.stdout.write(f"  {said(finding)}")
        if found:
            raise CommandError(_("The search is not what the requests say. Make it anew: quietmonday search rebuild"))
        self.stdout.write(_("The search holds what the requests say, and nothing else."))

    def _progress(self, _what: str, count: int) -> None:
        self.stderr.write(_("Messages so far: %(n)s") % {"n": f"{count:,}"})
