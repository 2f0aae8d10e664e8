"""What comes before Django: nobody makes it write a large body to disk."""

from __future__ import annotations

import pytest

from gateway.asgi import LARGEST, Gateway
from gateway.runtime import Runtime
from tests.support.asgi import call

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]


async def test_a_large_body_is_refused_unread() -> None:
    headers = [("content-length", str(LARGEST + 1))]
    caller = await call(Gateway(Runtime()), "POST", "/auth/login", headers=headers)
    assert caller.status == 413 and caller.headers["connection"] == "close"


async def test_a_body_of_unknown_length_ends_at_the_limit() -> None:
    chunks = [b"x" * 2**20] * 6
    caller = await call(Gateway(Runtime()), "POST", "/auth/login", chunks=chunks)
    assert caller.status == 0, "as if the client had left"


async def test_a_page_is_still_a_page() -> None:
    assert (await call(Gateway(Runtime()), "GET", "/nowhere")).status == 404
