"""What is stored of a credential. Its secret only as a sealed token."""

from __future__ import annotations

from functools import partial

from django.db import IntegrityError, models, transaction
from django.db.models import F

from credentials.kinds import Kind, Source
from credentials.lending.states import Paid, Revocation, State
from credentials.oauth.states import Grant, Status
from credentials.revisions import CREDENTIALS, raised


class Revision(models.Model):
    """One row that counts up with every change a reader must see."""

    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def current(cls) -> int:
        return cls.objects.filter(pk=1).values_list("value", flat=True).first() or 0

    @classmethod
    def bump(cls) -> int:
        """The number of the change that is being written; call it first in its transaction.

        The row stays locked until the commit, so changes become visible in the order of their
        numbers: a reader that has seen n has seen everything up to n.
        """
        if not cls.objects.filter(pk=1).update(value=F("value") + 1):
            try:
                with transaction.atomic():
                    cls.objects.create(pk=1, value=1)
            except IntegrityError:
                cls.objects.filter(pk=1).update(value=F("value") + 1)
        transaction.on_commit(partial(raised.send_robust, cls, topic=CREDENTIALS))
        return cls.objects.get(pk=1).value

    @classmethod
    def lock(cls) -> None:
        """For a transaction that changes credentials without a new number: call it first, as `bump`
        is. A database takes the rows of an update in the order in which they lie, so two writers of
        the same ones would wait for each other."""
        cls.objects.filter(pk=1).update(value=F("value"))


class Credential(models.Model):
    """A removed one stays as an empty row, so that old requests still have a name for it."""

    kind = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in Kind])
    provider = models.CharField(max_length=64)
    label = models.CharField(max_length=200, blank=True)
    source = models.CharField(
        max_length=16,
        choices=[(source.value, source.value) for source in Source],
        default=Source.MANUAL.value,
    )

    sealed = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, null=True)
    """NULL for a removed one, so that the same secret may come back."""
    buried = models.CharField(max_length=64, null=True)
    """The fingerprint of a removed one that its source may still name. See `graves`."""
    base_url = models.CharField(max_length=500, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    """Nothing secret: project, location, account name."""

    enabled = models.BooleanField(default=True)
    """The operator's will. What we observed is in `health`."""
    withdrawn = models.BooleanField(default=False)
    """Disabled because its source no longer names it, not because a person said so."""
    held = models.BooleanField(default=False)
    """Not to be used, whatever `enabled` says: it is in quarantine, or its lender has paused it.
    Only `lending` changes it."""
    weight = models.PositiveSmallIntegerField(default=1)

    health = models.JSONField(default=dict, blank=True)
    health_version = models.BigIntegerField(default=0)
    banned = models.BooleanField(default=False)
    cooling_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    """`banned`, `cooling_until` and `reason` repeat `health` in columns, for lists and filters."""

    claimant = models.CharField(max_length=16, blank=True, default="")
    claimed_until = models.DateTimeField(null=True, blank=True)
    """The process that is refreshing the account's tokens, and until when that counts."""

    day = models.DateField(null=True, blank=True)
    calls = models.BigIntegerField(default=0)
    served = models.BigIntegerField(default=0)
    pro_calls = models.BigIntegerField(default=0)
    """Requests sent, answered, and sent for Pro models on `day`, the last day it was used."""

    minute_cap = models.PositiveIntegerField(default=0)
    day_cap = models.PositiveIntegerField(default=0)
    pro_cap = models.PositiveIntegerField(default=0)
    """Calls per minute, per day, and per day of Pro models; 0: no cap. See `caps.Caps`."""
    lender_cap = models.PositiveIntegerField(default=0)
    """Calls per day that its lender allows; 0: no cap. The lower of the two holds."""

    sealed_proxy = models.TextField(blank=True, default="")
    """The URL of its outbound proxy, sealed: it may hold a password."""

    errors = models.JSONField(default=list, blank=True)
    """The last failures, oldest first. See `history.Mishap`."""

    probes = models.PositiveIntegerField(default=0)
    probe_at = models.DateTimeField(null=True, blank=True)
    """How often it was probed since it was banned, and when it may be probed next."""

    revision = models.BigIntegerField(default=0, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "fingerprint"), name="credentials_one_secret_per_provider"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.pk} {self.label}".rstrip()


class Invite(models.Model):
    """A code that lets somebody contribute, `left` times. `digest` is hexadecimal."""

    digest = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=200, blank=True)
    left = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"invite {self.pk} {self.note}".rstrip()


class Contribution(models.Model):
    """A credential that its owner has lent, on the terms that they agreed to.

    Only `lending` changes it. `digest` is that of the receipt's token, hexadecimal.
    """

    credential = models.OneToOneField(Credential, models.PROTECT, related_name="contribution")
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in State])
    since = models.DateTimeField()
    """When the state began; of one that was withdrawn, when that was."""
    reason = models.CharField(max_length=300, blank=True)
    """What the last test said, or why it was rejected. For the lender to read."""

    terms = models.CharField(max_length=16)
    terms_digest = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    risk = models.CharField(max_length=16)
    consented_at = models.DateTimeField()
    """The version of the terms, the SHA-256 of the text that was read, and the risk it named."""

    name = models.CharField(max_length=100, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    """For the administrator's eyes; erased when the contribution ends."""
    invite = models.ForeignKey(Invite, models.SET_NULL, null=True, blank=True, related_name="+")

    moderated_by = models.CharField(max_length=100, blank=True)
    moderated_at = models.DateTimeField(null=True, blank=True)

    paid = models.CharField(max_length=8, choices=[(paid.value, paid.value) for paid in Paid])
    units = models.PositiveIntegerField(default=0)
    reward_key_id = models.BigIntegerField(null=True, blank=True)
    """What was promised for it, and the key that gets it. Keys are another app's: no constraint."""

    revocation = models.CharField(
        max_length=8,
        blank=True,
        choices=[(each.value, each.value) for each in Revocation],
        default=Revocation.NONE.value,
    )
    revocation_words = models.CharField(max_length=300, blank=True)
    revocation_attempts = models.PositiveSmallIntegerField(default=0)

    revision = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("state", "id"), name="contribution_state"),)

    def __str__(self) -> str:
        return self.called(self.pk)

    @staticmethod
    def called(id: int | None) -> str:
        """What records and notes call it, whoever its lender is; None: one of them."""
        return "contribution" if id is None else f"contribution {id}"


class ServedDay(models.Model):
    """What a contributed credential did on one of the days by which the pool counts.

    `well` and `ill` count the hourly looks that found it so while it was lent.
    """

    credential = models.ForeignKey(
        Credential, models.PROTECT, db_constraint=False, db_index=False, related_name="days"
    )
    day = models.DateField(db_index=True)
    calls = models.BigIntegerField(default=0)
    served = models.BigIntegerField(default=0)
    well = models.PositiveIntegerField(default=0)
    ill = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("credential", "day"), name="servedday_once"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.served}"


class RewardDay(models.Model):
    """What was granted to a key for one day of a contribution, which happens once."""

    contribution = models.ForeignKey(Contribution, models.PROTECT, db_index=False)
    day = models.DateField()
    key_id = models.BigIntegerField()
    units = models.BigIntegerField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("contribution", "day"), name="rewardday_once"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.units}"


class Flow(models.Model):
    """An account on its way from its provider to us. See `oauth.record`.

    `session` is the digest of what only the browser that began it holds, `state` that of what the
    consent page brings back. `sealed` is the verifier, or what the device flow needs; it is erased
    when the flow is used. `error` is a `troubles.Trouble`, `code` the provider's word for it.
    """

    public_id = models.CharField(max_length=22, unique=True)
    provider = models.CharField(max_length=64)
    grant = models.CharField(max_length=8, choices=[(grant.value, grant.value) for grant in Grant])
    state = models.CharField(max_length=64, unique=True, null=True)
    session = models.CharField(max_length=64, db_index=True)
    sealed = models.TextField(blank=True)
    redirect_uri = models.CharField(max_length=500, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    status = models.CharField(
        max_length=8,
        choices=[(status.value, status.value) for status in Status],
        default=Status.PENDING.value,
    )
    error = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=40, blank=True)
    credential = models.BigIntegerField(null=True, blank=True)
    interval = models.PositiveSmallIntegerField(default=0)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    """Of the device flow: seconds between two polls, and when the provider may be asked next."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.grant} flow {self.pk} at {self.provider}"
