"""The console's line to the gateway that runs around it.

Pages are made in threads; what lives on the event loop of the process is asked through here. The
gateway installs itself when it starts. Where none runs (a command, a test of one page) `current`
raises NotRunning, and a page says so instead of failing.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from credentials.caps import Calendar
    from credentials.probing import Probes
    from credentials.upkeep import Upkeep
from credentials.web import Web

T = TypeVar("T")


class NotRunning(RuntimeError):
    """There is no running gateway in this process."""

    def __str__(self) -> str:
        return "The gateway is not running in this process. Try again in a moment."


@dataclass(frozen=True, slots=True)
class Vitals:
    """Of this process. `calls` are under way at this moment, `streams` those of them that are
    being answered piece by piece; `processes` is how many there are (WORKERS)."""

    version: str
    started_at: datetime
    calls: int
    streams: int
    processes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name may be answered: `model` is what `provider` calls it, `dialect` what is spoken
    there. Not `ready`: the provider has no credential that is switched on."""

    provider: str
    model: str
    dialect: str
    ready: bool


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A name that clients may ask for, and the `variants` of it that are listed beside it.

    `cost_name` is what the table of costs is asked; `alias_of` "" unless it stands for another
    name, `excluded` the glob that keeps it from being served. No `places`: no client can ask for
    it, because it is no name that a request could hold.
    """

    name: str
    cost_name: str
    places: tuple[Place, ...]
    alias_of: str = ""
    excluded: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """What becomes of a call that asks for `name`.

    `base` is what costs and allow-lists know; `alias_of` is said of an alias. `variant`: (what,
    value) of everything else that the name asks for, as `("effort", "high")`; a value of "" is
    just yes. `places` are tried in their order, `spare` ones only if none of those is ready, and
    `detours` (name, places) when nobody has quota left. With a `code` it is refused, `reason` says
    why in English; `excluded` is the glob that did it, if one did.
    """

    name: str
    base: str = ""
    alias_of: str = ""
    variant: tuple[tuple[str, str], ...] = ()
    places: tuple[Place, ...] = ()
    spare: tuple[Place, ...] = ()
    detours: tuple[tuple[str, tuple[Place, ...]], ...] = ()
    excluded: str = ""
    code: str = ""
    reason: str = ""


class Gateway(Protocol):
    """Safe to call from any thread but the event loop's own."""

    @property
    def probes(self) -> Probes:
        """Tests a credential by a real small call; its coroutines go to `wait`."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """Renews an account's token and finds its e-mail address; coroutines, too."""
        ...

    @property
    def web(self) -> Web:
        """HTTP to token hosts and account services, through the operator's proxy."""
        ...

    @property
    def calendar(self) -> Calendar:
        """When the days of the pool begin, as it counts them."""
        ...

    def wait(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        """Runs `work` on the event loop and waits for it. Raises what it raises; TimeoutError."""
        ...

    def vitals(self) -> Vitals: ...

    def models(self) -> Sequence[ModelRow]:
        """By name. Waits some seconds for upstreams that have not said yet what they have."""
        ...

    def resolve(self, name: str) -> Resolution:
        """Of any text."""
        ...

    def settle(self) -> None:
        """Returns when what this process's calls cost until now is in the database. Raises
        TimeoutError when the event loop or the database has no time for it."""
        ...

    def visit(self, address: str) -> None:
        """Counts a request to a public page, for all processes that share a Redis. Raises
        keys.limits.Limited; TimeoutError when the event loop has no time for it."""
        ...


class Setting(NamedTuple):
    """One row of the table of settings, as a form shows it.

    `group` is what it is about ("server", "limits", "pool", "upstreams", "answers", "images", …),
    `kind` the form's field ("flag", "choice", "integer", "number", "text", "prose", "list",
    "secret"), and `choices` what may be chosen, also of a list. `value` and `default` are texts as
    one would type them, "" for a secret, of which `is_set` tells. `source` is "environment",
    "stored", "file" or "default". `hot`: it takes effect at once; else `waits` tells that it was
    changed and the process still goes by the value before. `storable`: it may be changed here,
    unless the environment has it. `expects` is a sentence in the reader's language, "" if any text
    will do.
    `changed_at` is None unless it is stored.
    """

    name: str
    group: str
    kind: str
    choices: tuple[str, ...]
    value: str
    is_set: bool
    default: str
    source: str
    hot: bool
    storable: bool
    is_secret: bool
    help_en: str
    help_zh: str
    expects: str
    changed_at: datetime | None
    waits: bool = False


class Wrong(ValueError):
    """Values that cannot be stored. `errors`: the setting's name → a sentence for people."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class Settings(Protocol):
    """The table of settings. It reads the database, so it is there without a running gateway."""

    def all(self) -> Sequence[Setting]:
        """In the order of the reference."""
        ...

    def change(self, values: Mapping[str, str | None]) -> Sequence[str]:
        """Stores texts as they are typed, all or none of them; None forgets what was stored, and
        so does "" where that is no value. Gives the names that wait for a restart. Raises Wrong.

        What is hot holds in this process once the transaction is committed, and in all others
        within a second.
        """
        ...


_installed: Gateway | None = None
_settings: Settings | None = None


def install(gateway: Gateway | None) -> None:
    """None: it is being stopped."""
    global _installed
    _installed = gateway


def current() -> Gateway:
    """Raises NotRunning."""
    if _installed is None:
        raise NotRunning
    return _installed


def install_settings(settings: Settings) -> None:
    global _settings
    _settings = settings


def settings() -> Settings:
    """There in every process that Django has set up."""
    if _settings is None:
        raise NotRunning
    return _settings
