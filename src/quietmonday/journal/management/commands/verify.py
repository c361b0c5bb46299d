"""`quietmonday verify`: is the record whole?"""

from __future__ import annotations

import sys
import uuid
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from quietmonday.journal.logic.checks import registered_checks
from quietmonday.journal.logic.seal_text import MAX_TEXT, NoSeal, SealText, parse_seals
from quietmonday.journal.logic.verification import NOTES
from quietmonday.journal.management.sentences import said
from quietmonday.journal.models import Chain
from quietmonday.journal.queries import check_chain, cross_business_references, lost_chains
from quietmonday.kit.sentences import Finding
from quietmonday.kit.text import clean_line

MOST_LINES = 100  # of one chain or check; the rest is counted


class Command(BaseCommand):
    """Checks every chain, every mailed seal, and that no row points at another business. Exit code 1: not whole."""

    requires_system_checks: list[str] = []  # a broken page must not keep anybody from checking
    help = "Check the journal: every chain, its seals, and that nothing points across businesses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--business", type=uuid.UUID, metavar="ID", help="only this business")
        parser.add_argument(
            "--seal",
            action="append",
            default=[],
            metavar="TEXT",
            help="text of a mail that holds a seal ('-': read it from standard input); may be given several times",
        )

    def handle(self, *args: Any, business: uuid.UUID | None, seal: list[str], **options: Any) -> None:
        mailed = _by_chain(_texts(seal))
        chains = Chain.objects.order_by("business_id", "id")
        if business is not None:
            chains = chains.filter(business_id=business)
        damage = 0
        for chain in chains:
            title = f"{chain.kind} {chain.engagement_id or chain.business_id or ''}".strip()
            head = _("%(title)s (chain %(id)s), entries: %(count)s") % {
                "title": title,
                "id": chain.id,
                "count": chain.count,
            }
            damage += self._tell(head, check_chain(chain, mailed.pop(chain.id, [])))
        if business is None:
            damage += self._tell(_("entries without a chain"), lost_chains())
        damage += self._tell(_("references across businesses"), cross_business_references(business))
        for name, check in registered_checks():
            damage += self._tell(name, check(business))
        for seals in mailed.values():
            lost = (Finding("journal.seal_without_chain", {"week": s.week, "chain": str(s.chain_id)}) for s in seals)
            damage += self._tell(_("seals"), lost)
        if damage:
            raise CommandError(
                _("NOT WHOLE: %(n)s findings. Keep this output and a copy of the database.") % {"n": damage}
            )
        # Most of what pages show stands in tables of its own: to call all of that checked would claim too much.
        self.stdout.write(
            _("Checked: the journal, its seals, what points where, and that requests say what the journal says.")
        )
        self.stdout.write(_("The record is whole."))

    def _tell(self, head: str, findings: Iterable[Finding]) -> int:
        """Print `head` with its findings; return how many of them are damage."""
        damage = notes = 0
        for finding in findings:
            is_note = finding.rule in NOTES
            damage, notes = damage + (not is_note), notes + is_note
            if (notes if is_note else damage) <= MOST_LINES:
                kind = _("note") if is_note else _("DAMAGE")
                self.stdout.write(f"  {kind}: {clean_line(said(finding), 600)}")
        outcome = _("%(n)s findings") % {"n": damage} if damage else _("OK")
        if notes:
            outcome += ", " + _("%(n)s notes") % {"n": notes}
        self.stdout.write(f"{head}: {outcome}")
        return damage


def _texts(given: list[str]) -> list[SealText]:
    found = []
    for text in given:
        try:
            found += parse_seals(sys.stdin.read(MAX_TEXT + 1) if text == "-" else text)
        except NoSeal as why:
            raise CommandError(str(why), returncode=2) from None
    return found


def _by_chain(seals: list[SealText]) -> dict[uuid.UUID, list[SealText]]:
    chains: dict[uuid.UUID, list[SealText]] = defaultdict(list)
    for seal in seals:
        chains[seal.chain_id].append(seal)
    return chains
