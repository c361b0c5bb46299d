"""Which mailboxes serve whom."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from quietmonday.post.logic.addresses import base_address, normalise
from quietmonday.post.models import Mailbox


def serving(business: uuid.UUID, suppliers: Iterable[uuid.UUID], prefix: str = "") -> Q:
    """Return the condition of mailboxes that mail of the business to these suppliers comes in through.

    Its own with them, theirs for all clients, the installation's. `prefix`: of the key that points at the mailbox.
    """
    of_business = Q(**{f"{prefix}business": business}) | Q(**{f"{prefix}business": None})
    return of_business & (Q(**{f"{prefix}supplier__in": list(suppliers)}) | Q(**{f"{prefix}supplier": None}))


def own_addresses() -> list[str]:
    """Return the addresses of all mailboxes that are connected, normalised: mail from one of them went in a circle."""
    return [normalise(each) for each in Mailbox.objects.filter(ended_at=None).values_list("address", flat=True)]


def mailbox_at(address: str) -> Mailbox | None:
    """Return the connected mailbox of an address, whatever tag (+tag) it carries; None if it is not one of ours."""
    wanted = base_address(address)
    rows = Mailbox.objects.filter(ended_at=None, address__in={wanted, normalise(address), address.strip().lower()})
    return rows.select_related("business", "supplier").first()
