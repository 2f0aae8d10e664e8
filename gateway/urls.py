"""The pages' URL space. The model API is not here: `asgi.py` hands it to the proxy first."""

from __future__ import annotations

from django.urls import include, path

from gateway import assets
from panel import views
from panel.api import urls as api
from panel.pages import plain

handler404 = "panel.views.not_found"
handler500 = "panel.views.broken"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("healthz", plain.health, name="health"),
    path("robots.txt", plain.robots, name="robots"),
    path("favicon.ico", assets.serve, {"path": "icon.svg"}, name="favicon"),
    path("", include("panel.pages.urls")),
    path("auth/", include(api.auth)),
    path("api/", include(api.api)),
    path("config/", include(api.config)),
    path("creds/", include(api.creds)),
    path("usage/", include(api.usage)),
    path("static/<path:path>", assets.serve, name="static"),
]
