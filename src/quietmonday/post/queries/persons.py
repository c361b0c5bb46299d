"""What post holds about one person, and what of it moves when two entries become one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from quietmonday.people.models import Person
from quietmonday.people.queries.merging import everyone_who_is
from quietmonday.people.queries.subjects import Held, Table
from quietmonday.post.models import Unsubscription

MOVES = {
    "post.Unsubscription.person": ngettext_lazy(
        "%(n)d regular mail they do not want", "%(n)d regular mails they do not want", "n"
    ),
}


def held_in_post(person: Person) -> Held:
    """Return which regular mails the person does not want."""

    def rows() -> Iterator[Mapping[str, Any]]:
        found = Unsubscription.objects.filter(person__in=everyone_who_is(person)).select_related("business")
        for row in found.order_by("since", "id"):
            yield {"business": row.business.name, "topic": row.topic, "since": row.since}

    return Held([Table("mails_not_wanted", _("regular mails that are not wanted"), rows())])
