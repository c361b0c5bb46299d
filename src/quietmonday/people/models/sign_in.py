"""One-time sign-in links, made on the command line only."""

from django.db import models

from quietmonday.kit.records import Record


class SignInLink(Record):
    """A link that signs one account in, once, before it expires. Only its hash is kept."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
