"""What a page of the company asks for when a colleague looks at the heatmap over it."""

from django.urls import path

from .views import overlay

app_name = "replay_public"
urlpatterns = [path("heat/data", overlay.data, name="overlay_data")]
