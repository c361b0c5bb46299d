"""Monday and the weeks before."""

from django.urls import path

from quietmonday.reports.views import home, mondays

app_name = "reports"

urlpatterns = [
    path("", home.home, name="home"),
    path("businesses/<uuid:ref>/monday/", mondays.monday, name="monday"),
    path("businesses/<uuid:ref>/weeks/", mondays.weeks, name="weeks"),
    path("businesses/<uuid:ref>/weeks/<str:week>/export.<str:form>", mondays.export_week, name="week_export"),
    path("businesses/<uuid:ref>/weeks/<str:week>/", mondays.one_week, name="week"),
]
