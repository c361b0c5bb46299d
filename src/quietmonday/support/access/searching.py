"""What of the search somebody sees.

The marks let the index find, and count, what may be seen. They are no door: whatever is shown of a request is looked up
through `tickets_visible_to`, and of a message through `messages_read_by`.
"""

import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet

from quietmonday.people.access import Viewer
from quietmonday.people.models import Person
from quietmonday.support.logic.search_docs import Marks, marks_seen
from quietmonday.support.models import Message


def marks_of_viewer(viewer: Viewer, clients: Collection[uuid.UUID] | None = None) -> Marks:
    """Return by which marks the viewer finds what it may see; `clients`: at these businesses only."""
    sees = viewer.sees

    def here(business: uuid.UUID) -> bool:
        return clients is None or business in clients

    asks = [viewer.person_at[each] for each in viewer.staff_of if each in viewer.person_at and here(each)]
    return marks_seen(
        businesses=[each for each in sees.businesses if here(each)],
        requesters=_those_who_asked(asks) if asks else (),
        engagements=[engagement for engagement, business in sees.engagements.items() if here(business)],
        suppliers=sees.suppliers,
    )


def messages_read_by(
    viewer: Viewer, tickets: Collection[uuid.UUID], messages: Collection[uuid.UUID]
) -> QuerySet[Message]:
    """Return those of `messages` that the viewer sees in `tickets`, which are visible to it: public ones, and notes of
    the supplier whose side is seen."""
    seen = Q(public=True) | Q(supplier__in=viewer.sees.suppliers)
    return Message.objects.filter(seen, ticket__in=tickets, pk__in=messages)


def _those_who_asked(persons: list[uuid.UUID]) -> list[uuid.UUID]:
    """Return these persons, and those who were merged into them: the index knows these by what they were."""
    merged = Person.objects.filter(merged_into__in=persons).values_list("pk", flat=True)
    return [*persons, *merged]
