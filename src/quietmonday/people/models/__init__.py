"""Tables of people; one file per noun."""

from quietmonday.people.models.businesses import AgreementKind, Business, Engagement, ServiceLevel, Supplier
from quietmonday.people.models.calendars import Calendar, Holiday, OpenInterval
from quietmonday.people.models.history import HistoryGrant
from quietmonday.people.models.keeping import Period
from quietmonday.people.models.merging import MovedReference, PersonMerge
from quietmonday.people.models.persons import (
    BUSINESS_ROLES,
    KNOWN,
    SUPPLIER_ROLES,
    Account,
    Address,
    Membership,
    Person,
    Role,
)
from quietmonday.people.models.second_factors import CodeApp, Identity, Passkey, RecoveryCode, SignIn
from quietmonday.people.models.sign_in import SignInLink
from quietmonday.people.models.tokens import Token

__all__ = [
    "BUSINESS_ROLES",
    "KNOWN",
    "SUPPLIER_ROLES",
    "Account",
    "Address",
    "AgreementKind",
    "Business",
    "Calendar",
    "CodeApp",
    "Engagement",
    "HistoryGrant",
    "Holiday",
    "Identity",
    "Membership",
    "MovedReference",
    "OpenInterval",
    "Passkey",
    "Period",
    "Person",
    "PersonMerge",
    "RecoveryCode",
    "Role",
    "ServiceLevel",
    "SignIn",
    "SignInLink",
    "Supplier",
    "Token",
]
