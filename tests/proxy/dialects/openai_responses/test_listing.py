from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_responses.listing import page
from proxy.errors import GatewayError

ITEMS: list[Any] = [{"role": "user", "content": str(number)} for number in range(25)]


def names(query: dict[str, str]) -> list[str]:
    return [item["id"] for item in page(ITEMS, query)["data"]]


def test_the_newest_come_first_twenty_at_a_time() -> None:
    assert names({}) == [f"item_{number}" for number in range(24, 4, -1)]
    assert page(ITEMS, {})["has_more"]


def test_a_page_goes_on_after_the_last() -> None:
    first = page(ITEMS, {"order": "asc", "limit": "20"})
    rest = page(ITEMS, {"order": "asc", "after": first["last_id"]})
    assert [item["id"] for item in rest["data"]] == [f"item_{number}" for number in range(20, 25)]
    assert (rest["first_id"], rest["has_more"]) == ("item_20", False)


def test_an_empty_list_has_no_ids() -> None:
    shown = page([], {})
    assert (shown["data"], shown["first_id"], shown["last_id"]) == ([], None, None)


def test_what_the_model_said_is_output() -> None:
    (item,) = page([{"role": "assistant", "content": "so", "id": "msg_1"}], {})["data"]
    assert item == {
        "id": "msg_1",
        "role": "assistant",
        "type": "message",
        "status": "completed",
        "content": [{"type": "output_text", "text": "so", "annotations": []}],
    }


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"limit": "101"}, {"after": "?"}]
)
def test_a_page_that_cannot_be_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(GatewayError) as caught:
        page(ITEMS, query)
    assert caught.value.param in query
