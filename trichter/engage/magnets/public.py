"""What recipients reach without a log-in."""

from django.urls import path

from .views import public

app_name = "magnets_public"
urlpatterns = [path("m/d/<str:token>", public.download, name="download")]
