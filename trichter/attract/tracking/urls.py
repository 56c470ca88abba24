"""Addresses of the tracking, below /app/."""

app_name = "tracking"
urlpatterns: list[object] = []
