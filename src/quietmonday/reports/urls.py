"""Monday and the weeks before."""

from django.urls import path

from quietmonday.reports.views import home, monday_mail, mondays, periods

app_name = "reports"

urlpatterns = [
    path("", home.home, name="home"),
    path("businesses/<uuid:ref>/monday/", mondays.monday, name="monday"),
    path("monday-mail/<uuid:ref>/<uuid:person>/<str:mac>/", monday_mail.choice, name="monday_mail"),
    path("businesses/<uuid:ref>/periods/", periods.latest, name="periods"),
    path("businesses/<uuid:ref>/periods/<str:period>/export.<str:form>", periods.export_period, name="period_export"),
    path("businesses/<uuid:ref>/periods/<str:period>/", periods.one_period, name="period"),
    path("businesses/<uuid:ref>/weeks/", mondays.weeks, name="weeks"),
    path("businesses/<uuid:ref>/weeks/<str:week>/export.<str:form>", mondays.export_week, name="week_export"),
    path("businesses/<uuid:ref>/weeks/<str:week>/", mondays.one_week, name="week"),
]
