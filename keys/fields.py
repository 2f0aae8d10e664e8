"""Column types that Django does not have."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class DigestField(models.BinaryField):  # type: ignore[type-arg] # Not generic at run time.
    """32 bytes that can carry a unique index, which MySQL's `longblob` cannot."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "binary(32)" if connection.vendor == "mysql" else super().db_type(connection)


class Exact(models.Func):
    """A text that is grouped as it was written: MariaDB and MySQL would take `A`, `a` and `á` for
    one, and call all of them by any of these names."""

    template = "%(expressions)s"
    arity = 1

    def as_mysql(self, compiler: Any, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        template = "CONVERT(%(expressions)s USING utf8mb4) COLLATE utf8mb4_bin"
        return self.as_sql(compiler, connection, template=template, **more)
