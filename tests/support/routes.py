"""Every address that Django answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver


class Route(NamedTuple):
    """`path` as OpenAPI writes it: `/auth/keys/{api_key}`."""

    path: str
    view: Callable[..., Any]

    def url(self, **values: object) -> str:
        """The address with `values` in it, and 1 for what they do not name."""
        return re.sub(r"{(\w+)}", lambda found: str(values.get(found[1], 1)), self.path)


def walk(resolver: URLResolver, prefix: str = "/") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield Route(path, entry.callback)
        else:
            yield from walk(entry, path)
