"""What an action refused, in words: what happened, and what to do next."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from quietmonday.people.logic.refusals import Refused

SENTENCES = {
    "no_name": _("A name is missing. Nothing was saved."),
    "no_address": _("Somebody with a role signs in, and for that needs an e-mail address. Add one first."),
    "address": _("This is not an e-mail address. One looks like ruth@oakhurst.example."),
    "address_taken": _("Somebody else here already signs in with this address. Use another one."),
    "wrong_role": _("This role belongs to the other side of the table."),
    "oneself": _("That is the same entry. Choose the other one."),
    "other_place": _("They are of two firms. One person at two firms is two entries, and one login may serve both."),
    "erased": _("Who this was is erased: nothing can go to them, or come back."),
    "merged_already": _("One of them was merged into somebody else. Choose that one."),
    "merged_since": _("Meanwhile they were merged into somebody else. Undo that first."),
    "two_logins": _("Both sign in, each with an address of its own. End the role of one of them first, then merge."),
    "both_named": _("One owns a relationship and the other stands in. Name somebody else there first, then merge."),
    "role_over": _("This role has ended. Give it again if they still need it."),
    "came_already": _("They have signed in before, and know the way."),
    "invited_enough": _("Three invitations went to this address within a day. Ring them, or invite again tomorrow."),
    "mail_fails": _("Our mail to this address came back. Mend the address first, then invite again."),
    "role_held": _("They have this role already."),
    "wrong_side": _("This person is not of that side. Choose somebody from the list."),
    "same_person": _("The stand-in is for when the owner is away: choose somebody else."),
    "only_reads": _("A reader sees everything and does nothing. Name somebody who acts, or give this person a role."),
    "named_reads": _(
        "They answer for a supplier here, and somebody who only reads cannot. Name somebody else on the page of the "
        "agreement first, or let them keep a role in which they act."
    ),
    "engaged_already": _("These two already work together. End that first, or change its terms."),
    "own_past": _("They work here now and see their requests anyway."),
    "not_here": _("Only suppliers of this business can be let in. Choose one from the list."),
    "after_all": _("That day is after everything they could read. Choose an earlier one, or none."),
    "not_ours": _("This person is of a supplier. What a supplier's people did for you stays under their name."),
    "has_roles": _("They still have a role here. End it first."),
    "is_named": _("They still answer for a supplier here. Name somebody else first, on the page of the agreement."),
    "last_administrator": _("This is the last administrator. Give somebody else that role first."),
    "no_counterpart": _("You said you are the contact at the supplier: give your name there."),
    "zone": _("We do not know this time zone. Choose one from the list."),
    "language": _("We do not speak this language yet. Choose one from the list."),
    "country": _("We know no public holidays for this country and part. Leave the part empty, or choose another."),
    "never_open": _("A week without an open hour would never make anything due. Give at least one day hours."),
    "priorities": _("Give times for all four priorities."),
    "passkey": _("That passkey did not open this. Try again, or choose another way."),
    "many_passkeys": _("There are twenty passkeys already. Take one away that you no longer use."),
    "code": _("That is not a code that works now. Type the one that the app shows, or a recovery code not used yet."),
    "first_code": _("That is not the code that the app shows now. Wait for the next one, and type that."),
    "password": _("This is not your password."),
    "mailed": _("That is not the code we mailed, or its time is over. Have a new one mailed."),
    "many_tokens": _("There are twenty API tokens already. Take one back that no program uses any more."),
    "token_scopes": _("Choose at least one thing that the program may read or write."),
    "token_expiry": _("A token lasts a year at most. Choose how long from the list."),
    "weekday": _("A week has seven days."),
}


def say_why(form: forms.Form, refused: Refused) -> None:
    """Put the refusal on top of the form."""
    form.add_error(None, SENTENCES[refused.rule])
