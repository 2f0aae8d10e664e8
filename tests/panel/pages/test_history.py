"""What a key used, as its page shows it."""

from __future__ import annotations

from datetime import date

from keys.usage import Point
from panel.pages.history import Model, per_model

DAY = date(2026, 11, 20)


def test_what_asked_no_model_is_no_model() -> None:
    points = [Point(DAY, "", 16, 12, 0, 0, 0), Point(DAY, "m", 2, 0, 20, 0, 0)]
    assert per_model(points) == [
        Model("m", 2, 0, 20, 100),
        Model("no model was asked", 16, 12, 0, 0),
    ]
