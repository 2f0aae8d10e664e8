"""What only Gemini CLI does."""

from __future__ import annotations

import pytest

from gateway.simulator import media
from tests.clients.conftest import ALL, EVERYWHERE, SERVICES, Stand
from tests.clients.launch import Desk
from tests.clients.programs import GEMINI, Access

PICTURE = media.png("a picture")


@pytest.mark.parametrize("name", EVERYWHERE if ALL else ("gemini",))
def test_it_shows_a_picture(stand: Stand, desk: Desk, name: str) -> None:
    """It counts the tokens of a picture before it sends it."""
    (desk.folder / "picture.png").write_bytes(PICTURE)
    model = SERVICES[name].model(GEMINI)
    visit = stand.visit(desk, GEMINI, model, "what is in @picture.png")
    what = f"image/png, {len(PICTURE)} bytes, sha256 {media.digest(PICTURE)}"
    assert f"I received {what}" in visit.outcome.out, str(visit.outcome)
    assert [(row.operation, row.status) for row in visit.rows] == [
        ("count", 200),
        ("generate", 200),
    ]


def test_a_wrong_key_ends_it_with_a_reason(stand: Stand, desk: Desk) -> None:
    GEMINI.settle(desk)
    stranger = Access(stand.access.url, "sk-" + "x" * 43)
    command = GEMINI.command(stranger, "gemini-2.5-flash", "hello")
    outcome = desk.run(command, GEMINI.env(stranger))
    assert outcome.code == 1
    assert "this gateway does not know it." in outcome.err, str(outcome)
