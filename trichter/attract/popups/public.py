"""What visitors reach: the script with the rules in it, and the answer to those it has to ask for."""

from django.urls import path

from .views import script, show

app_name = "popups_public"
urlpatterns = [path("p.js", script, name="script"), path("p/show", show, name="show")]
