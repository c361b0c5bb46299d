"""What an account signs in with besides a mailed code and a password, and where it is signed in."""

from django.db import models

from quietmonday.kit.records import Record


class Passkey(Record):
    """A passkey: signs in by itself. Only its public half is here."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url; at most 1,023 bytes by the standard
    attested = models.BinaryField()  # id and public key, as the device gave them
    counter = models.BigIntegerField(default=0)  # of its signatures, as last seen; many devices always say 0
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class CodeApp(Record):
    """An app that shows a new code every thirty seconds (TOTP, RFC 6238). One an account."""

    account = models.OneToOneField("people.Account", on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()  # the seed, bound to the account
    last_step = models.BigIntegerField(default=0)  # of the newest code that was used: none of it or before works again
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class RecoveryCode(Record):
    """A code on paper, for the day when passkeys and app are lost. Only a keyed hash is kept."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "code_hash"], name="people_one_recovery_code_once")]


class Identity(Record):
    """Whom a provider of OpenID Connect knows as this account: by issuer and subject, never by an address."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    email = models.CharField(max_length=320)  # as the provider named it when the two were bound: for people to read
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # taken away; while the row is here, nothing binds the two by itself

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(ended_at=None), name="people_one_account_an_identity"
            ),
            models.UniqueConstraint(
                fields=["account", "issuer"], condition=models.Q(ended_at=None), name="people_one_identity_an_issuer"
            ),
        ]


class SignIn(Record):
    """Where an account is signed in: one browser. Gone with its session."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=80)  # "Firefox, Windows"
    network = models.CharField(max_length=45)  # the address it came from
    how = models.CharField(max_length=20)  # password, code, passkey, link, provider
    at = models.DateTimeField()
