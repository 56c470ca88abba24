"""Addresses of the shell's own screens, below /app/."""

from django.urls import path

from .styleguide import StyleGuideView
from .views.pick import PickView
from .views.preferences import LanguageView
from .views.saved import ChangeView, DeleteSavedView, SaveView
from .views.search import SearchView
from .views.settings import CompanySettingsView

app_name = "shell"
urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    path("pick/<str:key>/", PickView.as_view(), name="pick"),
    path("views/save/", SaveView.as_view(), name="view_save"),
    path("views/<int:pk>/change/", ChangeView.as_view(), name="view_change"),
    path("views/<int:pk>/delete/", DeleteSavedView.as_view(), name="view_delete"),
    path("language/", LanguageView.as_view(), name="language"),
    path("settings/company/", CompanySettingsView.as_view(), name="company_settings"),
    path("styleguide/", StyleGuideView.as_view(), name="styleguide"),
]
