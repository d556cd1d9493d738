"""Addresses of the API, version 1."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from desk.api import acts, problems, reading

urlpatterns = [
    path("v1/openapi.json", SpectacularJSONAPIView.as_view(permission_classes=[]), name="openapi"),
    path("v1/session/", reading.SessionView.as_view(), name="api-session"),
    path("v1/projects/", reading.ProjectsView.as_view(), name="api-projects"),
    path("v1/projects/<str:code>/", reading.ProjectView.as_view(), name="api-project"),
    path("v1/draws/<str:code>/", reading.DrawView.as_view(), name="api-draw"),
    path("v1/entries/<str:kind>/<str:code>/", reading.EntriesView.as_view(), name="api-entries"),
    *acts.patterns("v1/"),
    re_path(r"^(?P<path>.*)$", problems.not_found),
]
