"""Addresses of heatmaps and recordings, below /app/."""

from django.urls import path

from .views import heat, recordings

app_name = "replay"
urlpatterns = [
    path("heatmaps/", heat.show, name="heat"),
    path("heatmaps/settings/", heat.settings, name="settings"),
    path("heatmaps/over-page/", heat.over_page, name="over_page"),
    path("recordings/<int:pk>/play/", recordings.play, name="play"),
    path("recordings/<int:pk>/events/", recordings.events, name="events"),
    *recordings.Recordings.urls(),
]
