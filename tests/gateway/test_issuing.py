"""Where secrets are sent is the operator's word alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway import issuing
from gateway.config import BY_NAME, Config


class Watched:
    """A configuration that notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(Config(), name)


def table(asked: set[str]) -> Iterator[str]:
    return (name.upper() for name in asked if name.upper() in BY_NAME)


def test_nothing_that_the_issuers_are_made_of_can_be_stored() -> None:
    # So what is made of environment and file at the start holds for as long as the process does.
    watched = Watched()
    issuing.issuers(watched)  # type: ignore[arg-type]
    named = set(table(watched.asked))
    assert {"GOOGLE_OAUTH_CLIENT_ID", "OAUTH_PROXY_URL"} <= named
    assert {name for name in named if BY_NAME[name].storable or BY_NAME[name].hot} == set()
