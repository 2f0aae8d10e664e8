"""The simulated upstream as an ASGI application, and its state."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import parse_qsl

from gateway.simulator import control, delivery, faults
from gateway.simulator.behaviours import Behaviours
from gateway.simulator.delivery import Receive, Send
from gateway.simulator.faults import Breakage, Order, Refusal, Twist, UnknownOrder
from gateway.simulator.journal import Exchange, Journal
from gateway.simulator.reply import Reply
from gateway.simulator.routes import Routes
from gateway.simulator.service import Call, Rejected, Service


class Simulator:
    """All services at once, each under its own paths (`routes.py`).

    `pace` is seconds between the pieces of a stream. With `demo` answers say that they are
    simulated. `keys` are the only ones accepted; without any, every key is.
    """

    def __init__(
        self,
        *,
        pace: float = 0.0,
        demo: bool = False,
        keys: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pace = pace
        self.demo = demo
        self.keys = frozenset(keys)
        self.clock = clock
        self.journal = Journal()
        self.behaviours = Behaviours()
        self._routes = Routes()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        body = await delivery.read(receive)
        if body is None:
            return
        call = self._call(scope, body)
        if call.path == control.PREFIX or call.path.startswith(control.PREFIX + "/"):
            reply = control.answer(call, self.journal, self.behaviours)
            await delivery.deliver(reply, receive, send, pace=0, wrote=lambda: None)
        else:
            await self._serve(call, receive, send)

    def reset(self) -> None:
        """Forgets requests, behaviours and accounts; open streams go on unseen."""
        self.journal.clear()
        self.behaviours.clear()
        self._routes = Routes()

    def _call(self, scope: dict[str, Any], body: bytes) -> Call:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return Call(
            number=self.journal.count + 1,
            method=scope["method"],
            path=scope["path"],
            query=dict(pairs),
            headers={k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]},
            body=body,
            created=int(time.time()),
            demo=self.demo,
        )

    async def _serve(self, call: Call, receive: Receive, send: Send) -> None:
        journal = self.journal
        entry = journal.begin(
            call.method,
            call.path,
            call.body,
            query=call.query,
            headers=call.headers,
            started=self.clock(),
        )
        side = None
        try:
            reply = self._reply(call, entry)
            entry.status, entry.streamed = reply.status, reply.streamed
            side = await delivery.deliver(
                reply,
                receive,
                send,
                pace=self.pace,
                wrote=lambda: journal.wrote(entry, self.clock()),
            )
        finally:
            journal.close(entry, side, self.clock())

    def _reply(self, call: Call, entry: Exchange) -> Reply:
        service = self._routes.find(call)
        entry.key = service.key(call)
        refusal = self._stranger(service, entry.key)
        if refusal is not None:
            return service.refuse(refusal, call)
        try:
            entry.model = service.model(call)
            order = self._order(entry)
            return order if isinstance(order, Reply) else _obey(service, call, order)
        except UnknownOrder:
            return service.refuse(Refusal.NOT_FOUND, call)
        except Rejected as problem:
            return service.reject(problem, call)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            # A field of the wrong type, somewhere below: no test may bring the simulator down.
            message = f"Invalid JSON payload received. {type(error).__name__}: {error}"
            return service.reject(Rejected(message), call)

    def _stranger(self, service: Service, key: str) -> Refusal | None:
        """`keys` do not count for the token endpoint, nor for the tokens that it issued."""
        oauth = self._routes.oauth
        if not key:
            return Refusal.NO_KEY
        if not self.keys or key in self.keys or service is oauth or oauth.issued(key):
            return None
        return Refusal.BAD_KEY

    def _order(self, entry: Exchange) -> Order | Reply | None:
        """A key's treatment comes before the model's name."""
        treatment = self.behaviours.take(entry.key)
        if treatment is not None:
            entry.behaviour = treatment.name
            return treatment.what
        order = faults.ordered(entry.model)
        entry.behaviour = str(order.kind) if order else ""
        return order


def _obey(service: Service, call: Call, order: Order | None) -> Reply:
    if order is None or isinstance(order.kind, Twist):
        return service.answer(call, order)
    if isinstance(order.kind, Refusal):
        return service.refuse(order.kind, call)
    if order.kind is Breakage.HANG:
        return faults.broken(Reply(), order, b"")
    return faults.broken(service.answer(call, None), order, service.interrupt())


application = Simulator()
