"""Keys with which programs act in somebody's name."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class Token(Record):
    """An API token: acts as its account, as far as its scopes go, through roles held ever since it was made.

    Only its hash is kept. `firm`: the one business or supplier that it is for; None: all of the account's.
    """

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    begins = models.CharField(max_length=12)  # its first characters, by which its owner knows it again
    scopes = models.JSONField()
    firm = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)  # a day is enough, and not a write a request
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="people_token_expires_after_made"),
        ]
        indexes = [models.Index(fields=["account", "-made_at"], name="people_tokens")]
