"""What the console keeps in the database: its password, and the sessions that were ended."""

from __future__ import annotations

from django.db import models


class PanelPassword(models.Model):
    """The administrator's password, one row at most; `panel.password` reads and writes it.

    Every change raises `generation`, and a session is good for one generation only.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    hash = models.CharField(max_length=128)
    generation = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="panel_one_password"),)

    def __str__(self) -> str:
        return "panel password"


class EndedSession(models.Model):
    """A session that was logged out, kept until none of its tokens could be valid any more."""

    jti = models.CharField(max_length=43, primary_key=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ended until {self.until:%Y-%m-%d %H:%M}"
