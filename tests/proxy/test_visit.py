from __future__ import annotations

from proxy.app import Door
from tests.support.asgi import call
from tests.support.rooms import KEY, Rooms, Script, make_grant

AUTH = [("authorization", f"Bearer {KEY}")]


async def test_a_key_is_only_listed_what_it_may_ask_for() -> None:
    lists = [Script(b"{}")] * 4
    rooms = Rooms(*lists, grant=make_grant(models=("gpt-*",)))
    caller = await call(Door(rooms.services), "GET", "/v1/models", headers=AUTH)
    every = await call(Door(Rooms(*lists).services), "GET", "/v1/models", headers=AUTH)
    names = {each["id"] for each in every.json["data"]}
    mine = {each["id"] for each in caller.json["data"]}
    assert mine == {each for each in names if each.startswith("gpt-")}
    assert mine != names
    hidden = min(names - mine)
    caller = await call(Door(rooms.services), "GET", f"/v1/models/{hidden}", headers=AUTH)
    assert caller.status == 404
