"""The grammar of model names: `流式抗截断/provider/base-high-search`, read once into a type. Pure.

    [feature/]…[provider/]base[suffix]…

Features, in any order: `anti-truncation/` (`流式抗截断/`), `fake-stream/` (`假流式/`).
Suffixes, in any order: how much to think (`-maxthinking`, `-nothinking`, `-high`, `(high)`,
`(8192)`, `(-1)`), `-search`, `-fake-stream` (`-假流式`), and for image models `-4k`, `-16x9`.

What a call costs, and whether a key may make it, is decided by `ModelName.plain`: a variant is
allowed where its base is, and costs the same (anti-truncation doubles it: `keys/cost.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from proxy import thinking
from proxy.errors import GatewayError, invalid
from proxy.ir import Value

Known = Callable[[str], bool]

_LONGEST = 200
# Letters of any script (prefixes may be Chinese), and what real names use. No white space, `%`,
# `?`, `#` or backslash: the name becomes part of a URL.
_NAME = re.compile(r"[\w.:/@+()\-]+")

# Google's own prefix says nothing, wherever it stands.
_FEATURES = {
    "anti-truncation": {"anti_truncation": True},
    "流式抗截断": {"anti_truncation": True},
    "fake-stream": {"fake_stream": True},
    "假流式": {"fake_stream": True},
    "models": {},
}

_SUFFIX = re.compile(
    r"""(?:
        -(?P<power>max|no)thinking
      | -(?P<level>max|xhigh|high|medium|low|minimal)
      | \((?P<amount>[^()]*)\)
      | -(?P<search>search)
      | -(?P<fake>fake-stream|假流式)
      | -(?P<size>[124]k)
      | -(?P<ratio>[1-9][0-9]?x[1-9][0-9]?)
    )\Z""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_POWERS = {"max": "max", "no": "none"}
_NUMBER = re.compile(r"-1|[0-9]{1,7}")
_MOST = 1_000_000
_THINKING = frozenset({"effort", "budget"})


class Variant(Value, frozen=True, kw_only=True):
    """What a name asks for beside its model; false if that is nothing.

    `effort` is one of `thinking.EFFORTS`, `budget` tokens (-1: as the model likes, 0: none); only
    one of them is ever set. `image_size` is 1K, 2K or 4K, `aspect_ratio` as 16:9.
    """

    anti_truncation: bool = False
    fake_stream: bool = False
    search: bool = False
    effort: str | None = None
    budget: int | None = None
    image_size: str = ""
    aspect_ratio: str = ""

    def __bool__(self) -> bool:
        return self != PLAIN


PLAIN = Variant()


def _nobody(name: str) -> bool:
    return False


class ModelName(NamedTuple):
    """`full` is the name as asked, without Google's `models/`; `prefix` is the first segment of
    `provider/model` ("" if there is none), `base` the model without that and the variant."""

    full: str
    prefix: str
    base: str
    variant: Variant = PLAIN

    @property
    def plain(self) -> str:
        """`[provider/]base`: what routes, costs and allow-lists know."""
        return f"{self.prefix}/{self.base}" if self.prefix else self.base

    @classmethod
    def parse(cls, text: str, *, known: Known = _nobody) -> ModelName:
        """A name that is `known` to be a real one (a configured alias, a listed model, but no
        variant that `variants.listed` made) is never cut; with a provider before it it is asked
        for with and without. Raises GatewayError(INVALID_REQUEST)."""
        full = text.removeprefix("models/")
        if not valid(full):
            raise _unnamed()
        said: dict[str, Any] = {}
        rest = _featured(full, known, said)
        prefix, slash, base = rest.partition("/")
        if not slash:
            prefix, base = "", rest
        base = _cut(prefix + slash, base, known, said)
        if not base or (slash and not prefix):
            raise _unnamed()
        return cls(full, prefix, base, Variant(**said) if said else PLAIN)


def valid(text: str) -> bool:
    """Whether this can be a model's name at all."""
    return len(text) <= _LONGEST and ".." not in text and _NAME.fullmatch(text) is not None


def _unnamed() -> GatewayError:
    return invalid(
        "The model name is empty, longer than 200 characters, or has characters that no "
        "model name has.",
        "model",
    )


def _featured(name: str, known: Known, said: dict[str, Any]) -> str:
    """Moves the features at the beginning of `name` to `said`."""
    while not known(name):
        segment, slash, rest = name.partition("/")
        feature = _FEATURES.get(segment.lower())
        if not slash or feature is None:
            break
        said |= feature
        name = rest
    return name


def _cut(before: str, base: str, known: Known, said: dict[str, Any]) -> str:
    """Moves the suffixes of `base` to `said`; `before` is the provider with its slash, or ""."""
    while not (known(base) or (before and known(before + base))):
        found = _SUFFIX.search(base)
        rest = base[: found.start()] if found else base
        meaning = _meaning(found, rest) if found else {}
        if not meaning:
            if "(" in base or ")" in base:
                raise _amiss(base)
            break
        _add(meaning, said)
        base = rest
    return base


def _meaning(found: re.Match[str], base: str) -> dict[str, Any]:
    """What a suffix of `base` asks for; nothing if it is part of the name."""
    kind = found.lastgroup or ""
    word = found[kind].lower()
    match kind:
        case "power":
            return {"effort": _POWERS[word]}
        case "amount":
            return _amount(word)
        case "level":
            return {"effort": word} if _grades(base, word) else {}
        case "search":
            return {"search": True}
        case "fake":
            return {"fake_stream": True}
        case "size":
            return {"image_size": word.upper()} if _paints(base) else {}
        case _:
            return {"aspect_ratio": word.replace("x", ":")} if _paints(base) else {}


def _grades(base: str, word: str) -> bool:
    """These are ordinary words: they mean an effort only after models whose thinking is known.
    And gpt-5.1-codex-max is a model of its own."""
    return thinking.knows(base) and not (word == "max" and base.lower().endswith("-codex"))


def _paints(base: str) -> bool:
    return "image" in base.rpartition("/")[2].lower()


def _amount(text: str) -> dict[str, Any]:
    if text in thinking.EFFORTS:
        return {"effort": text}
    if _NUMBER.fullmatch(text) and int(text) <= _MOST:
        return {"budget": int(text)}
    raise _amiss(f"({text})")


def _add(meaning: dict[str, Any], said: dict[str, Any]) -> None:
    for name, value in meaning.items():
        rivals = _THINKING if name in _THINKING else {name}
        if any(said[rival] != value for rival in rivals & said.keys()):
            raise invalid(
                "The model name says two different things about how much to think, or about the "
                "image. Leave one of them out.",
                "model",
            )
        said[name] = value


def _amiss(text: str) -> GatewayError:
    return invalid(
        f"`{text}` in the model name is not understood. In parentheses after a model's name may "
        f"stand how much it thinks: {', '.join(thinking.EFFORTS)}, a number of tokens from 0 to "
        f"{_MOST}, or -1 for as much as the model likes.",
        "model",
    )
