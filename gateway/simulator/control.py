"""`/_sim/…`: how a test in another process orders misbehaviour and reads what happened."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from gateway.simulator.behaviours import Behaviours
from gateway.simulator.faults import UnknownOrder
from gateway.simulator.journal import Exchange, Journal
from gateway.simulator.reply import JSON, Reply, whole
from gateway.simulator.service import Call, Rejected

PREFIX = "/_sim"


def answer(call: Call, journal: Journal, behaviours: Behaviours) -> Reply:
    try:
        match call.method, call.path.removeprefix(PREFIX).strip("/").split("/", 1):
            case "DELETE", [""]:
                journal.clear()
                behaviours.clear()
                return whole({})
            case "GET", ["requests"]:
                return whole({"requests": [_entry(entry) for entry in journal.requests]})
            case "GET", ["open"]:
                return whole({"open": [_entry(entry) for entry in journal.open]})
            case "GET", ["keys"]:
                return whole({"keys": behaviours.listing()})
            case (("PUT" | "DELETE"), ["keys", key]):
                _order(behaviours, unquote(key), call.json() if call.method == "PUT" else {})
                return whole({"keys": behaviours.listing()})
            case _:
                return whole({"error": f"no control route {call.method} {call.path}"}, 404)
    except (Rejected, UnknownOrder) as problem:
        return whole({"error": str(problem)}, 400)


def _order(behaviours: Behaviours, key: str, body: JSON) -> None:
    behaviour, times = body.get("behaviour", ""), body.get("times")
    if not isinstance(behaviour, str) or not (times is None or type(times) is int):
        raise Rejected('expected {"behaviour": text, "times": whole number or null}')
    behaviours.order(key, behaviour, times)


def _entry(entry: Exchange) -> dict[str, Any]:
    return {**asdict(entry), "body": entry.body.decode("utf-8", "replace")}
