from django.urls import include, path

from . import views
from .api import api

_own = [
    path("docs/", views.docs, name="docs"),
    path("", views.not_found, name="root"),
    path("<path:rest>", views.not_found, name="not_found"),
]
urlpatterns = [path("v1/", api.urls), path("", include((_own, "api")))]
