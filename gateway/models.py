"""What the gateway itself keeps in the database."""

from __future__ import annotations

from django.db import models


class StoredSetting(models.Model):
    """A setting changed by the administrator; `gateway.stored` reads and writes them."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class PanelPassword(models.Model):
    """The administrator's password, one row at most; `gateway.password` reads and writes it."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    hash = models.CharField(max_length=128)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="gateway_one_panel_password"),
        )

    def __str__(self) -> str:
        return "panel password"
