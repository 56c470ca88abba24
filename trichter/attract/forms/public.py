"""What visitors reach: a form's page, its script for other sites, its HTML."""

from django.urls import path

from .views import public

app_name = "forms_public"
urlpatterns = [
    path("f/<slug:slug>.js", public.script, name="script"),
    path("f/<slug:slug>/", public.form_page, name="form"),
    path("f/<slug:slug>/form", public.piece, name="piece"),
    path("f/<slug:slug>/thanks/", public.thanks_page, name="thanks"),
]
