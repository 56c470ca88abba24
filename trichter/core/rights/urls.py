"""Addresses of requests and rules."""

from django.urls import path

app_name = "rights"
urlpatterns: list = []
