"""How a caller wants its images: in the answer, or by address."""

from __future__ import annotations

from typing import NamedTuple

from proxy.dialects.openai_images import keeping
from proxy.ir import Request


class Delivery(NamedTuple):
    data: bool
    url: bool


def wanted(request: Request) -> Delivery:
    """`response_format`; unsaid, both: clients of `dall-e-*` look for `url`, those of `gpt-image-*`
    for `b64_json`. A stream has no place for an address."""
    if request.stream:
        return Delivery(data=True, url=False)
    said = keeping.shape(request.opaque).get("response_format")
    return Delivery(data=said != "url", url=said != "b64_json")
