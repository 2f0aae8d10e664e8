from __future__ import annotations

import pytest

from keys.audit import Figures, check

FINE = [
    Figures(1, total=10, used=3, reserved=2, granted=10, moved=-3, held=2),
    Figures(2, total=None, used=3, reserved=0, granted=0, moved=-3, held=0),
    Figures(3, total=0, used=0, reserved=0, granted=0, moved=0, held=0),
]


def test_what_adds_up_is_not_mentioned() -> None:
    assert list(check(FINE)) == []


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        pytest.param(
            Figures(1, total=10, used=0, reserved=0, granted=9, moved=0, held=0),
            "key 1: the total quota is 10, but should be 9",
            id="total",
        ),
        pytest.param(
            Figures(1, total=10, used=4, reserved=0, granted=10, moved=-3, held=0),
            "key 1: the used units is 4, but should be 3",
            id="used",
        ),
        pytest.param(
            Figures(1, total=10, used=0, reserved=1, granted=10, moved=0, held=0),
            "key 1: the reserved units is 1, but should be 0",
            id="reserved",
        ),
        pytest.param(
            Figures(1, total=10, used=9, reserved=2, granted=10, moved=-9, held=2),
            "key 1: what remains is -1, but should be 0",
            id="overspent",
        ),
    ],
)
def test_what_does_not_add_up_is_found(figures: Figures, text: str) -> None:
    assert [str(finding) for finding in check([*FINE, figures])] == [text]
