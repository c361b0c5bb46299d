"""Every URL of the product: areas are mounted here, nothing else."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("quietmonday.reports.urls")),
    path("", include("quietmonday.outbox.urls")),
    path("", include("quietmonday.kit.urls")),
]
