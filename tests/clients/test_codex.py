"""What only Codex does."""

from __future__ import annotations

import json
import time

import pytest

from tests.clients.conftest import EVERYWHERE, SERVICES, Stand
from tests.clients.launch import Desk
from tests.clients.programs import CODEX

PATCH = "*** Begin Patch\n*** Add File: new.txt\n+made by codex\n*** End Patch\n"
MODELS = {"gemini": "gemini/gpt-5.5", "anthropic": "ant/gpt-5.5", "openai": "gpt-5.5"}
"""Only for models that it knows does Codex offer apply_patch."""


@pytest.mark.parametrize("name", EVERYWHERE)
def test_it_applies_a_patch(stand: Stand, desk: Desk, name: str) -> None:
    """A tool of free text, where the upstream has such tools; else a function with one string."""
    given = PATCH if name == "openai" else {"input": PATCH}
    question = f"[patch] apply_patch {json.dumps(given)}"
    visit = stand.visit(desk, CODEX, MODELS[name], question)
    assert (desk.folder / "new.txt").read_text() == "made by codex\n", str(visit.outcome)
    assert "The tool apply_patch answered:" in visit.outcome.out
    first, second = visit.asked("[patch]")
    assert "Updated the following files" not in first
    assert "Updated the following files" in second
    assert ('"type":"custom"' in first) == (name == "openai")


@pytest.mark.parametrize("name", EVERYWHERE)
def test_it_gets_an_answer_in_the_schema_it_wants(stand: Stand, desk: Desk, name: str) -> None:
    properties = {"city": {"type": "string"}, "days": {"type": "integer"}}
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    path = desk.folder / "schema.json"
    path.write_text(json.dumps(schema))
    model = SERVICES[name].model(CODEX)
    visit = stand.visit(desk, CODEX, model, "plan a trip", "--output-schema", str(path))
    assert visit.outcome.code == 0, str(visit.outcome)
    assert json.loads(visit.outcome.out) == {"city": "Paris", "days": 7}


def test_it_comes_over_from_a_websocket_at_once(stand: Stand, desk: Desk) -> None:
    """Its built-in provider tries a websocket first, and waits for seconds after most refusals."""
    command = [
        *CODEX.start(), "-c", f'openai_base_url="{stand.access.url}/v1"', "-m", "gpt-5.5", "hello"
    ]  # fmt: skip
    begun = time.monotonic()
    visit = stand.watch(desk, command, {"CODEX_API_KEY": stand.access.key})
    assert "You said: hello" in visit.outcome.out, str(visit.outcome)
    assert time.monotonic() - begun < 5
