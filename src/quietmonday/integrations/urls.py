"""Addresses of integrations."""

from django.urls import path

from quietmonday.integrations.views import record
from quietmonday.integrations.views.api import front, reference

app_name = "integrations"
urlpatterns = [
    path("businesses/<uuid:ref>/record/", record.record, name="record"),
    path("record/<uuid:ref>/fetch/", record.fetch, name="fetch_record"),
    path("api/v1/", reference.reference, name="api_reference"),
    path("api/v1/openapi.json", reference.openapi, name="openapi"),
    path("api/v1/<path:rest>", front.front, name="api"),
]
