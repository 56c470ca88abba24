"""Addresses of the calls to action, below /app/."""

from django.urls import path

from .views import CameView, Conditions, Ctas, PreviewView, Variants

app_name = "ctas"
urlpatterns = [
    path("ctas/<int:pk>/came/<slug:variant>/<slug:what>/", CameView.as_view(), name="came"),
    path("ctas/<int:pk>/preview/", PreviewView.as_view(), name="preview"),
    *Ctas.urls(),
    *Variants.urls(),
    *Conditions.urls(),
]
