"""How urgent a request is: whom it hits × whether they can work → 1 urgent, 2 high, 3 normal, 4 whenever it suits.

| it hits | cannot work | partly | can work |
|---|---|---|---|
| the whole business | 1 | 2 | 3 |
| several people | 2 | 2 | 3 |
| one person | 3 | 3 | 4 |

The matrix is a judgement, as every such matrix is: the supplier may say otherwise, with the reason. Whom nobody asked
whom it hits, nothing follows: the request is normal.
"""

from __future__ import annotations

NORMAL = 3

_MATRIX = {
    ("all", "no"): 1,
    ("all", "partly"): 2,
    ("all", "yes"): 3,
    ("several", "no"): 2,
    ("several", "partly"): 2,
    ("several", "yes"): 3,
    ("one", "no"): 3,
    ("one", "partly"): 3,
    ("one", "yes"): 4,
}


def priority_of(*, kind: str, impact: str, can_work: str) -> int:
    """Return the priority that follows from what was said; normal where it was not said whom it hits.

    Somebody who did not say whether they can work is hampered if something is broken, and can if something is wanted.
    """
    if not impact:
        return NORMAL
    return _MATRIX[impact, can_work or ("partly" if kind == "incident" else "yes")]
