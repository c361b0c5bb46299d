"""Which kinds of post a business may let go of after a time."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.keeping import Kind
from quietmonday.post.actions.erasing import let_go_of_mails, mails_due
from quietmonday.post.models import InboxState

KINDS = (
    Kind(
        name="kept_mail",
        title=_("Mails that became no request"),
        goes=_("Advertising, reports of returned mail, unknown senders: the mail, from whom and about what."),
        stays=_("that a mail came, when, and why it became no request."),
        due=partial(mails_due, InboxState.KEPT),
        let_go=partial(let_go_of_mails, InboxState.KEPT),
    ),
    Kind(
        name="raw_mail",
        title=_("Mails as they came in"),
        goes=_("The raw mail behind a message, with its technical lines. It proves what was sent."),
        stays=_("the message on the request, and what came with it."),
        due=partial(mails_due, InboxState.TAKEN),
        let_go=partial(let_go_of_mails, InboxState.TAKEN),
    ),
)
