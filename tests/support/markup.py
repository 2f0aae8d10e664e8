"""What a page really is to a browser: its elements, and what in them comes from somebody's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.support.hostile import SEED, TEXTS
from tests.support.source import ROOT

_VOID = frozenset(re.findall(r"\w+", "area base br col hr img input link meta source track wbr"))
_ALIEN = frozenset({"applet", "base", "embed", "frame", "iframe", "math", "object"})
_ADDRESSES = frozenset({"action", "cite", "formaction", "href", "ping", "poster", "src", "srcset"})
_LOCAL = frozenset({"", "http", "https", "mailto"})
_DATA = frozenset({"application/json", "importmap"})
_BIDI = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_WRITTEN = frozenset({"", "search", "text", "url", "email", "password"})
"""Types of inputs into which one writes what one likes."""
_ISOLATED = frozenset(
    tag.strip()
    for rule in re.findall(
        r"([^{}]*){[^{}]*unicode-bidi: isolate",
        (ROOT / "static/css/base.css").read_text(encoding="utf-8"),
    )
    for tag in rule.rpartition("*/")[2].split(",")
)
"""Elements beside which no text can reorder anything, because the style of all pages says so."""
_ALONE = frozenset({"bdi", "option", "script", "textarea", "title"})


@dataclass
class Form:
    """A form that is sent by POST, as a page has filled it in; `free` are the names of fields that
    take any text."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


@dataclass
class Element:
    tag: str
    attrs: Mapping[str, str]
    texts: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        mark = self.attrs.get("class") or self.attrs.get("id") or self.attrs.get("name") or ""
        return f"<{self.tag} {mark[:40]}>" if mark else f"<{self.tag}>"

    @property
    def loose(self) -> bool:
        """Whether a text in it may reorder our own words, which stand in the same line."""
        texts = [text.strip() for text in self.texts if text.strip()]
        if not _BIDI & set("".join(texts)) or self.tag in _ISOLATED | _ALONE:
            return False
        return len(texts) > 1 or texts[0] not in TEXTS.values()


class Page(HTMLParser):
    """`problems` are sentences, `links` all addresses that can be looked at. `loose` are the places
    of texts with marks of direction that go beyond them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.loose: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._stack: list[Element] = []
        self._form: Form | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Element(tag, {name: value or "" for name, value in attrs})
        self.problems += _faults(found)
        self.links += [found.attrs[name] for name in ("href", "hx-get") if found.attrs.get(name)]
        self._gather(found)
        if tag not in _VOID:
            self._stack.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.problems += _faults(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None
        if all(element.tag != tag for element in self._stack):
            self.problems.append(f"</{tag}> closes nothing")
            return
        while (element := self._stack.pop()).tag != tag or element.loose:
            if element.loose:
                self.loose.append(" ".join(map(str, [*self._stack[-3:], element])))
            if element.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._stack:
            return
        element = self._stack[-1]
        element.texts.append(data)
        code = element.tag == "script" and element.attrs.get("type") not in _DATA
        if data.strip() and (code or element.tag == "style"):
            self.problems.append(f"{element} is written into the page: {data.strip()[:60]!r}")
        if f"{SEED}49" in data:
            self.problems.append("a template was run twice")

    def handle_comment(self, data: str) -> None:
        if SEED in data:
            self.problems.append(f"a text has become a comment: {data[:60]!r}")

    def unknown_decl(self, data: str) -> None:
        self.problems.append(f"a text has become a declaration: {data[:60]!r}")

    def handle_pi(self, data: str) -> None:
        self.problems.append(f"a text has become an instruction: {data[:60]!r}")

    def _gather(self, element: Element) -> None:
        tag, attrs = element.tag, element.attrs
        if tag == "form" and attrs.get("method", "").lower() == "post":
            self._form = Form(attrs.get("action", ""))
        if self._form is None or "name" not in attrs:
            if tag == "option" and self._form is not None and self._form.fields:
                self._choose(attrs)
            return
        self._form.fields.setdefault(attrs["name"], attrs.get("value", ""))
        if tag == "textarea" or (tag == "input" and attrs.get("type", "") in _WRITTEN):
            self._form.free.add(attrs["name"])

    def _choose(self, attrs: Mapping[str, str]) -> None:
        assert self._form is not None
        name = next(reversed(self._form.fields))
        if "selected" in attrs or not self._form.fields[name]:
            self._form.fields[name] = attrs.get("value", "")


def _faults(element: Element) -> Iterator[str]:
    """What a page of ours never has."""
    if SEED in element.tag or any(SEED in name for name in element.attrs):
        yield f"a text has become markup: {element}"
    if element.tag in _ALIEN:
        yield f"{element} has no place here"
    for name, value in element.attrs.items():
        if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc"):
            yield f"{element} has {name}={value[:40]!r}"
        if name in _ADDRESSES or re.fullmatch("hx-(get|post|put|patch|delete|push-url)", name):
            yield from (
                f"{element} {w}: {name}={value[:60]!r}" for w in _astray(element.tag, value)
            )


def _astray(tag: str, value: str) -> Iterator[str]:
    """What is wrong with where it leads; browsers overlook blanks and controls in a scheme."""
    try:
        parts = urlsplit("".join(each for each in value if each > " "))
    except ValueError:
        yield "leads nowhere"
        return
    scheme = parts.scheme.lower()
    if scheme not in _LOCAL and (scheme != "data" or tag not in ("a", "img", "link")):
        yield "runs something"
    if "evil" in parts.netloc or SEED in parts.netloc:
        yield "leads to a stranger"
