from django.urls import path

from . import views

app_name = "mailtemplates"
urlpatterns = [
    path("mail-templates/", views.ListView.as_view(), name="list"),
    path("mail-templates/start/", views.StartView.as_view(), name="start"),
]
