"""Who sees and who touches a ticket: the only door for views.

| who | sees | may |
|---|---|---|
| owner, stand-in of the business | every ticket of it, public messages | write, reopen, say it is no request |
| staff | the tickets they asked for, public messages | write, reopen, say whether it was solved |
| technician, manager of a supplier whose open engagement it concerns | it, public messages, own notes | work on it |
| member of a supplier that was let read its past | it as it stood then: public messages, own notes | nothing |
| anybody else | nothing: the same 404 as "absent" | nothing |
"""

from quietmonday.support.access.erasing import may_erase_in, message_erasable_by, ticket_erasable_by
from quietmonday.support.access.feedback import feedback_question, question_asked_of
from quietmonday.support.access.files import attachment_for
from quietmonday.support.access.handing_in import (
    engagement_imported_by,
    engagements_imported_by,
    sheet_import_for,
    sheet_imports_of,
    sheet_imports_visible_to,
)
from quietmonday.support.access.inbox import (
    asked_persons,
    decides_about_sender,
    engagements_of_item,
    inbox_item_for,
    inbox_visible_to,
    item_decided_by,
    persons_given_addresses_by,
    silenced_by,
    silenced_for,
)
from quietmonday.support.access.mailboxes import clients_connected_by, mailbox_for, mailboxes_of, suppliers_connected_by
from quietmonday.support.access.past import past_messages_visible_to, past_ticket_for, past_tickets_visible_to
from quietmonday.support.access.reporting import (
    business_reported_by,
    business_served_by,
    engagements_open_at,
    engagements_served,
    person_reporting,
    requesters_known_to,
)
from quietmonday.support.access.tickets import (
    asked_for,
    messages_visible_to,
    supplier_side,
    ticket_by_number,
    ticket_for,
    ticket_of_origin,
    ticket_worked_by,
    tickets_supplied_by,
    tickets_visible_to,
    voice_of,
    works_on,
)

__all__ = [
    "asked_for",
    "asked_persons",
    "attachment_for",
    "business_reported_by",
    "business_served_by",
    "clients_connected_by",
    "decides_about_sender",
    "engagement_imported_by",
    "engagements_imported_by",
    "engagements_of_item",
    "engagements_open_at",
    "engagements_served",
    "feedback_question",
    "inbox_item_for",
    "inbox_visible_to",
    "item_decided_by",
    "mailbox_for",
    "mailboxes_of",
    "may_erase_in",
    "message_erasable_by",
    "messages_visible_to",
    "past_messages_visible_to",
    "past_ticket_for",
    "past_tickets_visible_to",
    "person_reporting",
    "persons_given_addresses_by",
    "question_asked_of",
    "requesters_known_to",
    "sheet_import_for",
    "sheet_imports_of",
    "sheet_imports_visible_to",
    "silenced_by",
    "silenced_for",
    "supplier_side",
    "suppliers_connected_by",
    "ticket_by_number",
    "ticket_erasable_by",
    "ticket_for",
    "ticket_of_origin",
    "ticket_worked_by",
    "tickets_supplied_by",
    "tickets_visible_to",
    "voice_of",
    "works_on",
]
