"""Persons, their addresses, the accounts they sign in with, and the roles they hold."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from quietmonday.kit.records import Record, RecordQuerySet


class Person(Record):
    """Somebody at a business or at a supplier: not a login, not an address."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="persons")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="persons")
    name = models.CharField(max_length=200)
    job = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    since = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)  # who this was is on record no more
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")  # the same person

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(business=None, supplier__isnull=False) | Q(business__isnull=False, supplier=None),
                name="people_person_of_business_or_supplier",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def kept(self) -> Person:
        """Return whom this one was merged into, at the end of all merges; itself if into nobody."""
        return self.merged_into.kept() if self.merged_into else self


KNOWN = Q(erased_at=None, merged_into=None)
"""Whom one may still choose: who was erased is nobody, and who was merged is somebody else."""


class Address(Record):
    """An e-mail address a person uses, in lower case. Several persons may share one; one may serve several firms."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    email = models.CharField(max_length=320)
    is_first = models.BooleanField(default=True)  # where our mail to this person goes
    failed_at = models.DateTimeField(null=True)  # our mail came back
    failed_rule = models.CharField(max_length=20, blank=True, default="")  # why; outbox.logic.refusals names the rules
    failed_said = models.CharField(max_length=300, blank=True, default="")  # the words of the other mail server
    failed_for_good = models.BooleanField(default=True)  # False: this one mail only, we go on writing

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "email"], name="people_one_address_once_a_person")]
        indexes = [models.Index(fields=["email"])]


class AccountManager(BaseUserManager["Account"]):
    """Accounts by e-mail address."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return RecordQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email=(username or "").lower())


class Account(AbstractBaseUser, Record):
    """A login. Global: roles come from memberships, and only from those that hold at this moment."""

    email = models.CharField(max_length=320, unique=True)  # lower case
    language = models.CharField(max_length=10, blank=True, default="")  # of the pages; empty: as the browser asks
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)  # part of every session's hash: one more ends them all
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()  # type: ignore[assignment]  # its querysets are RecordQuerySets too

    class Meta:
        base_manager_name = "objects"  # the first base class has no such line

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own hash covers the password only; somebody who signs in by code has none to change.
        return salted_hmac(
            "quietmonday.people.Account.sessions",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def __str__(self) -> str:
        return self.email


class Role(models.TextChoices):
    """What a membership lets its account do."""

    OWNER = "owner", _("owner")
    STAND_IN = "stand_in", _("stand-in")
    STAFF = "staff", _("staff")
    MANAGER = "manager", _("manager")
    TECHNICIAN = "technician", _("technician")
    READER = "reader", _("reader")  # sees what an owner or a technician sees, and does nothing
    ADMINISTRATOR = "administrator", _("administrator")


BUSINESS_ROLES = (Role.OWNER, Role.STAND_IN, Role.STAFF, Role.READER)
SUPPLIER_ROLES = (Role.MANAGER, Role.TECHNICIAN, Role.READER)


class Membership(Record):
    """A role at a business, at a supplier, or over the installation, from a moment until a moment."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="memberships")
    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="memberships")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)  # the last time its holder was mailed where to come

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=[r.value for r in BUSINESS_ROLES],
                    business__isnull=False,
                    supplier=None,
                    person__isnull=False,
                )
                | Q(
                    role__in=[r.value for r in SUPPLIER_ROLES],
                    supplier__isnull=False,
                    business=None,
                    person__isnull=False,
                )
                | Q(role="administrator", business=None, supplier=None),
                name="people_role_fits_its_place",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="people_membership_ends_after_start",
            ),
            # Three, because a NULL differs from a NULL in a unique index of SQLite.
            models.UniqueConstraint(
                fields=["account", "role", "business"],
                condition=Q(ends_at=None, business__isnull=False),
                name="people_one_open_role_at_a_business",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "supplier"],
                condition=Q(ends_at=None, supplier__isnull=False),
                name="people_one_open_role_at_a_supplier",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(ends_at=None, role="administrator"), name="people_administrator_once"
            ),
        ]
        indexes = [models.Index(fields=["account", "ends_at"])]
