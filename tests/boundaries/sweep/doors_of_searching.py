"""Doors of the search. What is asked for stands on the page again, so it never holds a word that only some may read."""

from collections.abc import Callable

from tests.boundaries.sweep.rules import MEMBERS, page
from tests.boundaries.sweep.world import World


def _asked(query: str) -> Callable[[World], str]:
    return lambda world: f"?{query}"


SEARCHING = [
    page("support:search", MEMBERS, "nothing asked", lambda world: {}),
    *(
        page("support:search", MEMBERS, query, lambda world: {}, query=_asked(query))
        for query in (
            "q=printer",  # what Dele asked of Fennimore
            "q=between+us",  # notes
            "q=line",  # of both suppliers, and of one
            "q=long+ago",  # of a supplier that has gone
            "q=after+its+end",
            "q=from:kim",  # of the other business
            "q=from:lee",
            "q=before:2030",  # everything
            "q=txt&names=on",
            "q=%22+OR+*+NEAR(&state=settled&since=2026-01-01&until=x&client=y&after=z",
            "q=before:2030&after=-1",
        )
    ),
    page("support:search", MEMBERS, "another's client", lambda world: {},
         query=lambda world: f"?q=before:2030&client={world['theirs_business'].pk}"),
    # 417 is nobody's; each sees their own request by its number, or is led there at once
    page("support:search", MEMBERS, "a number", lambda world: {},
         query=lambda world: f"?q={world['theirs'].work_item.number}", success=(200, 302)),
]  # fmt: skip
