"""Addresses of the content in the back office, below /app/."""

from django.urls import path

from .views.aims import GapsView, Personas, Topics
from .views.office import CheckView, Contents, NewLandingPageView, TranslateView

app_name = "pages"
urlpatterns = [
    path("content/gaps/", GapsView.as_view(), name="gaps"),
    path("content/new/", NewLandingPageView.as_view(), name="landing_new"),
    path("content/<int:pk>/check/", CheckView.as_view(), name="check"),
    path("content/<int:pk>/translate/<str:language>/", TranslateView.as_view(), name="translate"),
    *Contents.urls(),
    *Personas.urls(),
    *Topics.urls(),
]
