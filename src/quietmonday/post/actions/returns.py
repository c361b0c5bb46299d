"""Mail of ours that came back: whose address is marked, and when a report is believed.

Anybody can write a report of non-delivery, and a marked address hears from us no more. So a report is believed only
about the recipient of a mail that we sent: it must give that mail's Message-ID as we stored it, or one that we signed
for this very address, or the reply address that we signed for it. All three stand in the mail that came back and in no
other; who knows them has had that mail, and can at most silence the address that it was sent to. Each mail of ours has
one recipient, so what a report says of a mail is said of that one, also where it was forwarded and failed elsewhere.
"""

import datetime as dt

from quietmonday.outbox.queries import recipients_of
from quietmonday.people.actions.failing import Returned, mark_failed
from quietmonday.post.logic.addresses import Verified, normalise, read_references, read_reply_address
from quietmonday.post.logic.bounce import Report


def note_returned(*, report: Report, key: bytes, now: dt.datetime) -> list[str]:
    """Mark whom the report is about, if it may be believed; return the addresses that it is believed about.

    `key`: of signed reply addresses and Message-IDs. A notice of delay marks nothing.
    """
    believed = sorted(_believed(report, key))
    said = [(address, one) for address in believed if (one := report.about(address)) is not None]
    mark_failed(
        returned=[
            Returned(email=address, rule=one.refusal.rule, said=one.said, for_good=one.refusal.for_good)
            for address, one in said
        ],
        now=now,
    )
    return [address for address, _ in said]


def _believed(report: Report, key: bytes) -> set[str]:
    sent = {normalise(address) for address in recipients_of(report.ids)}
    named = {address for one in report.failed for address in one.addresses}
    return sent | {
        address
        for address in named - sent
        if isinstance(read_references(report.ids, address, key), Verified)
        or isinstance(read_reply_address(report.answer_to, address, key), Verified)
    }
