"""Addresses of integrations."""

from django.urls import path

from quietmonday.integrations.views import record

app_name = "integrations"
urlpatterns = [
    path("businesses/<uuid:ref>/record/", record.record, name="record"),
    path("record/<uuid:ref>/fetch/", record.fetch, name="fetch_record"),
]
