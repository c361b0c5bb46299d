"""Who buys from whom, row by row, for a download."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from quietmonday.kit.sheets.writing import Value
from quietmonday.people.logic.calendar import zone_named
from quietmonday.people.models import Engagement
from quietmonday.people.queries import businesses_named, engagements_named, suppliers_named

FIRM_HEADS = (
    *("Business", "Zone", "Supplier", "Phone of the supplier", "Since", "Paid for by"),
    *("Owner", "Stand-in", "At the supplier"),
)
_CHUNK = 500


def firms_exported(part: str) -> Iterator[list[Value]]:
    """Yield the open engagements of the page of firms, narrowed by `part` as there; then the firms that have none."""
    read = engagements_named(part).select_related("business", "supplier", "owner", "stand_in", "counterpart")
    for each in read.iterator(chunk_size=_CHUNK):
        yield [
            each.business.name,
            each.business.zone,
            each.supplier.name,
            each.supplier.phone,
            each.starts_at.astimezone(zone_named(each.business.zone)).date(),
            each.get_agreement_display(),
            *(person.name if person else "" for person in (each.owner, each.stand_in, each.counterpart)),
        ]
    none = [""] * 5
    for business in businesses_named(part).exclude(_engaged("business")).iterator(chunk_size=_CHUNK):
        yield [business.name, business.zone, "", "", *none]
    for supplier in suppliers_named(part).exclude(_engaged("supplier")).iterator(chunk_size=_CHUNK):
        yield ["", "", supplier.name, supplier.phone, *none]


def _engaged(side: str) -> Exists:
    return Exists(Engagement.objects.filter(ends_at=None, **{side: OuterRef("pk")}))
