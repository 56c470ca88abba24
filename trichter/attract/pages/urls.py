"""Addresses of the content in the back office, below /app/."""

app_name = "pages"
urlpatterns: list[object] = []
