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
