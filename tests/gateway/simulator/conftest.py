"""A simulator on a real socket, and a client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.simulator import PATIENCE, Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[httpx.AsyncClient]:
    """Sends a key in the header of every service."""
    headers = {
        "x-goog-api-key": "key-a",
        "authorization": "Bearer key-a",
        "x-api-key": "key-a",
        "anthropic-version": "2023-06-01",
    }
    async with httpx.AsyncClient(
        base_url=upstream.base, headers=headers, timeout=PATIENCE
    ) as client:
        yield client
