"""Addresses of the REST API. Whatever is longer stands before what would swallow it."""

from __future__ import annotations

from django.urls import path

from panel.api import actions, costs, history, holder, keys, login, moves, reference

_KEY = "keys/<str:api_key>"

auth = [
    path("login", login.LoginView.as_view()),
    path("refresh", login.RefreshView.as_view()),
    path("logout", login.LogoutView.as_view()),
    path("password", login.PasswordView.as_view()),
    path("keys", keys.KeysView.as_view()),
    path("keys/batch", keys.BatchView.as_view()),
    path("keys/actions", actions.ActionsView.as_view()),
    path(_KEY, keys.KeyView.as_view()),
    path(f"{_KEY}/grant", moves.GrantView.as_view()),
    path(f"{_KEY}/withdraw", moves.WithdrawView.as_view()),
    path(f"{_KEY}/refund", moves.RefundView.as_view()),
    path(f"{_KEY}/reset", moves.ResetView.as_view()),
    path(f"{_KEY}/renew", moves.RenewView.as_view()),
    path(f"{_KEY}/resize", moves.ResizeView.as_view()),
    path(f"{_KEY}/ledger", history.LedgerView.as_view()),
    path(f"{_KEY}/usage", history.UsageView.as_view()),
    path("quota", holder.QuotaView.as_view()),
    path("quota/usage", history.OwnUsageView.as_view()),
    path("query", holder.QueryView.as_view()),
    path("handout/claim", holder.ClaimView.as_view()),
    path("models/costs", costs.CostsView.as_view()),
    path("models/costs/<path:model_name>", costs.CostView.as_view()),
    path("models/<path:model_name>/cost", costs.EffectiveCostView.as_view()),
]

api = [
    path("schema", reference.SchemaView.as_view(), name="schema"),
    path("docs", reference.page, name="reference"),
]
