"""How people look at lists of requests: views with a name, and the arrangement that somebody chose for themselves."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class SavedView(Record):
    """A view of a list, saved by a person; `shared`: their colleagues at the same firm see it too.

    Without a name: how this person arranged the list for themselves. Only that one has `pins` and `begins_with`.
    What is stored here is only ever looked up among what the lists know (queries/filters.py), never used as it stands.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=10)  # queue, requests
    name = models.CharField(max_length=80, blank=True, default="")
    shared = models.BooleanField(default=False)
    filters = models.JSONField(default=dict)  # key → values, as in an address
    sorts = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    dense = models.BooleanField(default=False)
    pins = models.JSONField(default=list)  # ids of views that stand above the list
    begins_with = models.CharField(max_length=40, blank=True, default="")  # the view of a bare address
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(business=None, supplier__isnull=False) | Q(business__isnull=False, supplier=None),
                name="support_view_of_business_or_supplier",
            ),
            models.CheckConstraint(condition=~Q(name="", shared=True), name="support_shared_view_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["supplier"], condition=Q(shared=True), name="support_views_of_supplier"),
            models.Index(fields=["business"], condition=Q(shared=True), name="support_views_of_business"),
        ]
