"""Who wants which regular mail."""

from quietmonday.people.models import Business, Person
from quietmonday.post.actions.subscriptions import MONDAY
from quietmonday.post.models import Unsubscription


def wants_monday(business: Business, person: Person) -> bool:
    """Return whether the Monday mail of the business goes to the person, if it is for them at all."""
    return not Unsubscription.objects.filter(business=business, person=person, topic=MONDAY).exists()
