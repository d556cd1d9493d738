"""Addresses: the desk owns them all."""

from django.urls import include, path

urlpatterns = [path("", include("desk.urls"))]
