"""Recorded exchanges with real services, read in place from `../shared/wire`, never committed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("POTLUCK_WIRE", ROOT.parent / "shared" / "wire"))

Exchange = dict[str, Any]


def exchanges(provider: str, where: Callable[[Exchange], bool] = lambda _: True) -> list[Any]:
    """pytest params of the recorded exchanges of `provider` ("gemini", "openai-compatible", …).

    Without the folder (a user's machine) there is one param, skipped with the reason.
    """
    if not FOLDER.is_dir():
        reason = "the recorded traffic is not on this machine (set POTLUCK_WIRE)"
        return [pytest.param({}, id="absent", marks=pytest.mark.skip(reason=reason))]
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        if exchange["provider"].split(":")[0] == provider and where(exchange):
            found.append(pytest.param(exchange, id=exchange["id"]))
    return found
