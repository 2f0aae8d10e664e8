"""Column types that Django does not have."""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class DigestField(models.BinaryField):  # type: ignore[type-arg] # Not generic at run time.
    """32 bytes that can carry a unique index, which MySQL's `longblob` cannot."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "binary(32)" if connection.vendor == "mysql" else super().db_type(connection)
