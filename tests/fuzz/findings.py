"""What a run found: one file for each place in the code where something broke."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path

from proxy.errors import GatewayError
from tests.fuzz.targets import TARGETS

EVERY = 20_000


class Findings:
    def __init__(self, out: Path) -> None:
        self.count = 0
        self.runs = 0
        self._out = out
        self._places: set[str] = set()

    def run(self, name: str, data: bytes) -> str:
        """How it ended, in a word; what breaks is kept."""
        self.runs += 1
        if self.runs % EVERY == 0:
            self.report()
        try:
            TARGETS[name](data)
        except GatewayError as error:
            return f"{error.kind} {error.param}"
        except Exception as error:  # Anything else is what we look for.
            return self._keep(name, data, error)
        return "fine"

    def _keep(self, name: str, data: bytes, error: Exception) -> str:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/proxy/" in frame.filename] or frames
        last = frames[-1] if isinstance(error, AssertionError) else ours[-1]
        kind = type(error).__name__
        place = f"{name} {kind} {Path(last.filename).name}:{last.lineno}"
        if place not in self._places:
            self._places.add(place)
            self.count += 1
            digest = hashlib.sha256(place.encode()).hexdigest()[:10]
            self._out.mkdir(parents=True, exist_ok=True)
            (self._out / f"{name}-{digest}").write_bytes(data)
            (self._out / f"{name}-{digest}.txt").write_text(
                f"{place}\n{str(error)[:500]}\n{''.join(traceback.format_tb(error.__traceback__)[-12:])}"
            )
            print(f"FOUND {place}: {str(error)[:120]!r}", flush=True)
        return place

    def report(self) -> None:
        print(f"{self.runs} runs, {self.count} findings", flush=True)
