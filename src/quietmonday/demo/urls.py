"""Addresses of the made-up firm."""

from django.urls import path

from quietmonday.demo.views import firm, looking

app_name = "demo"
urlpatterns = [
    path("set-up/made-up/", firm.firm, name="firm"),
    path("set-up/made-up/remove/", firm.removed, name="remove"),
    path("made-up/look/", looking.look, name="look"),
    path("made-up/back/", looking.back, name="back"),
]
