"""Who sees and who changes a saved view: whoever saved it; their colleagues see it while it is shared.

A shared view says how to look, never what: each who opens it sees their own requests through it.
"""

import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.people.models import Person
from quietmonday.support.models import SavedView


def saved_views_seen_by(viewer: Viewer, place: str) -> QuerySet[SavedView]:
    """Return the viewer's own views of a list, with their arrangements, and what colleagues share."""
    seen = Q(person__in=list(viewer.sees.persons))
    if viewer.sees.suppliers:
        seen |= Q(shared=True, supplier__in=viewer.sees.suppliers)
    if viewer.sees.businesses:
        seen |= Q(shared=True, business__in=viewer.sees.businesses)
    return SavedView.objects.filter(seen, place=place)


def saved_view_changed_by(viewer: Viewer, ref: uuid.UUID) -> SavedView:
    """Return a view with a name that the viewer may change or delete; Http404 for every other."""
    view = SavedView.objects.filter(pk=ref).exclude(name="").select_related("person").first()
    if view is None or not may_change_view(viewer, view):
        raise Http404
    return view


def may_change_view(viewer: Viewer, view: SavedView) -> bool:
    """Return whether a view is the viewer's own, or a shared one of a firm where they lead."""
    leads = view.supplier_id in viewer.manages or view.business_id in viewer.leads
    return view.person_id in viewer.sees.persons or (view.shared and leads)


def keeper_of_views(viewer: Viewer, place: str) -> tuple[Person, bool]:
    """Return as whom the viewer saves views of a list, and whether they may share them with colleagues.

    Http404 for who has nobody to be there. Readers save their own and share nothing.
    """
    firms = viewer.sees.suppliers
    if place == "requests":
        firms = firms | viewer.sees.businesses | viewer.staff_of
    people = Person.objects.filter(pk__in=list(viewer.sees.persons))
    person = people.filter(Q(supplier__in=firms) | Q(business__in=firms)).order_by("pk").first()
    if person is None:
        raise Http404
    return person, person.supplier_id in viewer.suppliers or person.business_id in viewer.leads


def may_keep_views(viewer: Viewer, place: str) -> bool:
    """Return whether `keeper_of_views` finds somebody; no query."""
    seen = viewer.sees.suppliers or (place == "requests" and (viewer.sees.businesses or viewer.staff_of))
    return bool(seen) and bool(viewer.sees.persons)
