"""Every URL of the product: areas are mounted here, nothing else."""

from django.urls import URLPattern, URLResolver, include, path

from quietmonday.people.urls import account_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    *account_patterns,
    path("", include("quietmonday.reports.urls")),
    path("", include("quietmonday.people.urls")),
    path("", include("quietmonday.support.urls")),
    path("", include("quietmonday.integrations.urls")),
    path("", include("quietmonday.demo.urls")),
    path("work/", include("quietmonday.outbox.urls")),
    path("", include("quietmonday.kit.urls")),
]
