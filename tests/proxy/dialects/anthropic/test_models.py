from __future__ import annotations

import pytest

from proxy.dialects.anthropic import MODELS
from proxy.dialects.base import ModelInfo
from proxy.errors import GatewayError

MANY = [ModelInfo(f"m{number}", "x", 86_400) for number in range(25)]


def page(**query: str) -> tuple[list[str], bool]:
    body = MODELS.render_list(MANY, query)
    ids = [model["id"] for model in body["data"]]
    assert (body["first_id"], body["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))
    return ids, body["has_more"]


@pytest.mark.parametrize(
    ("query", "first", "last", "more"),
    [
        ({}, "m0", "m19", True),
        ({"limit": "1000"}, "m0", "m24", False),
        ({"after_id": "m19"}, "m20", "m24", False),
        ({"after_id": "m3", "limit": "2"}, "m4", "m5", True),
        ({"before_id": "m3", "limit": "2"}, "m1", "m2", True),
        ({"before_id": "m2"}, "m0", "m1", False),
    ],
)
def test_pages(query: dict[str, str], first: str, last: str, more: bool) -> None:
    ids, has_more = page(**query)
    assert (ids[0], ids[-1], has_more) == (first, last, more)


def test_the_page_after_the_last_is_empty() -> None:
    assert page(after_id="m24") == ([], False)


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"after_id": "nobody"}, "after_id"),
        ({"before_id": "nobody"}, "before_id"),
    ],
)
def test_a_wrong_page_is_refused(query: dict[str, str], param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        MODELS.render_list(MANY, query)
    assert caught.value.param == param


def test_a_model_tells_when_it_was_made() -> None:
    assert MODELS.render_model(MANY[0]) == {
        "type": "model",
        "id": "m0",
        "display_name": "m0",
        "created_at": "1970-01-02T00:00:00Z",
    }
