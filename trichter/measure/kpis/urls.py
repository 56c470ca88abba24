from django.urls import path

from .views import DictionaryView, RowsView, StartView

app_name = "kpis"
urlpatterns = [
    path("", StartView.as_view(), name="start"),
    path("kpis/", DictionaryView.as_view(), name="dictionary"),
    path("kpis/<slug:key>/", RowsView.as_view(), name="rows"),
]
