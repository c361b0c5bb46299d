"""Addresses of the administrator's page."""

from django.urls import path

from quietmonday.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.work, name="work"),
    path("again/", views.all_again, name="all_again"),
    path("<uuid:item_id>/again/", views.again, name="again"),
]
