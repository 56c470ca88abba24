"""What visitors reach: the script with the rules in it."""

from django.urls import path

from .views import script

app_name = "popups_public"
urlpatterns = [path("p.js", script, name="script")]
