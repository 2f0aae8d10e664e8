"""What the rooms of the proxy are given: built once per process by whoever runs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from keys.balance import Balance
from keys.cost import Costs
from keys.directory import Directory
from keys.ledger import Ledger
from keys.limits import Limits, Local
from proxy.call import Call
from proxy.catalog import Catalog
from proxy.dispatch import Leases, Patience
from proxy.images.gallery import Gallery
from proxy.images.reply import ImageReply
from proxy.ir import Request
from proxy.relay import Relay
from proxy.route import RouteTable
from proxy.shaping import Images
from proxy.stages.recall import Memory
from proxy.stored import Answers
from proxy.upstreams.client import Client


@dataclass(frozen=True, slots=True)
class Tuning:
    """Settings of the request path. `keepalive` in seconds, `body_limit` in bytes; `continuations`
    is how often a cut answer goes on, `system` whether models are sent system text as such."""

    patience: Patience
    keepalive: float
    body_limit: int
    show_thoughts: bool
    continuations: int = 3
    system: bool = True
    images: Images = Images.ALL
    image_reply: ImageReply = ImageReply.IMAGES
    sessions: bool = True
    """Whether the calls of a conversation go to the same credential."""
    public: str = ""
    """The gateway's own address for clients, "" if it is the one they called."""


async def _as_they_are(request: Request) -> Request:
    return request


@dataclass(frozen=True, slots=True)
class Services:
    directory: Directory
    ledger: Ledger
    costs: Costs
    pool: Leases
    client: Client
    catalog: Catalog
    routes: Callable[[], RouteTable]
    tuning: Callable[[], Tuning]
    clock: Callable[[], datetime]
    address: Callable[[str, str], str]
    """(socket peer, x-forwarded-for) → the client's address."""
    transcript: Callable[[Call], None]
    balance: Callable[[int], Awaitable[Balance]]
    """What a key has left; reads the database, so it is for questions about the key itself."""
    limits: Limits = field(default_factory=Local)
    memory: Memory = field(default_factory=Memory)
    answers: Answers | None = None
    """Kept answers; None: none are kept."""
    inlined: Callable[[Request], Awaitable[Request]] = _as_they_are
    """Puts what a request names by URL into the request itself."""
    gallery: Gallery | None = None
    """Where images are kept that answers link to."""
    relay: Relay | None = None
    """Passes `/xai/v1/…` on."""
