"""Addresses of the REST API. Whatever is longer stands before what would swallow it."""

from __future__ import annotations

from django.urls import path

from panel.api import (
    actions,
    costs,
    history,
    holder,
    keys,
    lend,
    login,
    logs,
    moves,
    reference,
    requests,
    trail,
)
from panel.api import config as settings
from panel.api import usage as pool
from panel.api.creds import action, emails, envs, status, transfer, upload

_KEY = "keys/<str:api_key>"

auth = [
    path("login", login.LoginView.as_view()),
    path("refresh", login.RefreshView.as_view()),
    path("logout", login.LogoutView.as_view()),
    path("password", login.PasswordView.as_view()),
    path("audit", trail.TrailView.as_view()),
    path("audit/export", trail.TrailFileView.as_view()),
    path("logs/clear", logs.ClearView.as_view()),
    path("logs/download", logs.DownloadView.as_view()),
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
    path("start", lend.start),
    path("callback", lend.callback),
    path("callback-url", lend.callback_url),
    path("status/<str:id>", lend.status),
    path("upload", upload.UploadView.as_view()),
    path("load-env-creds", envs.EnvLoadView.as_view()),
    path("env-creds", envs.EnvView.as_view()),
    path("env-creds-status", envs.EnvStatusView.as_view()),
    path("models/costs", costs.CostsView.as_view()),
    path("models/costs/<path:model_name>/cost", costs.either),
    path("models/costs/<path:model_name>", costs.CostView.as_view()),
    path("models/<path:model_name>/cost", costs.EffectiveCostView.as_view()),
]

config = [
    path("get", settings.GetView.as_view()),
    path("save", settings.SaveView.as_view()),
]

api = [
    path("schema", reference.SchemaView.as_view(), name="schema"),
    path("docs", reference.page, name="reference"),
]

creds = [
    path("status", status.StatusView.as_view()),
    path("action", action.ActionView.as_view()),
    path("batch-action", action.BatchView.as_view()),
    path("upload", upload.UploadView.as_view()),
    path("download-all", transfer.DownloadAllView.as_view()),
    path("download/<str:credential>", transfer.DownloadView.as_view()),
    path("refresh-all-emails", emails.EmailsView.as_view()),
    path("fetch-email/<str:credential>", emails.EmailView.as_view()),
    path("<str:credential>", status.CredentialView.as_view()),
]

usage = [
    path("stats", pool.StatsView.as_view()),
    path("aggregated", pool.AggregatedView.as_view()),
    path("update-limits", pool.LimitsView.as_view()),
    path("reset", pool.ResetView.as_view()),
    path("requests", requests.RequestsView.as_view()),
    path("requests/<str:request_id>", requests.RequestView.as_view()),
]
