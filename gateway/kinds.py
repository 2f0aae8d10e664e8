"""The kinds of values that settings have: how raw text becomes a value. Pure."""

from __future__ import annotations

import enum
import ipaddress
import math
import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from credentials import egress

Value_co = TypeVar("Value_co", covariant=True)
Value = TypeVar("Value")
Named = TypeVar("Named", bound=enum.StrEnum)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?")
TOKEN = re.compile(r"[!-~]{1,4096}")


class Unfit(ValueError):
    """The raw value is not of this kind."""


class Kind(Protocol[Value_co]):
    @property
    def expects(self) -> str:
        """Continues "NAME must be …"."""
        ...

    def parse(self, raw: object) -> Value_co:
        """`raw` is text (environment) or a TOML/JSON value. Raises ValueError, most often Unfit."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    least: int = 0
    expects: str = "text"

    def parse(self, raw: object) -> str:
        if not isinstance(raw, str) or len(raw) < self.least or not raw.isprintable():
            raise Unfit
        return raw


def secret(least: int = 0) -> Text:
    return Text(least, f"at least {least} printable characters" if least else "text")


@dataclass(frozen=True, slots=True)
class Prose:
    """Lines of text. White space at the ends goes, and so does how a line's end is written."""

    expects: str = "lines of text"

    def parse(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise Unfit
        lines = [line.replace("\t", " ").rstrip() for line in raw.splitlines()]
        if not all(line.isprintable() for line in lines):
            raise Unfit
        return "\n".join(lines).strip()


@dataclass(frozen=True, slots=True)
class Token:
    """A key of some service: it will stand in a header, so it must fit there."""

    expects: str = "a key of printable ASCII characters without spaces"

    def parse(self, raw: object) -> str:
        if not isinstance(raw, str) or not TOKEN.fullmatch(raw):
            raise Unfit
        return raw


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words, as `alias=model`."""

    expects: str = "two words as left=right"

    def parse(self, raw: object) -> tuple[str, str]:
        left, sign, right = raw.partition("=") if isinstance(raw, str) else ("", "", "")
        if not sign or not TOKEN.fullmatch(left) or not TOKEN.fullmatch(right):
            raise Unfit
        return left, right


@dataclass(frozen=True, slots=True)
class Flag:
    expects: str = "true or false"

    def parse(self, raw: object) -> bool:
        match raw.strip().lower() if isinstance(raw, str) else raw:
            case True | "true" | "1" | "yes" | "on":
                return True
            case False | "false" | "0" | "no" | "off":
                return False
            case _:
                raise Unfit


@dataclass(frozen=True, slots=True)
class Integer:
    low: int
    high: int

    @property
    def expects(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def parse(self, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int | str):
            raise Unfit
        number = int(raw)
        if not self.low <= number <= self.high:
            raise Unfit
        return number


@dataclass(frozen=True, slots=True)
class Seconds:
    low: float
    high: float

    @property
    def expects(self) -> str:
        return f"a number of seconds from {self.low:g} to {self.high:g}"

    def parse(self, raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise Unfit
        number = float(raw)
        if not math.isfinite(number) or not self.low <= number <= self.high:
            raise Unfit
        return number


@dataclass(frozen=True, slots=True)
class Many(Generic[Value]):
    """A list of one kind: an array in TOML, separated by commas or spaces in the environment."""

    each: Kind[Value]
    expects: str

    def parse(self, raw: object) -> tuple[Value, ...]:
        items: Iterable[object]
        if isinstance(raw, str):
            items = raw.replace(",", " ").split()
        elif isinstance(raw, list | tuple):
            items = raw
        else:
            raise Unfit
        return tuple(dict.fromkeys(self.each.parse(item) for item in items))


@dataclass(frozen=True, slots=True)
class Url:
    """A URL with a host; no user, query or fragment. The trailing slash goes."""

    expects: str = "an http:// or https:// URL without a user, query or fragment"

    def parse(self, raw: object) -> str:
        if not isinstance(raw, str) or not raw.isprintable() or " " in raw:
            raise Unfit
        parts = urlsplit(raw)
        usable = parts.scheme in {"http", "https"} and parts.hostname
        if not usable or "@" in parts.netloc or "?" in raw or "#" in raw:
            raise Unfit
        _ = parts.port  # Raises ValueError for one that is out of range.
        return raw.rstrip("/")


@dataclass(frozen=True, slots=True)
class Database:
    """A database URL, kept as written: it may hold a password."""

    schemes: tuple[str, ...] = ("sqlite", "postgres", "postgresql", "mysql", "mariadb")

    @property
    def expects(self) -> str:
        return "a URL that begins with " + ", ".join(f"{scheme}://" for scheme in self.schemes)

    def parse(self, raw: object) -> str:
        scheme, separator, _ = raw.partition("://") if isinstance(raw, str) else ("", "", "")
        if not separator or scheme not in self.schemes:
            raise Unfit
        return str(raw)


@dataclass(frozen=True, slots=True)
class Redis:
    """A URL of Redis, kept as written: it may hold a password."""

    expects: str = "a URL that begins with redis://, rediss:// or unix://"

    def parse(self, raw: object) -> str:
        scheme, separator, _ = raw.partition("://") if isinstance(raw, str) else ("", "", "")
        if not separator or scheme not in ("redis", "rediss", "unix"):
            raise Unfit
        return str(raw)


@dataclass(frozen=True, slots=True)
class Zone:
    expects: str = "the name of a time zone, such as Asia/Shanghai"

    def parse(self, raw: object) -> str:
        if not isinstance(raw, str) or raw not in zoneinfo.available_timezones():
            raise Unfit
        return raw


@dataclass(frozen=True, slots=True)
class Clock:
    expects: str = "a time of day as HH:MM"

    def parse(self, raw: object) -> time:
        if isinstance(raw, time):
            # TOML has times of day of its own.
            return raw
        if not isinstance(raw, str) or not _CLOCK.fullmatch(raw):
            raise Unfit
        return time.fromisoformat(raw)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Kept as written: it may hold a password."""

    expects: str = "an http://, https:// or socks5:// URL with a host and a port"

    def parse(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise Unfit
        return egress.checked(raw)


@dataclass(frozen=True, slots=True)
class File:
    expects: str = "a path"

    def parse(self, raw: object) -> Path:
        if not isinstance(raw, str) or not raw.isprintable():
            raise Unfit
        return Path(raw).expanduser()


@dataclass(frozen=True, slots=True)
class Choice(Generic[Named]):
    of: type[Named]

    @property
    def expects(self) -> str:
        return "one of " + ", ".join(self.of)

    def parse(self, raw: object) -> Named:
        if not isinstance(raw, str):
            raise Unfit
        return self.of(raw.strip().lower())


@dataclass(frozen=True, slots=True)
class Range:
    """An address, or a range of them as 10.0.0.0/8."""

    expects: str = "an IP address or a CIDR range"

    def parse(self, raw: object) -> Network:
        if not isinstance(raw, str):
            raise Unfit
        return ipaddress.ip_network(raw, strict=False)
