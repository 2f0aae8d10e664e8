"""Files of this gateway; that they come back whole is shown by `test_export`."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.importers import own
from credentials.importers.entry import Entry, Remark
from credentials.kinds import Kind

OURS = {"version": 1, "kind": "gemini_api", "provider": "gemini"}


def test_a_key_of_ours() -> None:
    (entry,) = own.take({"api_key": " planted ", "potluck": OURS}) or []
    assert entry == Entry("planted", Kind.GEMINI_API, provider="gemini")


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({**OURS, "version": 2}, "newer version"),
        ({**OURS, "kind": "planted"}, "was changed"),
        ({"version": 1}, "was changed"),
        ({**OURS, "caps": [1, 2, 3]}, "was changed"),
        ({**OURS, "base_url": "planted"}, "base URL"),
        ({**OURS, "proxy": "planted"}, "A proxy is"),
    ],
)
def test_a_changed_file_is_refused_and_not_quoted(said: dict[str, Any], says: str) -> None:
    (remark,) = own.take({"api_key": "planted", "potluck": said}) or []
    assert isinstance(remark, Remark)
    assert says in str(remark)
    assert "planted" not in str(remark)


def test_an_account_without_its_token_is_refused() -> None:
    (remark,) = own.take({"type": ["x"], "potluck": OURS}) or []
    assert isinstance(remark, Remark)


@pytest.mark.parametrize("item", [{"api_key": "k"}, {"api_key": "k", "potluck": 1}])
def test_what_is_not_ours_is_left_to_others(item: dict[str, Any]) -> None:
    assert own.take(item) is None
