"""What visitors reach: the banner's script, where it reports, and a page to change one's mind."""

from django.urls import path

from .views import visitors

app_name = "consent_public"
urlpatterns = [
    path("c.js", visitors.script, name="script"),
    path("consent/decision", visitors.decision, name="decision"),
    path("consent/", visitors.settings_page, name="settings"),
]
