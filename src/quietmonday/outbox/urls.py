"""Addresses of the administrator's page."""

from django.urls import path

from quietmonday.outbox import views

app_name = "outbox"
urlpatterns = [
    path("work/", views.work, name="work"),
    path("work/again/", views.all_again, name="all_again"),
    path("work/<uuid:item_id>/again/", views.again, name="again"),
]
