"""What visitors reach: the script with the rules in it."""

from django.urls import URLPattern

app_name = "popups_public"
urlpatterns: list[URLPattern] = []
