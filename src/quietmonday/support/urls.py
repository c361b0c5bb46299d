"""Addresses of requests. Everything below a request but its page takes POST only: one verb each."""

from django.urls import path

from quietmonday.support.views import (
    feedback,
    files,
    handing,
    inbox,
    judging,
    queue,
    report,
    requests,
    set_up,
    settling,
    talk,
    ticket,
    waiting,
)

app_name = "support"
urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("report/", report.report, name="report"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:ref>/", ticket.ticket, name="ticket"),
    path("requests/<uuid:ref>/messages/", talk.say, name="messages"),
    path("requests/<uuid:ref>/notes/", talk.note, name="notes"),
    path("requests/<uuid:ref>/calls/", talk.call, name="calls"),
    path("requests/<uuid:ref>/promise/", waiting.promise, name="promise"),
    path("requests/<uuid:ref>/waiting/", waiting.wait, name="waiting"),
    path("requests/<uuid:ref>/move/", waiting.take_back, name="move"),
    path("requests/<uuid:ref>/assignment/", handing.assignment, name="assignment"),
    path("requests/<uuid:ref>/priority/", handing.priority, name="priority"),
    path("requests/<uuid:ref>/resolution/", settling.resolution, name="resolution"),
    path("requests/<uuid:ref>/permanent-fix/", settling.permanent_fix, name="permanent_fix"),
    path("requests/<uuid:ref>/reopening/", settling.reopening, name="reopening"),
    path("requests/<uuid:ref>/aside/", settling.aside, name="aside"),
    path("requests/<uuid:ref>/repeat/", settling.repeat, name="repeat"),
    path("requests/<uuid:ref>/disputes/", judging.dispute, name="disputes"),
    path("requests/<uuid:ref>/feedback/", judging.feedback, name="feedback_signed_in"),
    path("files/<uuid:ref>/", files.attachment, name="attachment"),
    path("files/<uuid:ref>/picture/", files.picture, name="picture"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:ref>/raw/", inbox.raw, name="raw"),
    path("set-up/mailbox/", set_up.mailbox, name="connect_mailbox"),
    path("set-up/mailbox/<uuid:ref>/disconnect/", set_up.disconnect, name="disconnect_mailbox"),
    path("set-up/mails/", set_up.mails, name="import_mail"),
    path("set-up/mails/<uuid:ref>/", set_up.progress, name="import_progress"),
    path("solved/<uuid:question>/<str:mac>/", feedback.feedback, name="feedback"),
]
