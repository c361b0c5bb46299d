"""The area's page alone, for tests of the area."""

from django.urls import include, path

urlpatterns = [path("", include("quietmonday.outbox.urls"))]
