"""Addresses of integrations."""

from django.urls import path

from quietmonday.integrations.views import record, webhooks
from quietmonday.integrations.views.api import front, reference

app_name = "integrations"
urlpatterns = [
    path("businesses/<uuid:ref>/record/", record.record, name="record"),
    path("record/<uuid:ref>/fetch/", record.fetch, name="fetch_record"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/new/", webhooks.new, name="new_webhook"),
    path("webhooks/<uuid:ref>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:ref>/test/", webhooks.tested, name="test_webhook"),
    path("webhooks/<uuid:ref>/pause/", webhooks.paused, name="pause_webhook"),
    path("webhooks/<uuid:ref>/resume/", webhooks.resumed, name="resume_webhook"),
    path("webhooks/<uuid:ref>/end/", webhooks.ended, name="end_webhook"),
    path("deliveries/<uuid:ref>/again/", webhooks.sent_again, name="deliver_again"),
    path("api/v1/", reference.reference, name="api_reference"),
    path("api/v1/openapi.json", reference.openapi, name="openapi"),
    path("api/v1/<path:rest>", front.front, name="api"),
]
