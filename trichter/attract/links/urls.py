"""Addresses of the short links, below /app/."""

from django.urls import path

from .views.office import CameView, CodeView, PasteView, ShortLinks

app_name = "links"
urlpatterns = [
    path("links/paste/", PasteView.as_view(), name="paste"),
    path("links/<int:pk>/came/<slug:what>/", CameView.as_view(), name="came"),
    path("links/<int:pk>/code.<slug:kind>", CodeView.as_view(), name="code"),
    *ShortLinks.urls(),
]
