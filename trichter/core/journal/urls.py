from django.urls import path, re_path

from . import views

app_name = "journal"
urlpatterns = [
    path("status/", views.status, name="status"),
    re_path(
        r"^status/followers/(?P<name>[\w.-]{1,60})/(?P<verb>pause|resume|reset)/$",
        views.follower,
        name="follower",
    ),
    path("status/parked/replay/", views.replay_all, name="replay_all"),
    path("status/parked/<int:pk>/replay/", views.replay_one, name="replay_one"),
    re_path(r"^status/jobs/(?P<pk>[0-9]{1,18})/(?P<verb>retry|cancel)/$", views.job, name="job"),
]
