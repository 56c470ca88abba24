"""What visitors reach: short addresses, and the ones that QR codes hold."""

from django.urls import path

from .views import public

app_name = "links_public"
urlpatterns = [
    path("l/<str:slug>", public.follow, name="follow"),
    path("l/<str:slug>/", public.follow, name="follow_slash"),
    path("l/<str:slug>/qr", public.follow, {"qr": True}, name="qr"),
]
