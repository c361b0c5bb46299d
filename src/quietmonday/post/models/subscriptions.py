"""Which regular mails somebody gets."""

from django.db import models

from quietmonday.kit.records import Record


class Unsubscription(Record):
    """Somebody does not want a regular mail about a business any more; the row goes when they want it again.

    Not unique: two entries of one person that become one may each have said so.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=20)  # monday
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["business", "topic", "person"], name="post_unsubscribed")]
