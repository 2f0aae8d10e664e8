"""Images in an answer that is passed on: stored and linked, or put into the answer."""

from __future__ import annotations

import base64
import logging
from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.errors import GatewayError
from proxy.images.gallery import Gallery
from proxy.images.linking import Linker
from proxy.images.reply import Form as Form
from proxy.ir import Media
from proxy.media.inline import Fetch

log = logging.getLogger("potluck.proxy")

_MOST = 16
_encode = msgspec.json.Encoder().encode


class _Asked(msgspec.Struct):
    response_format: Any = None


_asked = msgspec.json.Decoder(_Asked).decode


class Pictures:
    """`fetch` brings what an address leads to, and refuses what is not on the public internet."""

    def __init__(self, gallery: Gallery | None, fetch: Fetch) -> None:
        self._gallery = gallery
        self._fetch = fetch

    @staticmethod
    def decided(body: bytes) -> bool:
        """Whether the caller has said how it wants its images."""
        try:
            return _asked(body).response_format is not None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            # A form, or nothing that could be changed.
            return b"response_format" in body

    async def answered(self, body: bytes, form: Form, base: str) -> bytes:
        """The answer with its images in that form. One that cannot be had stays as it is; so does
        an answer that is not as expected."""
        try:
            answer = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return body
        items = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(items, list) or len(items) > _MOST:
            return body
        linker = Linker(self._gallery, base)
        answer["data"] = [await self._changed(item, form, linker) for item in items]
        return _encode(answer)

    async def _changed(self, item: Any, form: Form, linker: Linker) -> Any:
        if not isinstance(item, dict):
            return item
        data, url = item.get("b64_json"), item.get("url")
        if not isinstance(data, str) or not data:
            if form is Form.URL and self._gallery is None:
                return item
            data = await self._fetched(url) if isinstance(url, str) and url else ""
        if not data:
            return item
        if form is Form.B64_JSON:
            return _only(item, "b64_json", data)
        address = await linker.address(Media("", data))
        return _only(item, "url", address) if address else item

    async def _fetched(self, url: str) -> str:
        """Base64 of the file; "" if it cannot be had."""
        try:
            found = await self._fetch(url)
        except GatewayError as error:
            log.warning("an image of xAI could not be fetched: %s", error.message)
            return ""
        return base64.b64encode(found.data).decode("ascii")


def _only(item: JSON, key: str, value: str) -> JSON:
    rest = {name: each for name, each in item.items() if name not in ("b64_json", "url")}
    return {key: value, **rest}
