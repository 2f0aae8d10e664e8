"""What a page's form would send if nobody touched it."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponseBase


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        name = named.get("name") or ""
        if tag == "input" and named.get("type") not in ("checkbox", "radio"):
            self.found[name] = named.get("value") or ""
        if tag == "textarea":
            self._within, self.found[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            # A browser leaves out the line break that the tag ends with.
            self.found[self._within] += data if self.found[self._within] else data.lstrip("\r\n")


def untouched(page: HttpResponseBase) -> dict[str, str]:
    """Name → value of the fields that are text, hidden ones too."""
    reader = _Fields()
    reader.feed(getattr(page, "content", b"").decode())
    return reader.found
