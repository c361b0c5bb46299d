"""Whether the installation is well, for machines."""

from django.urls import path

from quietmonday.kit import health

app_name = "kit"

urlpatterns = [
    path("health/", health.health, name="health"),
    path("metrics/", health.metrics, name="metrics"),
]
