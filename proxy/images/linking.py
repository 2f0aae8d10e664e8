"""Addresses for the images of an answer, so that a client can be given a link."""

from __future__ import annotations

import base64
import binascii
import logging

from proxy.images.gallery import Gallery
from proxy.images.store import StoreDown
from proxy.ir import Media
from proxy.media import kinds

log = logging.getLogger("potluck.proxy")


class Linker:
    """`base` is where clients reach this gateway. Without a gallery there are no addresses, but of
    images that have one."""

    def __init__(self, gallery: Gallery | None, base: str) -> None:
        self._gallery = gallery
        self._base = base

    async def address(self, media: Media) -> str:
        """ "" if there is none: the store is down, or the data is no base64."""
        if media.url or not media.data:
            return media.url
        if self._gallery is None:
            return ""
        try:
            data = base64.b64decode(media.data, validate=True)
        except (binascii.Error, ValueError):
            return ""
        try:
            return await self._gallery.publish(
                data, kinds.sniffed(data) or media.mime_type, self._base
            )
        except StoreDown as down:
            log.warning("an image could not be stored: %s", down)
            return ""
