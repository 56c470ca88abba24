"""What recipients reach without a log-in."""

from django.urls import path

from .views import public

app_name = "optin_public"
urlpatterns = [
    path("m/confirm/<str:token>", public.confirm, name="confirm"),
    path("m/p/<str:token>", public.preferences, name="preferences"),
]
