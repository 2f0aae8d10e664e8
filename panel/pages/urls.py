"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path

from panel.pages import birth, bulk, costs, entry, moves, preferences, query, shelf, single

urlpatterns = [
    path("login", entry.login, name="login"),
    path("logout", entry.logout, name="logout"),
    path("preferences", preferences.choose, name="preferences"),
    path("api-key-query", query.asked, name="query"),
    path("key/<str:token>", query.given, name="gift"),
    path("api-key-admin", shelf.listed, name="keys"),
    path("api-key-admin/new", birth.new, name="key-new"),
    path("api-key-admin/bulk", bulk.done, name="keys-bulk"),
    path("api-key-admin/costs", costs.listed, name="costs"),
    path("api-key-admin/costs/add", costs.added, name="cost-add"),
    path("api-key-admin/costs/change", costs.changed, name="cost-change"),
    path("api-key-admin/costs/drop", costs.dropped, name="cost-drop"),
    path("api-key-admin/<int:key_id>", single.shown, name="key"),
    path("api-key-admin/<int:key_id>/edit", single.edited, name="key-edit"),
    path("api-key-admin/<int:key_id>/move", moves.moved, name="key-move"),
    path("api-key-admin/<int:key_id>/switch", single.switched, name="key-switch"),
    path("api-key-admin/<int:key_id>/looked", single.settled, name="key-looked"),
    path("api-key-admin/<int:key_id>/delete", single.deleted, name="key-delete"),
]
