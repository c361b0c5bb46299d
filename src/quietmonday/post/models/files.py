"""Files: content-addressed per business, write-once."""

from django.db import models

from quietmonday.kit.records import Record


class File(Record):
    """Bytes of one business, known by their SHA-256. The bytes lie in the files folder, never in a served one."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)  # by content, not by what the sender claims
    stored_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)  # the bytes are gone; that there were some stays

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business", "sha256"], name="post_same_bytes_once_a_business")]
