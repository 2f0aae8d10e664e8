"""What a call costs: model name → units. Pure; the snapshot's reader is given to it.

A name is looked for as itself, then as its variants' base, then among the globs, then by family:

1. exactly (`gemini-2.5-pro-preview`);
2. as a variant: without its last suffixes (thinking, search, image size, preview, date: see
   `_SUFFIX`), then without the part before each `/` (a provider, a feature prefix);
3. by the glob with the most literal characters that matches the name or one of those variants;
4. by the family in the name's words: image models 10, Flash-Lite 1, Flash 2, Pro 10, others 1.

Case does not matter.
"""

from __future__ import annotations

import asyncio
import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor

import msgspec

from keys.flight import Flight

DEFAULT = 1

_LONGEST = 255
_CACHED = 4096
_ANTI_TRUNCATION = 2

_SUFFIX = re.compile(
    r"""(?:
        -(?:max|no)?thinking | -(?:max|xhigh|high|medium|low|minimal)   # how much to think
      | \((?:-?\d+|[a-z]+)\)                                            # the same: (8192), (high)
      | -search | -fake-stream | -假流式                                # features
      | -[1-8]k | -\d{1,2}x\d{1,2}                                      # image size, aspect
      | -preview | -exp | -experimental | -latest | -0\d\d              # releases
      | [-@]\d{4}-\d\d-\d\d | [-@]\d{8} | -\d\d-\d\d(?:\d\d)? | -\d{4}  # dates
    )$""",
    re.VERBOSE,
)
_WILD = re.compile(r"\[[^\]]*\]|[*?]")
_WORDS = re.compile(r"[^a-z0-9]+")
_IMAGE = frozenset({"image", "images", "imagen", "imagine", "dall"})


class Cost(msgspec.Struct, frozen=True):
    """`pattern` is the row that decided, None if it was the default of the name's family."""

    units: int
    pattern: str | None = None


class CostTable:
    """Compiled once from `(pattern, units)` rows, then only read."""

    def __init__(self, rows: Iterable[tuple[str, int]] = ()) -> None:
        self.rows = {pattern.lower(): units for pattern, units in rows}
        globs = sorted(filter(is_glob, self.rows), key=_specific, reverse=True)
        self._globs = [(glob, re.compile(fnmatch.translate(glob)).match) for glob in globs]
        self._known: dict[str, int] = {}

    def of(self, model: str, *, anti_truncation: bool = False) -> int:
        """Units of one call; continuing cut answers costs double."""
        units = self._known.get(model)
        if units is None:
            units = self._learn(model)
        return units * _ANTI_TRUNCATION if anti_truncation else units

    def explain(self, model: str) -> Cost:
        """Units of one call and the row that says so."""
        name = model.strip().lower()
        if len(name) > _LONGEST:
            return Cost(DEFAULT)
        names = list(_variants(name))
        pattern = next(filter(self._exact, names), None) or self._glob(names)
        return Cost(_family(name)) if pattern is None else Cost(self.rows[pattern], pattern)

    def _learn(self, model: str) -> int:
        units = self.explain(model).units
        if len(self._known) >= _CACHED:
            # Callers invent names: forgetting all of them now and then keeps this small.
            self._known.clear()
        if len(model) <= _LONGEST:
            self._known[model] = units
        return units

    def _exact(self, name: str) -> bool:
        return name in self.rows

    def _glob(self, names: Sequence[str]) -> str | None:
        matching = (glob for glob, match in self._globs if any(match(name) for name in names))
        return next(matching, None)


class CostRows(msgspec.Struct, frozen=True):
    """The whole cost table as of `revision`."""

    revision: int
    rows: Sequence[tuple[str, int]]


class Costs:
    """The snapshot of the cost table. `load(since)` runs on `executor` (`keys.stored.costs`) and
    returns None when nothing changed."""

    def __init__(self, load: Callable[[int], CostRows | None], executor: Executor) -> None:
        self.table = CostTable()
        self._load = load
        self._executor = executor
        self._revision = -1
        self._flight = Flight(self._update)

    async def refresh(self) -> bool:
        """Loads the table if it changed; True if it did."""
        return await self._flight.run()

    async def _update(self) -> bool:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._executor, self._load, self._revision)
        if found is None:
            return False
        self.table = CostTable(found.rows)
        self._revision = found.revision
        return True


def is_glob(pattern: str) -> bool:
    return _WILD.search(pattern) is not None


def _specific(glob: str) -> tuple[int, int, str]:
    """More literal characters first, then fewer wildcards; the text itself settles a tie."""
    return len(_WILD.sub("", glob)), -len(_WILD.findall(glob)), glob


def _variants(name: str) -> Iterator[str]:
    """The name and what it is a variant of, nearest first."""
    yield name
    base = name
    while (shorter := _SUFFIX.sub("", base)) != base and shorter:
        base = shorter
        yield base
    if rest := name.partition("/")[2]:
        yield from _variants(rest)


def _family(name: str) -> int:
    words = frozenset(_WORDS.split(name))
    if words & _IMAGE:
        return 10
    if "flash" in words:
        return 1 if "lite" in words else 2
    return 10 if "pro" in words else DEFAULT
