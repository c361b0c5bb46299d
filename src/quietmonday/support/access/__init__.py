"""Who sees and who touches a ticket: the only door for views.

| who | sees | may |
|---|---|---|
| owner, stand-in of the business | every ticket of it, public messages | write, reopen, say it is no request |
| staff | the tickets they asked for, public messages | write, reopen, say whether it was solved |
| technician, manager of a supplier whose open engagement it concerns | it, public messages, own notes | work on it |
| member of a supplier that was let read its past | it as it stood then: public messages, own notes | nothing |
| anybody else | nothing: the same 404 as "absent" | nothing |
"""

from quietmonday.support.access.callers import caller_known_to, callers_known_to, open_requests_of
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
from quietmonday.support.access.known_faults import fault_shared_by, faults_shown_at
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
from quietmonday.support.access.searching import marks_of_viewer, messages_read_by
from quietmonday.support.access.steps import step_kept_by, step_ticked_by, steps_visible_to
from quietmonday.support.access.ticket_templates import (
    engagements_recurring_by,
    keeps_recurrence,
    places_keeping_templates,
    recurrence_kept_by,
    recurrences_visible_to,
    template_kept_by,
    template_offered_to,
    templates_kept_by,
    templates_offered_to,
    templates_recurring_by,
)
from quietmonday.support.access.tickets import (
    asked_for,
    engagement_worked,
    messages_visible_to,
    person_working,
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
from quietmonday.support.access.time import sees_all_time, time_taken_back_by, time_visible_to

__all__ = [
    "asked_for",
    "asked_persons",
    "attachment_for",
    "business_reported_by",
    "business_served_by",
    "caller_known_to",
    "callers_known_to",
    "clients_connected_by",
    "decides_about_sender",
    "engagement_imported_by",
    "engagement_worked",
    "engagements_imported_by",
    "engagements_of_item",
    "engagements_open_at",
    "engagements_recurring_by",
    "engagements_served",
    "fault_shared_by",
    "faults_shown_at",
    "feedback_question",
    "inbox_item_for",
    "inbox_visible_to",
    "item_decided_by",
    "keeps_recurrence",
    "mailbox_for",
    "mailboxes_of",
    "marks_of_viewer",
    "may_erase_in",
    "message_erasable_by",
    "messages_read_by",
    "messages_visible_to",
    "open_requests_of",
    "past_messages_visible_to",
    "past_ticket_for",
    "past_tickets_visible_to",
    "person_reporting",
    "person_working",
    "persons_given_addresses_by",
    "places_keeping_templates",
    "question_asked_of",
    "recurrence_kept_by",
    "recurrences_visible_to",
    "requesters_known_to",
    "sees_all_time",
    "sheet_import_for",
    "sheet_imports_of",
    "sheet_imports_visible_to",
    "silenced_by",
    "silenced_for",
    "step_kept_by",
    "step_ticked_by",
    "steps_visible_to",
    "supplier_side",
    "suppliers_connected_by",
    "template_kept_by",
    "template_offered_to",
    "templates_kept_by",
    "templates_offered_to",
    "templates_recurring_by",
    "ticket_by_number",
    "ticket_erasable_by",
    "ticket_for",
    "ticket_of_origin",
    "ticket_worked_by",
    "tickets_supplied_by",
    "tickets_visible_to",
    "time_taken_back_by",
    "time_visible_to",
    "voice_of",
    "works_on",
]
