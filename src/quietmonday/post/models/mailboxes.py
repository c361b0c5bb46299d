"""Mailboxes mail comes in through, what of them is read, and the times in which they could not be."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class Way(models.TextChoices):
    """How mail reaches us."""

    IMAP = "imap", "imap"  # we fetch it
    HANDED = "handed", "handed"  # a mail server hands it over: by a pipe, or to our listener


class SignIn(models.TextChoices):
    """How we sign in at the mail server."""

    PASSWORD = "password", "password"  # the name of a way, no password
    TOKEN = "token", "token"  # as above  (XOAUTH2)


class After(models.TextChoices):
    """What happens to a mail in the mailbox once it is kept here."""

    LEAVE = "leave", "leave"
    SEEN = "seen", "seen"
    MOVE = "move", "move"
    DELETE = "delete", "delete"


class MailService(Record):
    """Where tokens come from: what this installation is registered as at Microsoft, Google or somebody else.

    Of a supplier for its own mailboxes, or (supplier empty) of the installation for all.
    """

    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)  # microsoft, google, other
    flow = models.CharField(max_length=20, default="person")  # person: somebody signs in; firm: the client by itself
    authorise_url = models.CharField(max_length=500, blank=True, default="")
    exchange_url = models.CharField(max_length=500)
    client_id = models.CharField(max_length=300)
    sealed_secret = models.BinaryField(default=b"")  # empty: a public client, PKCE alone
    scopes = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def secret_context(self) -> str:
        """The place the client's secret is sealed for."""
        return f"mail-service:{self.id}:secret"


class Mailbox(Record):
    """Of one business (and its supplier), of a supplier for all its clients, or (both empty) of the installation."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="mailboxes")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="mailboxes")
    address = models.CharField(max_length=320)  # where people write to, lower case
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.IMAP)
    host = models.CharField(max_length=255, blank=True, default="")
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, default="tls")  # tls, starttls, none (loopback only)
    user = models.CharField(max_length=320, blank=True, default="")
    sign_in = models.CharField(max_length=10, choices=SignIn.choices, default=SignIn.PASSWORD)
    sealed_password = models.BinaryField(default=b"")
    service = models.ForeignKey(MailService, null=True, on_delete=models.PROTECT, related_name="mailboxes")
    sealed_refresh_token = models.BinaryField(default=b"")
    sealed_access_token = models.BinaryField(default=b"")
    access_until = models.DateTimeField(null=True)
    renewing_until = models.DateTimeField(null=True)  # somebody asks for a new token; two at once would spoil both
    sign_in_again_since = models.DateTimeField(null=True)  # the service wants a person
    after = models.CharField(max_length=10, choices=After.choices, default=After.LEAVE)
    after_folder = models.CharField(max_length=200, blank=True, default="")
    after_error = models.CharField(max_length=300, blank=True, default="")  # mails came in, and stayed where they were
    trusted_server = models.CharField(max_length=255, blank=True, default="")  # its Authentication-Results count
    folders_found = models.JSONField(default=list)  # names on the server, when it was looked at last
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    next_try_at = models.DateTimeField(null=True)  # a server that is away is asked less and less often
    connected_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=320, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=Q(ended_at=None), name="post_one_mailbox_an_address"),
            models.CheckConstraint(
                condition=Q(business=None) | Q(supplier__isnull=False), name="post_mailbox_of_a_business_has_a_supplier"
            ),
        ]

    def secret_context(self, what: str = "password") -> str:
        """The place a secret of the mailbox is sealed for."""
        return f"mailbox:{self.id}:{what}"

    @property
    def is_read(self) -> bool:
        """Whether mail is fetched from it now."""
        return self.way == Way.IMAP and self.ended_at is None and self.paused_at is None


class MailboxFolder(Record):
    """A folder that is read, and how far. A row that goes and comes again reads anew; nothing comes in twice."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=200)
    since = models.DateTimeField(null=True)  # mails that lay there before are not ours; None: all are
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    done_uid = models.BigIntegerField(default=0)  # up to here happened what happens after

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="post_a_folder_once_a_mailbox")]


class MailboxLease(Record):
    """Which process listens at a mailbox for what comes in: one of however many there are."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="lease")
    listener = models.UUIDField(null=True)
    until_at = models.DateTimeField(null=True)
    listens_since = models.DateTimeField(null=True)  # None: it holds the mailbox and could not begin yet


class IntakeGap(Record):
    """From when until when a mailbox could not be read. A quiet Monday is unknown while intake was down."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="gaps")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox"], condition=Q(until_at=None), name="post_one_open_gap"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")), name="post_gap_ends_after_start"
            ),
        ]
