"""What the console keeps in the database: its password, sessions that were ended, failures,
who did what."""

from __future__ import annotations

from django.db import models


class PanelPassword(models.Model):
    """The administrator's password, one row at most; `panel.password` reads and writes it.

    Every change raises `generation`, and a session is good for one generation only. With
    PANEL_PASSWORD there may be a row just for its `generation`; its `hash` is "" then.
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


class LoginFailure(models.Model):
    """Wrong passwords or codes of late, by account and by address; `panel.auth.tally` counts them.

    `slot` is a keyed digest of whose they are. `number` 0: somebody has logged in from there.
    """

    slot = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField(default=0)
    last = models.DateTimeField(db_index=True)
    open_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} failures until {self.last:%Y-%m-%d %H:%M}"


class SecondFactor(models.Model):
    """What the administrator's authenticator knows, one row at most; without it the password is
    enough. `secret` is sealed by the vault, `last_step` the last half minute whose code was used.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="panel_one_factor"),)

    def __str__(self) -> str:
        return f"second factor since {self.since:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code that stands in for the authenticator once; using it deletes the row. `digest` is the
    vault's fingerprint of it, in hex."""

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return "recovery code"


class AuditEntry(models.Model):
    """Something that was done; only `panel.audit` writes them, and nobody changes them.

    `id` is its place in the chain, from 1 on without a gap. `before` and `after` are JSON texts,
    kept as texts because their very bytes are sealed. `hash` seals all of it, `previous` is that
    of the entry before.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80)
    address = models.CharField(max_length=64)
    action = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=200)
    before = models.TextField()
    after = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.target}".rstrip()


class AuditHead(models.Model):
    """The end of that chain, one row at most: how many entries there are, and the last one's
    hash. Whoever appends locks it, so that they follow each other."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="panel_one_trail"),)

    def __str__(self) -> str:
        return f"{self.count} entries"
