from django.urls import path

from .views import edit, pages, people

app_name = "journeys"
urlpatterns = [
    path("journeys/", pages.ListView.as_view(), name="list"),
    path("journeys/new/", pages.NewView.as_view(), name="new"),
    path("journeys/<int:pk>/", pages.MapView.as_view(), name="detail"),
    path("journeys/<int:pk>/people/", people.ListView.as_view(), name="people"),
    path("journeys/<int:pk>/people/<slug:step>/", people.StepView.as_view(), name="at_step"),
    path("journeys/<int:pk>/simulate/", people.SimulateView.as_view(), name="simulate"),
    path("journeys/<int:pk>/simulate/<slug:step>/", people.TrialMailView.as_view(), name="trial_mail"),
    path("journeys/<int:pk>/enrol/", people.EnrolView.as_view(), name="enrol"),
    path("journeys/exit/<int:pk>/", people.ExitView.as_view(), name="exit"),
    path("journeys/<int:pk>/name/", edit.NameView.as_view(), name="name"),
    path("journeys/<int:pk>/triggers/add/", edit.TriggerView.as_view(), name="trigger"),
    path("journeys/<int:pk>/exits/add/", edit.ExitView.as_view(), name="add_exit"),
    path("journeys/<int:pk>/who/", edit.WhoView.as_view(), name="who"),
    path("journeys/<int:pk>/reentry/", edit.ReentryView.as_view(), name="reentry"),
    path("journeys/<int:pk>/drop/", edit.DropView.as_view(), name="drop"),
    path("journeys/<int:pk>/insert/", edit.InsertView.as_view(), name="insert"),
    path("journeys/<int:pk>/steps/<slug:step>/", edit.StepView.as_view(), name="step"),
    path("journeys/<int:pk>/steps/<slug:step>/move/", edit.MoveView.as_view(), name="move"),
    path("journeys/<int:pk>/switch/", pages.SwitchView.as_view(), name="switch"),
    path("journeys/<int:pk>/versions/move/", pages.VersionsView.as_view(), name="versions"),
]
